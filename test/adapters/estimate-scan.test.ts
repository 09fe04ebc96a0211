// What a question of log files is said to read before it does, from real listings of an S3 server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimateScan, MOST_LISTED, sizeOfTables } from '../../src/adapters/warehouse/estimate-scan.ts';
import {
  checkLayout,
  type LogFileLayout,
  partitionsOf,
} from '../../src/adapters/warehouse/log-file-table.ts';
import { ATHENA_ENVIRONMENT, type AthenaServer, startAthenaServer } from '../support/athena-server.ts';
import { runMain } from '../support/run-main.ts';
import { S3_ENVIRONMENT, type S3Server, startS3Server } from '../support/s3-server.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const RANGE = { since: new Date('2026-10-05T03:00:00Z'), until: new Date('2026-10-05T04:00:00Z') };

let server: S3Server;
let athena: AthenaServer;
let before: NodeJS.ProcessEnv;

const key = (account: string, region: string, day: string, name: string) =>
  `trail/AWSLogs/o-exampleorg/${account}/CloudTrail/${region}/${day}/${name}.json.gz`;

beforeAll(async () => {
  server = await startS3Server();
  athena = await startAthenaServer(async () => ({ columns: [], rows: [], scannedBytes: 0 }));
  before = { ...process.env };
  Object.assign(process.env, S3_ENVIRONMENT, ATHENA_ENVIRONMENT, {
    AWS_ACCESS_KEY_ID: S3_ENVIRONMENT.AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL_S3: server.endpointUrl,
    AWS_ENDPOINT_URL_ATHENA: athena.url,
  });
  await server.createBucket('estimated');
  await server.put('estimated', {
    [key('111122223333', 'us-east-1', '2026/10/04', 'a')]: new Uint8Array(1_000),
    [key('111122223333', 'us-east-1', '2026/10/05', 'b')]: new Uint8Array(20_000),
    [key('444455556666', 'eu-west-1', '2026/10/05', 'c')]: new Uint8Array(300_000),
    // Outside: another day, another region, another account's folder.
    [key('111122223333', 'us-east-1', '2026/10/09', 'd')]: new Uint8Array(7),
    [key('111122223333', 'ap-south-1', '2026/10/05', 'e')]: new Uint8Array(7),
    [key('777788889999', 'us-east-1', '2026/10/05', 'f')]: new Uint8Array(7),
    'history/calls/data/1a2b/a.parquet': new Uint8Array(1_000_000),
    'history/calls/metadata/b.json': new Uint8Array(500_000),
    'history/calls_of_others/data/c.parquet': new Uint8Array(7),
    'history/sessions/data/d.parquet': new Uint8Array(300),
  });
});
afterAll(async () => {
  process.env = before;
  await server.stop();
  await athena.stop();
});

const layout = (more: Partial<LogFileLayout> = {}) =>
  checkLayout({
    table: 'podtrail.log_files',
    root: 's3://estimated/trail/',
    organization: 'o-exampleorg',
    accounts: ['111122223333', '444455556666'],
    regions: ['us-east-1', 'eu-west-1'],
    firstDay: '2026-01-01',
    rowPer: 'file' as const,
    without: [],
    ...more,
  });
const options = () => ({ endpointUrl: server.endpointUrl, region: 'us-east-1' });

describe('estimateScan', () => {
  it('is exact where all partitions can be listed', async () => {
    const trail = layout();
    expect(await estimateScan(trail, partitionsOf(trail, RANGE, NOW), options())).toEqual({
      bytes: 321_000,
      mostBytes: 12_568_000,
      files: 3,
      partitions: 12,
      listed: 12,
    });
  });

  it('lists so many partitions at most, and counts in proportion', async () => {
    const trail = layout();
    const year = { since: new Date('2026-01-01T00:00:00Z'), until: new Date('2026-12-31T00:00:00Z') };
    server.forget();
    const { listed, partitions, bytes } = await estimateScan(
      trail,
      partitionsOf(trail, year, NOW),
      options(),
    );
    expect(partitions).toBeGreaterThan(4 * 360);
    expect([listed, server.listedPrefixes().length]).toEqual([MOST_LISTED, MOST_LISTED]);
    expect(bytes % (partitions / listed)).toBeLessThan(partitions / listed);
  });

  it('says why where nothing can be listed', async () => {
    const missing = layout({ root: 's3://no-such-bucket/' });
    await expect(estimateScan(missing, partitionsOf(missing, RANGE, NOW), options())).rejects.toMatchObject({
      code: 'estimate',
      message: expect.stringContaining('no-such-bucket'),
    });
    const local = layout({ root: 'local:///trail/' });
    await expect(estimateScan(local, partitionsOf(local, RANGE, NOW), options())).rejects.toMatchObject({
      code: 'estimate',
    });
  });
});

describe('sizeOfTables', () => {
  it('counts all files of the tables named, and of no others', async () => {
    const sized = (...tables: string[]) => sizeOfTables('s3://estimated/history/', tables, options());
    expect([await sized('calls'), await sized('calls', 'sessions'), await sized('none')]).toEqual([
      1_500_000, 1_500_300, 0,
    ]);
  });

  it('says why where nothing can be listed', async () => {
    await expect(sizeOfTables('s3://no-such-bucket/', ['calls'], options())).rejects.toMatchObject({
      code: 'estimate',
      message: expect.stringContaining('no-such-bucket'),
    });
  });
});

describe('podtrail ask --engine athena', () => {
  const ASKED = [
    ...['ask', 'unattributed', '--engine', 'athena', '--source', 'logs'],
    ...['--since', '2026-10-05T03:00Z', '--until', '2026-10-05T04:00Z'],
    ...['--bucket', 's3://estimated/trail/', '--organization', 'o-exampleorg'],
    ...['--accounts', '111122223333,444455556666', '--regions', 'us-east-1,eu-west-1'],
  ];

  it('tells bytes and dollars in a dry run', async () => {
    const { code, stdout } = await runMain([...ASKED, '--dry-run'], { now: NOW });
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /321[.]0 KB in 3 files \(all partitions listed\); with temporary tables at most 8 times that and 10[.]0 MB are read: 12[.]6 MB, at most about \$0[.]0061 at \$5 a TB \(10 MB a statement at least\)/,
      ),
    ]);
    expect(athena.statements).toEqual([]);
  });

  it('tells the upper bound of the history in a dry run', async () => {
    const flags = ASKED.map((flag) => (flag === 'logs' ? 'history' : flag));
    const bounded = await runMain([...flags, '--dry-run', '--location', 's3://estimated/history'], {
      now: NOW,
    });
    expect(bounded.stdout).toMatch(
      /-- at most 1[.]5 MB, all that its tables have in S3, at most about [$]0[.]0001 at/,
    );
    const unplaced = await runMain([...flags, '--dry-run'], { now: NOW });
    expect([unplaced.code, unplaced.stdout]).toEqual([0, expect.stringMatching(/not known: .*--location/)]);
    expect(athena.statements).toEqual([]);
  });

  it('runs nothing where more may be read than --max-scan', async () => {
    const { code, stderr } = await runMain([...ASKED, '--max-scan', '12.5MB'], { now: NOW });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/nothing was run: .*321[.]0 KB.*12[.]6 MB.*--max-scan/),
    ]);
    expect(athena.statements).toEqual([]);
  });

  it('goes on where less is read in any case', async () => {
    await runMain([...ASKED, '--max-scan', '13MB'], { now: NOW });
    expect(athena.statements.length).toBeGreaterThan(0);
  });

  it('goes on, and says so, where that cannot be known', async () => {
    athena.statements.splice(0);
    const elsewhere = ASKED.map((flag) => flag.replace('s3://estimated/', 's3://no-such-bucket/'));
    const { stderr } = await runMain([...elsewhere, '--max-scan', '1MB'], { now: NOW });
    expect(stderr).toMatch(/not known .*no-such-bucket/);
    expect(athena.statements.length).toBeGreaterThan(0);
  });

  it('says what to do where there is no history and no place of log files', async () => {
    const { code, stderr } = await runMain(ASKED.slice(0, 4).concat(ASKED.slice(6, 10)), { now: NOW });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/no history.*--bucket/)]);
  });
});
