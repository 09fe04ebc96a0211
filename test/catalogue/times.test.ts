// The times that a person may write.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { parseRange, parseTime } from '../../src/catalogue/times.ts';

const now = new Date('2026-10-05T12:34:56.789Z');

describe('a time', () => {
  it.each([
    ['2026-10-05', '2026-10-05T00:00:00.000Z'],
    ['2026-10-05T03:00Z', '2026-10-05T03:00:00.000Z'],
    ['2026-10-05T03:00', '2026-10-05T03:00:00.000Z'],
    ['2026-10-05 03:00', '2026-10-05T03:00:00.000Z'],
    ['2026-10-05T03:00:59', '2026-10-05T03:00:59.000Z'],
    ['2026-10-05T03:00:59.5Z', '2026-10-05T03:00:59.500Z'],
    ['2026-10-05T03:00:59.123456789Z', '2026-10-05T03:00:59.123Z'],
    ['2026-10-05T03:00+02:00', '2026-10-05T01:00:00.000Z'],
    ['2026-10-05T03:00-0530', '2026-10-05T08:30:00.000Z'],
    ['2026-10-05T03:00+02', '2026-10-05T01:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    [' now ', '2026-10-05T12:34:56.789Z'],
    ['today', '2026-10-05T00:00:00.000Z'],
    ['yesterday', '2026-10-04T00:00:00.000Z'],
    ['15m', '2026-10-05T12:19:56.789Z'],
    ['24h', '2026-10-04T12:34:56.789Z'],
    ['7d', '2026-09-28T12:34:56.789Z'],
    ['2w', '2026-09-21T12:34:56.789Z'],
  ])('%j is %s', (text, time) => {
    expect(parseTime(text, now).toISOString()).toBe(time);
  });

  it.each([
    ['', 'is not a time; write 2026-10-05'],
    ['soon', 'is not a time; write 2026-10-05'],
    ['05/10/2026', 'is not a time; write'],
    ['2026-10', 'is not a time; write'],
    ['2026-10-05T', 'is not a time; write'],
    ['2026-10-05T03', 'is not a time; write'],
    ['-7d', 'is not a time; write'],
    ['7 d', 'is not a time; write'],
    ['7y', 'is not a time; write'],
    ['constructor', 'is not a time; write'],
    ['2026-02-30', 'there is no day 2026-02-30'],
    ['2027-02-29', 'there is no day 2027-02-29'],
    ['2026-13-01', 'there is no day 2026-13-01'],
    ['0050-01-01', 'there is no day 0050-01-01'],
    ['2026-10-05T24:00', 'a day ends at 23:59:59'],
    ['2026-10-05T23:60', 'a day ends at 23:59:59'],
    ['2026-10-05T23:59:60', 'a day ends at 23:59:59'],
    ['2026-10-05T03:00+15:00', 'no offset is beyond 14 hours'],
    ['2026-10-05T03:00+01:60', 'no offset is beyond 14 hours'],
    ['999999999w', 'is before 1970'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseTime(text, now)).toThrow(ParameterError);
    expect(() => parseTime(text, now)).toThrow(message);
  });

  it('is quoted only in part when it is long', () => {
    expect(() => parseTime('x'.repeat(1000), now)).toThrow(/^"x{60}…" is not/);
  });

  it('written as ISO reads back, and nothing else than ParameterError is ever thrown', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(parseTime(date.toISOString(), now)).toEqual(date);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/)),
        (text) => {
          try {
            expect(Number.isNaN(parseTime(text, now).getTime())).toBe(false);
          } catch (error) {
            expect(error).toBeInstanceOf(ParameterError);
          }
        },
      ),
    );
  });
});

describe('a time range', () => {
  it.each([
    [{}, {}],
    [{ since: '2026-10-05' }, { since: new Date('2026-10-05T00:00:00Z') }],
    [{ until: '2026-10-05', since: undefined }, { until: new Date('2026-10-05T00:00:00Z') }],
    [
      { since: '24h', until: 'now' },
      { since: new Date(now.getTime() - 86_400_000), until: now },
    ],
    [
      { since: 'now', until: 'now' },
      { since: now, until: now },
    ],
  ])('of %j has only the ends that were written', (written, range) => {
    expect(parseRange(written, now)).toStrictEqual(range);
  });

  it('that ends before it begins is refused', () => {
    expect(() => parseRange({ since: '2026-10-05', until: '2026-10-04' }, now)).toThrow(
      new ParameterError('until (2026-10-04T00:00:00.000Z) is before since (2026-10-05T00:00:00.000Z)'),
    );
  });
});
