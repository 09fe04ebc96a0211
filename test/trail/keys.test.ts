// Owns the claims about CloudTrail's delivery layout: what a key says, and which prefixes a time range needs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayPrefixes,
  holdsNoLogFiles,
  isDeliveredOutside,
  listingStep,
  narrowToPrefix,
  otherService,
  parseLogFileKey,
  wholeDays,
} from '../../src/trail/keys.ts';

const REGION_FOLDER = 'AWSLogs/111122223333/CloudTrail/us-east-1/';
const NAME = '111122223333_CloudTrail_us-east-1_20230710T1145Z_s7dpHbl38neqZbm2.json.gz';
const NOW = new Date('2023-07-15T08:00:00Z');

describe('parseLogFileKey', () => {
  const delivered = {
    organizationId: null,
    accountId: '111122223333',
    region: 'us-east-1',
    day: '2023-07-10',
    deliveredAt: new Date('2023-07-10T11:45:00Z'),
    kind: 'log',
  };

  it.each([
    ['a delivered key', `${REGION_FOLDER}2023/07/10/${NAME}`, {}],
    ['a key behind a prefix', `trails/prod/${REGION_FOLDER}2023/07/10/${NAME}`, {}],
    ['a local path', `/var/logs/${REGION_FOLDER}2023/07/10/${NAME}`, {}],
    ['a local path of Windows', `C:\\logs\\${REGION_FOLDER}2023/07/10/${NAME}`.replaceAll('/', '\\'), {}],
    [
      'an organization trail',
      `AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/us-east-1/2023/07/10/${NAME}`,
      { organizationId: 'o-a1b2c3d4e5' },
    ],
    [
      'a partition of GovCloud',
      'AWSLogs/111122223333/CloudTrail/us-gov-west-1/2023/07/10/111122223333_CloudTrail_us-gov-west-1_20230710T1145Z_s7dpHbl38neqZbm2.json.gz',
      { region: 'us-gov-west-1' },
    ],
    ['a name alone', NAME, { day: null }],
    ['an unpacked file', `${REGION_FOLDER}2023/07/10/${NAME.replace('.gz', '')}`, {}],
    ['a key without a day', `${REGION_FOLDER}${NAME}`, { day: null }],
    ['a name of its own', `${REGION_FOLDER}2023/07/10/part-0.json.gz`, { deliveredAt: null }],
    [
      'a digest file',
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2023/07/10/111122223333_CloudTrail-Digest_us-east-1_main_us-west-2_20230710T114500Z.json.gz',
      { kind: 'digest' },
    ],
    [
      'a backfilled digest file',
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2023/07/10/111122223333_CloudTrail-Digest_us-east-1_main_us-west-2_20230710T114500Z_backfill.json.gz',
      { kind: 'digest' },
    ],
    [
      'an Insight file',
      'AWSLogs/111122223333/CloudTrail-Insight/us-east-1/2023/07/10/111122223333_CloudTrail-Insight_us-east-1_20230710T1145Z_s7dpHbl38neqZbm2.json.gz',
      { kind: 'insight' },
    ],
    [
      'an aggregated file',
      'AWSLogs/111122223333/CloudTrail-Aggregated/us-east-1/2023/07/10/part.json.gz',
      { kind: 'aggregated', deliveredAt: null },
    ],
  ])('reads %s', (_, path, differing) => {
    expect(parseLogFileKey(path)).toEqual({ ...delivered, ...differing });
  });

  it.each([
    ['without its random suffix', '111122223333_CloudTrail_us-east-1_20230710T1145Z.json.gz'],
    ['with a hyphen before the stamp', '111122223333_CloudTrail_us-east-1-20230710T1145.json'],
    [
      'with a stamp that is no time',
      '111122223333_CloudTrail_us-east-1_20231399T1145Z_s7dpHbl38neqZbm2.json.gz',
    ],
    ['with a suffix cut short', '111122223333_CloudTrail_us-east-1_20230710T1145Z_s7dpH.json.gz'],
  ])('knows account and region of a name %s, but no time of delivery', (_, name) => {
    expect(parseLogFileKey(name)).toEqual({ ...delivered, day: null, deliveredAt: null });
  });

  it.each([
    'events.json',
    'AWSLogs/111122223333/vpcflowlogs/us-east-1/2023/07/10/flow.log.gz',
    'AWSLogs/1111/CloudTrail/us-east-1/2023/07/10/x.json.gz',
    'AWSLogs/111122223333/CloudTrail/everywhere/2023/07/10/x.json.gz',
    `copies/${NAME}.sha256`,
    '',
  ])('reads nothing into %j', (path) => {
    expect(parseLogFileKey(path)).toBeNull();
  });
});

describe('isDeliveredOutside', () => {
  it.each([
    ['2023-07-10T11:46:01Z', undefined, true],
    ['2023-07-10T11:46:00Z', undefined, false],
    ['2023-07-10T11:45:00Z', undefined, false],
    [undefined, '2023-07-09T11:45:00Z', true],
    [undefined, '2023-07-09T11:45:01Z', false],
    [undefined, undefined, false],
  ])('of a file delivered at 11:45 on 10 July, asked for %s to %s: %s', (since, until, expected) => {
    const range = {
      ...(since === undefined ? {} : { since: new Date(since) }),
      ...(until === undefined ? {} : { until: new Date(until) }),
    };
    expect(isDeliveredOutside(parseLogFileKey(NAME), range)).toBe(expected);
  });

  it('never holds for a file that does not say when it was delivered', () => {
    const range = { since: new Date('2030-01-01') };
    expect(isDeliveredOutside(parseLogFileKey('events.json'), range)).toBe(false);
    expect(isDeliveredOutside(parseLogFileKey(`${REGION_FOLDER}2023/07/10/part-0.json`), range)).toBe(false);
  });
});

describe('dayPrefixes', () => {
  it.each([
    ['an hour', '2023-07-10T11:00:00Z', '2023-07-10T12:00:00Z', ['2023/07/10/', '2023/07/11/']],
    [
      'an hour after midnight',
      '2023-07-10T00:00:30Z',
      '2023-07-10T01:00:00Z',
      ['2023/07/09/', '2023/07/10/', '2023/07/11/'],
    ],
    ['a day', '2023-07-10T00:05:00Z', '2023-07-11T00:00:00Z', ['2023/07/10/', '2023/07/11/']],
    ['a month', '2023-06-01T00:05:00Z', '2023-07-01T00:00:00Z', ['2023/06/', '2023/07/01/']],
    ['a year', '2021-12-31T12:00:00Z', '2023-01-01T00:00:00Z', ['2021/12/31/', '2022/', '2023/01/01/']],
    ['a February', '2020-02-01T00:05:00Z', '2020-02-29T00:00:00Z', ['2020/02/']],
    ['up to the present', '2023-07-14T11:00:00Z', undefined, ['2023/07/14/', '2023/07/15/', '2023/07/16/']],
    ['a time to come', '2023-07-20T00:00:00Z', '2023-07-21T00:00:00Z', []],
    ['from the beginning', undefined, '2014-12-31T00:00:00Z', ['2013/', '2014/']],
  ])('of %s', (_, since, until, expected) => {
    const range = {
      ...(since === undefined ? {} : { since: new Date(since) }),
      ...(until === undefined ? {} : { until: new Date(until) }),
    };
    expect(dayPrefixes(range, NOW)).toEqual(expected);
  });

  it('cover each day of delivery once, in order, and no other day', () => {
    const time = fc.date({ min: new Date('2013-02-01'), max: new Date('2023-07-01'), noInvalidDate: true });
    const everyDay = dayNames(Date.UTC(2013, 0, 1), Date.UTC(2023, 11, 31));
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 900 * 86_400 }), (since, seconds) => {
        const until = new Date(Math.min(since.getTime() + seconds * 1000, Date.UTC(2023, 6, 13)));
        const prefixes = dayPrefixes({ since, until }, NOW);
        const covered = prefixes.flatMap((prefix) => everyDay.filter((day) => day.startsWith(prefix)));
        expect(covered).toEqual(dayNames(since.getTime() - 60_000, until.getTime() + 86_400_000 - 1));
      }),
    );
  });

  function dayNames(from: number, to: number): string[] {
    const names: string[] = [];
    for (let day = Math.floor(from / 86_400_000); day * 86_400_000 <= to; day += 1) {
      names.push(`${new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/')}/`);
    }
    return names;
  }
});

describe('wholeDays', () => {
  it('are the first and last day of delivery that dayPrefixes covers', () => {
    const range = { since: new Date('2026-10-04T11:00:00Z'), until: new Date('2026-10-05T03:00:00Z') };
    const now = new Date('2026-11-01T00:00:00Z');
    expect(wholeDays(range, now)).toEqual({ first: '2026-10-04', last: '2026-10-06' });
    expect(dayPrefixes(range, now)).toEqual(['2026/10/04/', '2026/10/05/', '2026/10/06/']);
  });
});

describe('listingStep', () => {
  it.each([
    [REGION_FOLDER, { by: 'day', region: REGION_FOLDER }],
    [`x/${REGION_FOLDER}2023/07/1`, { by: 'day', region: `x/${REGION_FOLDER}` }],
    [`${REGION_FOLDER}2023/07/10/1111`, { by: 'day', region: REGION_FOLDER }],
    [`${REGION_FOLDER}2023/07/10/${NAME}`, { by: 'key' }],
    [`${REGION_FOLDER}backup/`, { by: 'key' }],
    ['', { by: 'folder', prefix: '', isInLayout: false }],
    ['trails/prod', { by: 'folder', prefix: 'trails/prod', isInLayout: false }],
    ['AWSLogs/', { by: 'folder', prefix: 'AWSLogs/', isInLayout: true }],
    ['AWSLogs/o-a1b2c3d4e5/', { by: 'folder', prefix: 'AWSLogs/o-a1b2c3d4e5/', isInLayout: true }],
    ['AWSLogs/1111', { by: 'folder', prefix: 'AWSLogs/1111', isInLayout: true }],
    ['AWSLogs/111122223333/', { by: 'folder', prefix: 'AWSLogs/111122223333/CloudTrail/', isInLayout: true }],
    ['AWSLogs/111122223333/Cloud', { by: 'folder', prefix: 'AWSLogs/111122223333/Cloud', isInLayout: true }],
    [
      'AWSLogs/111122223333/CloudTrail/us-',
      { by: 'folder', prefix: 'AWSLogs/111122223333/CloudTrail/us-', isInLayout: true },
    ],
    ['AWSLogs/111122223333/CloudTrail-Digest/', { by: 'key' }],
    ['AWSLogs/111122223333/CloudTrail/everywhere/', { by: 'key' }],
    ['AWSLogs/copies/', { by: 'key' }],
  ])('from %j', (prefix, expected) => {
    expect(listingStep(prefix)).toEqual(expected);
  });
});

describe('narrowToPrefix', () => {
  const partitions = ['2022/', '2023/06/', '2023/07/09/', '2023/07/10/'];

  it.each([
    ['', partitions],
    ['2023', ['2023/06/', '2023/07/09/', '2023/07/10/']],
    ['2023/07/1', ['2023/07/10/']],
    ['2023/07/10/1111', ['2023/07/10/1111']],
    ['2022/05/', ['2022/05/']],
    ['2021/', []],
  ])('keeps of the partitions what lies under %j', (prefix, expected) => {
    expect(narrowToPrefix(prefix, partitions)).toEqual(expected);
  });
});

describe('folders of others', () => {
  it.each([
    ['AWSLogs/111122223333/vpcflowlogs/us-east-1/x.gz', 'vpcflowlogs'],
    ['logs/AWSLogs/o-a1b2c3d4e5/111122223333/Config/x.json', 'Config'],
    [`${REGION_FOLDER}2023/07/10/${NAME}`, null],
    ['AWSLogs/111122223333/CloudTrail-Digest/x.json.gz', null],
    ['vpcflowlogs/x.gz', null],
  ])('%s was delivered by %s', (key, expected) => {
    expect(otherService(key)).toBe(expected);
  });

  it.each([
    ['AWSLogs/111122223333/elasticloadbalancing/', true],
    ['AWSLogs/111122223333/CloudTrail-Digest/', true],
    ['AWSLogs/111122223333/CloudTrail-Insight/', true],
    ['AWSLogs/111122223333/CloudTrail-Aggregated/', true],
    ['AWSLogs/111122223333/CloudTrail/', false],
    ['AWSLogs/111122223333/', false],
    ['vpcflowlogs/', false],
  ])('%s holds no log files: %s', (folder, expected) => {
    expect(holdsNoLogFiles(folder)).toBe(expected);
  });
});
