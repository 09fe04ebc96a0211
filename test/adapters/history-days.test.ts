// What the history covers of a time range.
import { describe, expect, it } from 'vitest';
import { coverageOf, daysOf } from '../../src/adapters/warehouse/history-days.ts';

const at = (text: string) => new Date(`${text}Z`);
const DAYS = [
  { day: '2026-10-04', isFinal: true },
  { day: '2026-10-05', isFinal: false },
  { day: '2026-10-07', isFinal: true },
];

describe('daysOf', () => {
  it('are those that a range touches, its end exclusive', () => {
    expect(daysOf({ since: at('2026-10-04T23:59:59'), until: at('2026-10-06T00:00:00') })).toEqual([
      '2026-10-04',
      '2026-10-05',
    ]);
    expect(daysOf({ since: at('2026-10-04T03:00:00'), until: at('2026-10-04T03:00:00') })).toEqual([
      '2026-10-04',
    ]);
  });
});

describe('coverageOf', () => {
  it('tells gaps, days that may lack something, and where completeness ends', () => {
    expect(coverageOf(DAYS, { since: at('2026-10-04T00:00:00'), until: at('2026-10-08T00:00:00') })).toEqual({
      missing: ['2026-10-06'],
      provisional: ['2026-10-05'],
      completeUntil: '2026-10-05',
    });
  });

  it('knows of no day before the first', () => {
    const range = { since: at('2026-10-03T00:00:00'), until: at('2026-10-05T00:00:00') };
    expect(coverageOf(DAYS, range)).toEqual({
      missing: ['2026-10-03'],
      provisional: [],
      completeUntil: null,
    });
    expect(coverageOf([], range)).toEqual({
      missing: ['2026-10-03', '2026-10-04'],
      provisional: [],
      completeUntil: null,
    });
  });

  it('takes an open range for all that there is', () => {
    expect(coverageOf(DAYS, {}).missing).toEqual(['2026-10-06']);
  });
});
