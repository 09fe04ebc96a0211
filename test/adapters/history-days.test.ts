// What the history covers of a time range.
import { describe, expect, it } from 'vitest';
import {
  coverageOf,
  daysDue,
  daysLacking,
  daysOf,
  daysToDo,
} from '../../src/adapters/warehouse/history-days.ts';

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
  const NOW = at('2026-10-10T12:00:00');
  const range = (since: string, until?: string) => ({
    since: at(since),
    ...(until === undefined ? {} : { until: at(until) }),
  });

  it('tells gaps, days that may lack something, and where completeness ends', () => {
    expect(coverageOf(DAYS, range('2026-10-04T00:00:00', '2026-10-08T00:00:00'), NOW)).toEqual({
      missing: ['2026-10-06'],
      early: [],
      provisional: ['2026-10-05'],
      completeUntil: '2026-10-05',
      hasDays: true,
    });
  });

  it('knows of no day before the first', () => {
    const before = range('2026-10-03T00:00:00', '2026-10-05T00:00:00');
    expect(coverageOf(DAYS, before, NOW)).toEqual({
      missing: ['2026-10-03'],
      early: [],
      provisional: [],
      completeUntil: null,
      hasDays: true,
    });
    expect(coverageOf([], before, NOW)).toEqual({
      missing: ['2026-10-03', '2026-10-04'],
      early: [],
      provisional: [],
      completeUntil: null,
      hasDays: false,
    });
  });

  describe('of a day that was rolled up at two in the morning', () => {
    const rolledUpAt = at('2026-10-05T02:00:00');
    const days = [{ day: '2026-10-05', isFinal: false, rolledUpAt }];
    const early = [{ day: '2026-10-05', rolledUpAt }];

    it.each([
      ['the hours before', '2026-10-05T00:00:00', '2026-10-05T02:00:00', [], true],
      ['an hour more', '2026-10-05T00:00:00', '2026-10-05T03:00:00', early, true],
      ['all of the day', '2026-10-05T00:00:00', '2026-10-06T00:00:00', early, true],
      ['the afternoon', '2026-10-05T12:00:00', '2026-10-05T18:00:00', early, false],
    ])('has what it has of %s', (_, since, until, expected, hasDays) => {
      const coverage = coverageOf(days, range(since, until), NOW);
      expect([coverage.early, coverage.hasDays]).toEqual([expected, hasDays]);
      expect(coverage.provisional).toEqual(expected.length === 0 ? ['2026-10-05'] : []);
    });
  });

  it('takes an open end for this moment, where the beginning is given', () => {
    const days = [{ day: '2026-09-30', isFinal: true, rolledUpAt: at('2026-10-02T00:30:00') }];
    const now = at('2026-10-06T02:00:00');
    expect(coverageOf(days, range('2026-10-05T02:00:00'), now)).toMatchObject({
      missing: ['2026-10-05', '2026-10-06'],
      hasDays: false,
    });
  });

  it('asks nothing of the future', () => {
    const now = at('2026-10-05T00:00:00');
    expect(coverageOf(DAYS, range('2026-10-04T00:00:00', '2026-11-01T00:00:00'), now).missing).toEqual([]);
  });

  it('takes a range without ends for the history as a whole, to its last roll-up', () => {
    const rolledUpAt = at('2026-10-08T02:00:00');
    const days = [...DAYS, { day: '2026-10-08', isFinal: false, rolledUpAt }];
    expect(coverageOf(days, {}, NOW)).toEqual({
      missing: ['2026-10-06'],
      early: [],
      provisional: ['2026-10-05', '2026-10-08'],
      completeUntil: '2026-10-05',
      hasDays: true,
    });
    expect(coverageOf([], {}, NOW)).toMatchObject({ missing: ['2026-10-10'], hasDays: false });
  });
});

describe('daysLacking', () => {
  it('are those that are not there and those that were cut short, in order', () => {
    const days = [{ day: '2026-10-04', isFinal: false, rolledUpAt: at('2026-10-04T02:00:00') }];
    const asked = { since: at('2026-10-03T00:00:00'), until: at('2026-10-06T00:00:00') };
    expect(daysLacking(coverageOf(days, asked, at('2026-10-09T00:00:00')))).toEqual([
      '2026-10-03',
      '2026-10-04',
      '2026-10-05',
    ]);
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
