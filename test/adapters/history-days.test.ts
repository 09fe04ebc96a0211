// What the history covers of a time range.
import { describe, expect, it } from 'vitest';
import { coverageOf, daysDue, daysOf, daysToDo } from '../../src/adapters/warehouse/history-days.ts';

const at = (text: string) => new Date(`${text}Z`);
const DAYS = [
  { day: '2026-10-04', isFinal: true, rolledUpAt: at('2026-10-06T01:00:00') },
  { day: '2026-10-05', isFinal: false, rolledUpAt: at('2026-10-06T00:30:00') },
  { day: '2026-10-07', isFinal: true, rolledUpAt: at('2026-10-09T00:30:00') },
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
      hasDays: true,
    });
  });

  it('knows of no day before the first', () => {
    const range = { since: at('2026-10-03T00:00:00'), until: at('2026-10-05T00:00:00') };
    expect(coverageOf(DAYS, range)).toEqual({
      missing: ['2026-10-03'],
      provisional: [],
      completeUntil: null,
      hasDays: true,
    });
    expect(coverageOf([], range)).toEqual({
      missing: ['2026-10-03', '2026-10-04'],
      provisional: [],
      completeUntil: null,
      hasDays: false,
    });
  });

  it('takes an open range for all that there is', () => {
    expect(coverageOf(DAYS, {}).missing).toEqual(['2026-10-06']);
  });
});

describe('daysToDo', () => {
  it('are those of the range that are not there for good, or all again', () => {
    const range = { since: at('2026-10-04T00:00:00'), until: at('2026-10-08T00:00:00') };
    expect(daysToDo(DAYS, range, false)).toEqual(['2026-10-05', '2026-10-06']);
    expect(daysToDo(DAYS, range, true)).toEqual(['2026-10-04', '2026-10-05', '2026-10-06', '2026-10-07']);
  });
});

describe('daysDue', () => {
  const done = (rolledUpAt: string, isFinal = false) => [
    { day: '2026-10-05', isFinal, rolledUpAt: at(rolledUpAt) },
  ];

  it('begin yesterday where nothing is there', () => {
    expect(daysDue([], at('2026-10-06T00:00:00'))).toEqual(['2026-10-05', '2026-10-06']);
  });

  it('fill gaps and take today each time', () => {
    expect(daysDue(DAYS, at('2026-10-08T12:00:00'))).toEqual(['2026-10-05', '2026-10-06', '2026-10-08']);
    expect(daysDue(done('2026-10-05T11:00:00'), at('2026-10-05T12:00:00'))).toEqual(['2026-10-05']);
  });

  it('take a past day an hour after its end, and then when it can be final', () => {
    expect(daysDue(done('2026-10-06T00:59:59'), at('2026-10-06T01:59:59'))).toContain('2026-10-05');
    expect(daysDue(done('2026-10-06T01:00:00'), at('2026-10-06T23:59:59'))).toEqual(['2026-10-06']);
    expect(daysDue(done('2026-10-06T01:00:00'), at('2026-10-07T00:00:00'))).toContain('2026-10-05');
    expect(daysDue(done('2026-10-07T00:00:00', true), at('2026-10-07T00:00:00'))).not.toContain('2026-10-05');
  });
});
