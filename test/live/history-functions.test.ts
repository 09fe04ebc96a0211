// The functions that keep and ask the history, over servers that speak the protocols of Athena, S3, SNS and CloudWatch.
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ATHENA_ENVIRONMENT,
  type AthenaResult,
  type AthenaServer,
  type Execute,
  startAthenaServer,
} from '../support/athena-server.ts';
import { type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';
import { S3_ENVIRONMENT, type S3Server, startS3Server } from '../support/s3-server.ts';

const NOTHING: AthenaResult = { columns: [], rows: [], scannedBytes: 0 };
const BUCKET = 'history-bucket';
const ID = '11111111-2222-4333-8444-555555555555';
const context = (remainingMs = 900_000) =>
  ({ awsRequestId: ID, getRemainingTimeInMillis: () => remainingMs }) as Context;

let emulators: LiveEmulators;
let s3: S3Server;
let athena: AthenaServer;
let execute: Execute;
let before: NodeJS.ProcessEnv;

beforeAll(async () => {
  before = { ...process.env };
  emulators = await startLiveEmulators();
  s3 = await startS3Server();
  await s3.createBucket(BUCKET);
  athena = await startAthenaServer((statement) => execute(statement));
  Object.assign(process.env, emulators.environment, ATHENA_ENVIRONMENT, S3_ENVIRONMENT, {
    AWS_ENDPOINT_URL_S3: s3.endpointUrl,
    AWS_ENDPOINT_URL_ATHENA: athena.url,
    // s3rver would keep the marks of chunks that have checksums.
    AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
    REPORT_BUCKET: BUCKET,
    ATHENA_WORKGROUP: 'podtrail-prod',
    ATHENA_LOCATION: `s3://${BUCKET}/history/`,
    ATHENA_BUCKET: 's3://trail-bucket/',
    ATHENA_ACCOUNTS: '111122223333',
    ATHENA_REGIONS: 'us-east-1',
  });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterAll(async () => {
  vi.restoreAllMocks();
  process.env = before;
  await athena.stop();
  await s3.stop();
  await emulators.stop();
});
beforeEach(() => {
  emulators.metrics.splice(0);
  emulators.findings.splice(0);
  athena.statements.splice(0);
});

const texts = (columns: string[], rows: (string | null)[][]): AthenaResult => ({
  columns: columns.map((name) => ({ name, type: 'varchar' })),
  rows,
  scannedBytes: 10,
});
const days = (rows: [string, string, string][]): AthenaResult => ({
  columns: [
    { name: 'day', type: 'varchar' },
    { name: 'is_final', type: 'boolean' },
    { name: 'rolled_up_at', type: 'varchar' },
  ],
  rows,
  scannedBytes: 10,
});

describe('report', () => {
  const report = async (event: unknown, remainingMs?: number) => {
    const { handler } = await import('../../functions/report.ts');
    return handler(event, context(remainingMs), () => {});
  };
  const store = () =>
    new S3Client({
      endpoint: s3.endpointUrl,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    });
  const keys = async () =>
    ((await store().send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents ?? []).map(
      ({ Key = '' }) => Key,
    );
  const object = async (url: string) => {
    const Key = url.replace(`s3://${BUCKET}/`, '');
    const { Body, ContentType } = await store().send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return { text: await Body?.transformToString(), type: ContentType };
  };
  const answering =
    (rows: (string | null)[][]): Execute =>
    async ({ sql }) =>
      sql.includes('roll_ups')
        ? days([['2026-10-05', 'true', '2026-10-07T00:00:00Z']])
        : texts(['workload_namespace', 'workload_service_account', 'error_code'], rows);
  const ASKED = {
    question: 'failed-assumptions',
    parameters: { since: '2026-10-05', until: '2026-10-06T00:00Z' },
  };

  it('answers as CSV, JSON and a page, and tells where they are and what they are from', async () => {
    execute = answering([
      ['payments', '<script>', 'AccessDenied'],
      ['=1+1', null, ''],
    ]);
    const notice = await report(ASKED);
    expect(notice).toMatchObject({ kind: 'report-ready', question: 'failed-assumptions', rows: 2 });
    expect(notice?.source).toEqual([expect.stringContaining('complete until 2026-10-06')]);
    expect(emulators.findings).toEqual([notice]);
    expect(athena.statements.at(-1)?.workgroup).toBe('podtrail-prod');
    const { csv = '', json = '', html = '' } = notice?.answer ?? {};
    expect(csv).toMatch(
      new RegExp(
        `^s3://${BUCKET}/reports/failed-assumptions/\\d{4}-\\d\\d-\\d\\d/\\d{6}-${ID}/answer[.]csv$`,
      ),
    );
    const [table, data, page] = [await object(csv), await object(json), await object(html)];
    expect(table.type).toContain('text/csv');
    expect(table.text).toContain("'=1+1");
    expect(JSON.parse(data.text ?? '')).toEqual([
      expect.objectContaining({ workload_namespace: 'payments', workload_service_account: '<script>' }),
      expect.objectContaining({ workload_namespace: '=1+1', workload_service_account: null, error_code: '' }),
    ]);
    expect(page.type).toContain('text/html');
    expect(page.text).toContain('&lt;script&gt;');
    expect(page.text).not.toContain('<script>');
    expect(page.text).toContain('complete until 2026-10-06');
  });

  it('says which days a history lacks that is no longer kept up', async () => {
    execute = answering([]);
    const asked = { question: 'failed-assumptions', parameters: { since: '24h' } };
    expect((await report(asked))?.source).toContainEqual(
      expect.stringMatching(/^not in the history: \d{4}-/),
    );
  });

  it('hands on more rows than fit any buffer, and each of them', async () => {
    execute = answering(Array.from({ length: 5_000 }, (_, index) => [`n${index}`, 'sa', 'AccessDenied']));
    const notice = await report(ASKED);
    expect(notice?.rows).toBe(5_000);
    const { text = '' } = await object(notice?.answer.csv ?? '');
    expect(text.trimEnd().split('\n').length).toBe(5_001);
    const { text: json = '' } = await object(notice?.answer.json ?? '');
    expect(JSON.parse(json).length).toBe(5_000);
  });

  it('takes names of parameters as the command line has them, and numbers', async () => {
    execute = answering([]);
    const parameters = { ...ASKED.parameters, namespace: 'payments' };
    expect((await report({ ...ASKED, parameters }))?.rows).toBe(0);
    const asked = { question: 'session-churn', parameters: { 'min-ratio': 3, since: '2026-10-05' } };
    await expect(report(asked)).rejects.toThrow('session-churn has no parameter "min_ratio"');
  });

  it.each<[string, unknown, string]>([
    ['no object', 'who-accessed', 'must be a JSON object'],
    ['no question', {}, '"question" must be the name of a question'],
    ['another key', { question: 'sessions', params: {} }, 'not "params"'],
    ['a question that is none', { question: 'who-acessed' }, 'did you mean "who-accessed"'],
    ['a parameter that is none', { question: 'sessions', parameters: { sinc: '1d' } }, 'no parameter "sinc"'],
    ['a list', { question: 'sessions', parameters: { since: ['1d'] } }, 'must be a text, a number'],
    ['no time', { question: 'sessions', parameters: { since: 'noon' } }, '"since"'],
    ['a missing parameter', { question: 'who-accessed' }, '"resource" is required'],
  ])('refuses %s before anything is run', async (_, event, message) => {
    await expect(report(event)).rejects.toThrow(message);
    expect(athena.statements).toEqual([]);
    expect(emulators.findings).toEqual([]);
  });

  it('puts again what S3 could not take at first', async () => {
    execute = answering([]);
    let left = 2;
    s3.intercept = (request, response) => {
      if (request.method !== 'PUT' || left === 0) return false;
      left -= 1;
      request.resume();
      response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
      return true;
    };
    const notice = await report(ASKED);
    s3.forget();
    expect([left, Object.keys(notice?.answer ?? {})]).toEqual([0, ['csv', 'json', 'html']]);
  });

  it('puts and tells nothing where the answer fails midway', async () => {
    const there = await keys();
    execute = async (statement) => {
      if (statement.sql.includes('roll_ups')) return answering([])(statement);
      throw new Error('TABLE_NOT_FOUND: line 1:1: Table podtrail.assumption_failures does not exist');
    };
    await expect(report(ASKED)).rejects.toThrow('podtrail.assumption_failures does not exist');
    execute = answering([]);
    s3.intercept = (request, response) => {
      if (request.method !== 'PUT') return false;
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return true;
    };
    await expect(report(ASKED)).rejects.toThrow();
    s3.forget();
    expect(await keys()).toEqual(there);
    expect(emulators.findings).toEqual([]);
  });

  it('stops what runs when little time is left', async () => {
    execute = () => new Promise(() => {});
    await expect(report(ASKED, 60_500)).rejects.toThrow('cancelled');
    expect(athena.stopped.length).toBe(1);
  });
});

describe('roll-up', () => {
  const rollUp = async () => {
    const { handler } = await import('../../functions/roll-up.ts');
    return handler({} as never, context(), () => {});
  };
  const put = () => Object.fromEntries(emulators.metrics.map(({ name, value }) => [name, value]));
  const today = () => new Date().toISOString().slice(0, 10);
  const yesterday = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  /** Each statement of a roll-up that has an answer has this one. */
  const sums: AthenaResult = {
    columns: [
      ...['files', 'read', 'kept', 'outside', 'duplicate', 'rejected', 'calls'].map((name) => ({
        name,
        type: 'bigint',
      })),
      { name: 'rejected_path', type: 'varchar' },
    ],
    rows: [['2', '10', '8', '0', '1', '1', '7', 's3://trail-bucket/bad.json.gz']],
    scannedBytes: 10,
  };

  const answerOf = (sql: string) =>
    /^(select|with)/.test(sql) && !sql.startsWith('select *') ? sums : NOTHING;

  it('makes the tables where there are none, then does yesterday and today', async () => {
    let isMade = false;
    execute = async ({ sql }) => {
      if (sql.startsWith('create table if not exists podtrail.roll_ups')) isMade = true;
      if (/from podtrail.roll_ups order by/.test(sql)) {
        if (!isMade) throw new Error('TABLE_NOT_FOUND: line 1:1: Table podtrail.roll_ups does not exist');
        return days([]);
      }
      return answerOf(sql);
    };
    await rollUp();
    expect(isMade).toBe(true);
    expect(athena.statements.filter(({ sql }) => sql.startsWith('optimize'))).toEqual([]);
    const merged = athena.statements.filter(({ sql }) => sql.includes('merge into podtrail.roll_ups'));
    expect(merged.map(({ sql }) => /day|timestamp '(\S+)/.exec(sql)?.[0]).length).toBe(2);
    expect(merged[0]?.sql).toContain(`timestamp '${yesterday()} 00:00:00'`);
    expect(merged[1]?.sql).toContain(`timestamp '${today()} 00:00:00'`);
    expect(put()).toEqual({ RolledUpDays: 2, RolledUpRecords: 20, RolledUpRecordsRejected: 2 });
  });

  it('does the other days where one fails, names it, and leaves no table behind', async () => {
    execute = async ({ sql }) => {
      if (/from podtrail.roll_ups order by/.test(sql)) return days([]);
      if (sql.startsWith('merge into podtrail.sessions') && sql.includes(yesterday()))
        throw new Error('GENERIC_INTERNAL_ERROR: something');
      return answerOf(sql);
    };
    await expect(rollUp()).rejects.toThrow(`not rolled up: ${yesterday()}: `);
    expect(put().RolledUpDays).toBe(1);
    const count = (start: string) => athena.statements.filter(({ sql }) => sql.startsWith(start)).length;
    expect(count('drop database')).toBe(2);
  });

  const daysAgo = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
  /** The history has the day before yesterday, in part, and whatever it has of a later day is new. */
  const withDayToFinish = (sql: string) =>
    /from podtrail.roll_ups order by/.test(sql)
      ? days([
          [daysAgo(2), 'false', `${daysAgo(1)}T00:10:00Z`],
          [daysAgo(1), 'false', `${daysAgo(0)}T01:10:00Z`],
          [daysAgo(0), 'false', `${daysAgo(0)}T00:00:00Z`],
        ])
      : answerOf(sql);

  it('tidies the history with the day that is there for good now', async () => {
    execute = async ({ sql }) => withDayToFinish(sql);
    await rollUp();
    const tidying = athena.statements.map(({ sql }) => sql).filter((sql) => /^(optimize|vacuum)/.test(sql));
    expect(tidying.length).toBe(10);
    expect(tidying.slice(0, 2)).toEqual([
      `optimize podtrail.calls rewrite data using bin_pack where event_time >= timestamp '${daysAgo(5)} 00:00:00'`,
      'vacuum podtrail.calls',
    ]);
  });

  it('tells why it could not be tidied, and the day is there even so', async () => {
    execute = async ({ sql }) => {
      if (sql.startsWith('vacuum')) throw new Error('HIVE_METASTORE_ERROR: something');
      return withDayToFinish(sql);
    };
    await rollUp();
    expect(put().RolledUpDays).toBeGreaterThan(0);
    const [said = ''] = vi.mocked(process.stdout.write).mock.lastCall ?? [];
    expect(JSON.parse(String(said))).toMatchObject({
      failed: [],
      untidied: expect.stringMatching(/something/),
    });
  });
});
