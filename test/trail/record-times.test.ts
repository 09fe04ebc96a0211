// The two ways in which CloudTrail writes a time; what is no time that exists is none.
import { describe, expect, it } from 'vitest';
import { parseExpiration, parseTime } from '../../src/trail/times.ts';

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

describe('the time of a record', () => {
  it.each([
    ['2026-10-05T03:00:00Z', '2026-10-05T03:00:00.000Z'],
    ['2026-10-05T03:00:00.1239Z', '2026-10-05T03:00:00.123Z'],
    ['2026-10-05T03:00:00+02:00', '2026-10-05T01:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-02-29T00:00:00Z', null],
    ['2026-10-05T24:00:00Z', null],
    ['0999-12-31T23:59:59Z', null],
    ['1000-01-01T00:00:00+23:59', null],
    ['9999-12-31T23:59:59-23:59', null],
    ['2026-10-05T03:00:00+24:00', null],
    ['2026-10-05', null],
  ])('%s', (text, time) => expect(iso(parseTime(text))).toBe(time));
});

describe('the end of credentials', () => {
  it.each([
    ['Apr 16, 2025, 3:46:56 AM', '2025-04-16T03:46:56.000Z'],
    ['Apr 16, 2025 12:46:56 PM', '2025-04-16T12:46:56.000Z'],
    ['Apr 16, 2025, 12:46:56\u202fAM', '2025-04-16T00:46:56.000Z'],
    ['2025-04-16T03:46:56Z', '2025-04-16T03:46:56.000Z'],
    ['Oct 45, 2026, 1:00:00 AM', null],
    ['Oct 5, 2026, 99:99:99 AM', null],
    ['Oct 5, 2026, 0:00:00 AM', null],
    ['Jan 1, 0001, 1:00:00 AM', null],
    ['Foo 5, 2026, 1:00:00 AM', null],
  ])('%s', (text, time) => expect(iso(parseExpiration(text))).toBe(time));
});
