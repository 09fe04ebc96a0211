// Owns the claims about finding log files on S3: what is found, what is left out, and how little is listed for it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FindOptions, findLogFiles } from '../../src/adapters/find-log-files.ts';
import { S3_ENVIRONMENT, type S3Server, startS3Server } from '../support/s3-server.ts';

const ORGANIZATION = 'AWSLogs/o-a1b2c3d4e5';
const ACCOUNTS = ['111122223333', '444455556666'];
const REGIONS = ['eu-west-1', 'us-east-1'];
/** Every day of June and July 2023, as partitions. */
const DAYS = Array.from({ length: 61 }, (_, at) => partition(Date.UTC(2023, 5, 1 + at)));
const HOUR = { since: new Date('2023-07-10T11:00:00Z'), until: new Date('2023-07-10T12:00:00Z') };
const OUTSIDE = 'delivered outside the time range';

let server: S3Server;

beforeAll(async () => {
  server = await startS3Server();
  for (const bucket of ['trail', 'mixed', 'many', 'empty']) await server.createBucket(bucket);
  const keys = ACCOUNTS.flatMap((account) =>
    REGIONS.flatMap((region) =>
      DAYS.flatMap((day) => [logKey(account, region, day), digestKey(account, region, day)]),
    ),
  );
  await server.put('trail', Object.fromEntries(keys.map((key) => [key, '{}'])));
}, 60_000);

afterAll(() => server.stop());

beforeEach(() => {
  for (const [name, value] of Object.entries(S3_ENVIRONMENT)) vi.stubEnv(name, value);
  server.forget();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function partition(day: number): string {
  return new Date(day).toISOString().slice(0, 10).replaceAll('-', '/');
}

function logKey(account: string, region: string, day: string, time = '1130'): string {
  const name = `${account}_CloudTrail_${region}_${day.replaceAll('/', '')}T${time}Z_s7dpHbl38neqZbm2.json.gz`;
  return `${ORGANIZATION}/${account}/CloudTrail/${region}/${day}/${name}`;
}

function digestKey(account: string, region: string, day: string): string {
  const name = `${account}_CloudTrail-Digest_${region}_main_us-east-1_${day.replaceAll('/', '')}T113000Z.json.gz`;
  return `${ORGANIZATION}/${account}/CloudTrail-Digest/${region}/${day}/${name}`;
}

/** What was found, as `kind path: reason` without the scheme. */
async function find(paths: readonly string[], options: FindOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const found of findLogFiles(paths, { endpointUrl: server.endpointUrl, ...options })) {
    const text =
      found.kind === 'file' ? `file ${found.file.path}` : `${found.kind} ${found.path}: ${found.reason}`;
    lines.push(text.replaceAll('s3://', ''));
  }
  return lines;
}

describe('the whole of a prefix', () => {
  it('is found in the order of keys, with digest files named and left', async () => {
    const lines = await find(['s3://trail/AWSLogs/']);
    const expected = ACCOUNTS.flatMap((account) => [
      ...REGIONS.flatMap((region) =>
        DAYS.map((day) => `skipped trail/${digestKey(account, region, day)}: digest file`),
      ),
      ...REGIONS.flatMap((region) => DAYS.map((day) => `file trail/${logKey(account, region, day)}`)),
    ]);
    expect(lines.toSorted()).toEqual(expected.toSorted());
    const keys = lines.map((line) => line.replace(/^\w+ | digest file$/g, '').replace(/:$/, ''));
    expect(keys).toEqual(keys.toSorted());
    expect(server.listedPrefixes()).toEqual(['AWSLogs/']);
  });

  it('is found beyond one page of a thousand keys', async () => {
    const keys = Array.from({ length: 1001 }, (_, at) => `flat/${String(at).padStart(5, '0')}.json`);
    await server.put('many', Object.fromEntries(keys.map((key) => [key, '{}'])));
    server.forget();
    expect(await find(['s3://many/flat'])).toEqual(keys.map((key) => `file many/${key}`));
    expect(server.listedPrefixes()).toEqual(['flat', 'flat']);
  }, 60_000);

  it('has for each file its size, and a version that follows the content', async () => {
    const version = async () => {
      for await (const found of findLogFiles(['s3://mixed/v.json'], { endpointUrl: server.endpointUrl }))
        return found;
      return null;
    };
    await server.put('mixed', { 'v.json': '{}' });
    const first = await version();
    expect(first).toEqual({
      kind: 'file',
      file: { path: 's3://mixed/v.json', version: '99914b932bd37a50b983c5e7c90ae93b-2', size: 2 },
    });
    expect(await version()).toEqual(first);
    await server.put('mixed', { 'v.json': '[]' });
    expect(await version()).not.toEqual(first);
  });
});

describe('an hour of many months', () => {
  const neededDays = ['2023/07/10', '2023/07/11'];

  it('lists only the days that it needs, in every account and region', async () => {
    const lines = await find(['s3://trail'], HOUR);
    const regions = ACCOUNTS.flatMap((account) => REGIONS.map((region) => ({ account, region })));
    expect(lines).toEqual(
      regions.flatMap(({ account, region }) => [
        `file trail/${logKey(account, region, '2023/07/10')}`,
        `file trail/${logKey(account, region, '2023/07/11')}`,
      ]),
    );
    expect(server.listedPrefixes().toSorted()).toEqual(
      [
        ' (folders)',
        'AWSLogs/ (folders)',
        `${ORGANIZATION}/ (folders)`,
        ...ACCOUNTS.map((account) => `${ORGANIZATION}/${account}/CloudTrail/ (folders)`),
        ...regions.flatMap(({ account, region }) =>
          neededDays.map((day) => `${ORGANIZATION}/${account}/CloudTrail/${region}/${day}/`),
        ),
      ].toSorted(),
    );
  });

  const region = `${ORGANIZATION}/111122223333/CloudTrail/us-east-1`;
  it.each([
    ['AWSLogs', 8, 13],
    [`${ORGANIZATION}/1111`, 4, 6],
    [`${ORGANIZATION}/111122223333/`, 4, 5],
    [`${ORGANIZATION}/111122223333/Cloud`, 4, 6],
    [`${ORGANIZATION}/111122223333/CloudTrail/us-`, 2, 3],
    [region, 2, 3],
    [`${region}/`, 2, 2],
    [`${region}/2023/`, 2, 2],
    [`${region}/2023/07/1`, 2, 2],
    [`${region}/2023/07/10/`, 1, 1],
    [`${region}/2023/07/10/1111`, 1, 1],
  ])('asked for under %s finds its part with few listings', async (prefix, files, listings) => {
    const lines = await find([`s3://trail/${prefix}`], HOUR);
    expect(lines).toHaveLength(files);
    expect(lines.every((line) => line.startsWith(`file trail/${prefix}`))).toBe(true);
    expect(server.listedPrefixes()).toHaveLength(listings);
  });

  it('says so where a prefix has nothing in it, or only a file delivered outside', async () => {
    const file = `trail/${logKey('111122223333', 'us-east-1', '2023/06/02')}`;
    expect(await find([`s3://trail/${region}/2023/06/`, `s3://${file}`], HOUR)).toEqual([
      `skipped trail/${region}/2023/06/: nothing delivered in the time range`,
      `skipped ${file}: already looked for under trail/${region}/2023/06/`,
    ]);
    expect(await find([`s3://${file}`], HOUR)).toEqual([`skipped ${file}: ${OUTSIDE}`]);
  });

  it('lists a month at once where all of it is needed', async () => {
    const range = { since: new Date('2023-06-01T00:10:00Z'), until: new Date('2023-07-01T00:00:00Z') };
    expect(await find([`s3://trail/${region}/`], range)).toHaveLength(31);
    expect(server.listedPrefixes().toSorted()).toEqual([`${region}/2023/06/`, `${region}/2023/07/01/`]);
  });

  it('names what was listed and is not needed', async () => {
    const [early = '', late = ''] = ['1055', '1105'].map((time) =>
      logKey('111122223333', 'ap-south-1', '2023/07/10', time),
    );
    const tooLate = logKey('111122223333', 'ap-south-1', '2023/07/11', '1205');
    await server.put('mixed', { [early]: '{}', [late]: '{}', [tooLate]: '{}' });
    expect(await find([`s3://mixed/${ORGANIZATION}/111122223333/CloudTrail/ap-south-1`], HOUR)).toEqual([
      `skipped mixed/${early}: ${OUTSIDE}`,
      `file mixed/${late}`,
      `skipped mixed/${tooLate}: ${OUTSIDE}`,
    ]);
  });

  it('finds the layout behind a prefix, and lists a layout of its own whole', async () => {
    await server.put('mixed', {
      [`trails/prod/${logKey('111122223333', 'us-east-1', '2023/07/10')}`]: '{}',
      [`trails/prod/${logKey('111122223333', 'us-east-1', '2023/06/10')}`]: '{}',
      'trails/year=2023/month=06/day=10/hour=11/events.json.gz': '{}',
      'trails/loose.json': '{}',
    });
    server.forget();
    expect(await find(['s3://mixed/trails/'], HOUR)).toEqual([
      'file mixed/trails/loose.json',
      `file mixed/trails/prod/${logKey('111122223333', 'us-east-1', '2023/07/10')}`,
      'file mixed/trails/year=2023/month=06/day=10/hour=11/events.json.gz',
    ]);
    expect(server.listedPrefixes()).not.toContain('trails/');
  });

  it('lists a region whole that is partitioned in a way of its own', async () => {
    const own = 'AWSLogs/111122223333/CloudTrail/eu-north-1';
    await server.put('mixed', {
      [`${own}/2023-07-10/events.json`]: '{}',
      [`${own}/2022/01/01/old.json`]: '{}',
    });
    expect(await find([`s3://mixed/${own}/`], HOUR)).toEqual([`file mixed/${own}/2023-07-10/events.json`]);
  });

  it('lists a crowd of folders outside the layout at once, not one by one', async () => {
    const keys = Array.from({ length: 101 }, (_, at) => `crowd/${String(at).padStart(3, '0')}/events.json`);
    await server.put('mixed', Object.fromEntries(keys.map((key) => [key, '{}'])));
    server.forget();
    expect(await find(['s3://mixed/crowd/'], HOUR)).toEqual(keys.map((key) => `file mixed/${key}`));
    expect(server.listedPrefixes()).toEqual(['crowd/ (folders)', 'crowd/']);
  });

  it('finds nothing twice where the crowd shows on a later page only', async () => {
    const objects = Array.from({ length: 1001 }, (_, at) => `late/a${String(at).padStart(4, '0')}.json`);
    const inFolders = Array.from(
      { length: 101 },
      (_, at) => `late/b${String(at).padStart(4, '0')}/events.json`,
    );
    await server.put('mixed', Object.fromEntries([...objects, ...inFolders].map((key) => [key, '{}'])));
    const found = await find(['s3://mixed/late/'], HOUR);
    expect(found).toEqual([...objects, ...inFolders].map((key) => `file mixed/${key}`));
  }, 30_000);
});

describe('objects that are no log files', () => {
  const layout = 'AWSLogs/111122223333';

  it('are told by their keys, without downloading them', async () => {
    await server.put('empty', {
      'judged/': '',
      'judged/empty.json': '',
      [`judged/${layout}/CloudTrail-Aggregated/us-east-1/2023/07/10/a.json.gz`]: '{}',
      [`judged/${layout}/CloudTrail-Digest/us-east-1/2023/07/10/a.json.gz`]: '{}',
      [`judged/${layout}/CloudTrail-Insight/us-east-1/2023/07/10/a.json.gz`]: '{}',
      [`judged/${layout}/vpcflowlogs/us-east-1/2023/07/10/a.log.gz`]: 'x',
    });
    server.forget();
    expect(await find(['s3://empty/judged/'])).toEqual([
      'skipped empty/judged/: S3 folder marker',
      `skipped empty/judged/${layout}/CloudTrail-Aggregated/us-east-1/2023/07/10/a.json.gz: aggregated file`,
      `skipped empty/judged/${layout}/CloudTrail-Digest/us-east-1/2023/07/10/a.json.gz: digest file`,
      `skipped empty/judged/${layout}/CloudTrail-Insight/us-east-1/2023/07/10/a.json.gz: Insight file`,
      `skipped empty/judged/${layout}/vpcflowlogs/us-east-1/2023/07/10/a.log.gz: delivered by another service (vpcflowlogs)`,
      'file empty/judged/empty.json',
    ]);
    expect(server.requests.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual(['GET /empty/']);
  });

  it.each([
    ['GLACIER', '', 'rejected'],
    ['DEEP_ARCHIVE', '', 'rejected'],
    ['DEEP_ARCHIVE', '<IsRestoreInProgress>true</IsRestoreInProgress>', 'rejected'],
    ['GLACIER', '<RestoreExpiryDate>2000-01-01T00:00:00.000Z</RestoreExpiryDate>', 'rejected'],
    ['GLACIER', '<RestoreExpiryDate>2999-01-01T00:00:00.000Z</RestoreExpiryDate>', 'file'],
    ['GLACIER_IR', '', 'file'],
    ['INTELLIGENT_TIERING', '', 'file'],
  ])('in storage class %s%s are %s', async (storageClass, restored, kind) => {
    await server.put('empty', { 'archive/a.json': '{}' });
    const status = restored === '' ? '' : `<RestoreStatus>${restored}</RestoreStatus>`;
    server.rewrite = (xml) =>
      xml.replace(
        '<StorageClass>STANDARD</StorageClass>',
        `<StorageClass>${storageClass}</StorageClass>${status}`,
      );
    const [line = ''] = await find(['s3://empty/archive/']);
    expect(line.startsWith(`${kind} empty/archive/a.json`)).toBe(true);
    if (kind === 'rejected')
      expect(line).toMatch(restored.includes('true') ? /read again later/ : /restore the object first/);
  });
});

describe('the same object reached twice', () => {
  beforeAll(() =>
    server.put('empty', { 'twice/a.json': '{}', 'twice/a.json.bak': '{}', 'twice/b/c.json': '{}' }),
  );

  it('is read once, and a prefix within one that was listed is not listed again', async () => {
    server.forget();
    expect(await find(['s3://empty/twice/b/', 's3://empty/twice/', 's3://empty/twice/b/c.json'])).toEqual([
      'file empty/twice/b/c.json',
      'file empty/twice/a.json',
      'file empty/twice/a.json.bak',
      'skipped empty/twice/b/c.json: already found under empty/twice/b/',
      'skipped empty/twice/b/c.json: already looked for under empty/twice/b/',
    ]);
    expect(server.listedPrefixes()).toEqual(['twice/b/', 'twice/']);
  });

  it('is one object where its whole key is given, though other keys begin with it', async () => {
    expect(await find(['s3://empty/twice/a.json', 's3://empty/twice/a.json', 's3://empty/twice/a'])).toEqual([
      'file empty/twice/a.json',
      'skipped empty/twice/a.json: already looked for under empty/twice/a.json',
      'skipped empty/twice/a.json: already found under empty/twice/a.json',
      'file empty/twice/a.json.bak',
    ]);
  });

  it('is looked for again where the first listing failed', async () => {
    server.intercept = (_, response, url) => {
      if (url.searchParams.get('prefix') !== 'twice/') return false;
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      return true;
    };
    expect(await find(['s3://empty/twice/', 's3://empty/twice/b/'])).toEqual([
      'rejected empty/twice/: access denied: allow s3:ListBucket on arn:aws:s3:::empty',
      'file empty/twice/b/c.json',
    ]);
  });
});
