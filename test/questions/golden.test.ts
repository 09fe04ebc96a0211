// Every question over the small trail: rows that must show, rows that must not, and parameters that try to be SQL.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { runMain } from '../support/run-main.ts';
import { CLUSTER, PROVIDER, record, roleArn, SMALL_TRAIL, session } from '../support/small-trail.ts';

let root: string;
let store: string;
/** A session that began before the records, on a role that nobody assumed in them: only its cluster is known. */
const unnamed = record({
  eventTime: '2026-10-05T03:30:00Z',
  eventName: 'ListBuckets',
  userIdentity: session('orphan', 'aws-sdk-java-1709630105165', '2026-10-05T02:10:00Z', {
    federated: PROVIDER,
  }),
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-questions-'));
  await writeFile(
    join(root, 'log.json'),
    JSON.stringify({ Records: [...Object.values(SMALL_TRAIL), unnamed] }),
  );
  store = join(root, 'trail.duckdb');
  await runMain(['load', join(root, 'log.json'), '--store', store]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function ask(name: string, ...argv: string[]): Promise<Record<string, unknown>[]> {
  const { stdout, stderr, code } = await runMain([
    'ask',
    name,
    '--store',
    store,
    '--format',
    'json',
    ...argv,
  ]);
  expect(code).toBe(0);
  const rows = JSON.parse(stdout);
  const said =
    rows.length === 0
      ? 'podtrail: no rows match ("podtrail ask trail-coverage" shows what these records cover)\n'
      : '';
  expect(stderr).toBe(said);
  return rows;
}

const pick = (rows: Record<string, unknown>[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));

describe('who-accessed', () => {
  const exports = [
    ['role', null, null, 1, 0, 'unknown', null],
    ['workload', 'frontend', 'api', 1, 0, 'exact', 'issued-key'],
    ['workload', 'reports', 'builder', 1, 0, 'exact', 'issued-key'],
  ];
  it.each([['pii-exports'], ['arn:aws:s3:::pii-exports'], ['arn:aws:s3:::pii-exports/*']])(
    'finds the objects of %s, and no bucket with a longer name',
    async (resource) => {
      const rows = await ask('who-accessed', '--resource', resource);
      expect(
        pick(
          rows,
          'principal_class',
          'workload_namespace',
          'workload_service_account',
          'calls',
          'denied',
          'confidence',
          'evidence',
        ),
      ).toEqual(exports);
    },
  );

  it('takes a prefix, a table, a key, a secret and a role by name', async () => {
    const found = async (resource: string) =>
      pick(await ask('who-accessed', '--resource', resource), 'workload_service_account', 'actions');
    expect(
      pick(
        await ask('who-accessed', '--resource', 'arn:aws:s3:::pii-exports*'),
        'workload_service_account',
        'calls',
      ),
    ).toContainEqual(['api', 2]);
    expect(await found('orders')).toEqual([['builder', 'GetItem']]);
    expect(await found('0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012')).toEqual([['api', 'Decrypt']]);
    expect(await found('db/password')).toEqual([['api', 'GetSecretValue']]);
    expect(await found('pii-export')).toEqual([]);
  });

  it('keeps to its time range, whose end is exclusive', async () => {
    const calls = async (since: string, until: string) =>
      (await ask('who-accessed', '--resource', 'pii-exports', '--since', since, '--until', until)).length;
    expect(await calls('2026-10-05T03:10Z', '2026-10-05T03:10:01Z')).toBe(3);
    expect(await calls('2026-10-05T03:00Z', '2026-10-05T03:10Z')).toBe(0);
  });
});

describe('the other questions', () => {
  it('what-accessed tells what a workload used, and of which cluster', async () => {
    const rows = await ask(
      'what-accessed',
      '--namespace',
      'reports',
      '--service-account',
      'builder',
      '--cluster',
      'prod-1',
    );
    expect(pick(rows, 'event_name', 'resource', 'calls')).toContainEqual([
      'GetItem',
      'arn:aws:dynamodb:us-west-2:444455556666:table/orders',
      1,
    ]);
    expect(
      await ask(
        'what-accessed',
        '--namespace',
        'reports',
        '--service-account',
        'builder',
        '--cluster',
        PROVIDER,
      ),
    ).toEqual([]);
    expect(
      (
        await ask(
          'what-accessed',
          '--namespace',
          'reports',
          '--service-account',
          'builder',
          '--cluster',
          CLUSTER,
        )
      ).length,
    ).toBe(rows.length);
  });

  it('session-timeline goes from issuance to expiry, with the calls made on its behalf', async () => {
    const rows = await ask('session-timeline', '--session', 'ASIAEXAMPLEFRONTEND-API');
    expect(pick(rows, 'step', 'event_name')).toEqual([
      ['issued', 'AssumeRoleWithWebIdentity'],
      ...['GetObject', 'GetObject', 'Decrypt', 'GetSecretValue'].map((name) => ['call', name]),
      ['expires', null],
    ]);
    expect(rows.at(-1)?.event_time).toBe('2026-10-05T04:00:00Z');
    expect(await ask('session-timeline', '--session', 'ASIAEXAMPLENOBODY')).toEqual([]);
  });

  it('failed-assumptions names who was refused, and nobody who was not', async () => {
    const rows = await ask('failed-assumptions');
    expect(pick(rows, 'workload_namespace', 'workload_service_account', 'role_arn', 'failures')).toEqual([
      ['etl', 'loader', roleArn('frontend-api'), 1],
    ]);
    expect(await ask('failed-assumptions', '--namespace', 'frontend')).toEqual([]);
  });

  it('unattributed tells what could not be named, and leaves other callers out', async () => {
    const rows = await ask('unattributed');
    expect(pick(rows, 'role_arn', 'confidence', 'calls')).toEqual([[roleArn('orphan'), 'inferred', 1]]);
    expect(rows[0]?.reason).toContain('the cluster only');
  });

  it('attributed-calls has each record once', async () => {
    expect(await ask('attributed-calls')).toHaveLength(Object.keys(SMALL_TRAIL).length + 1);
  });
});

describe('every question', () => {
  it.each(
    readQuestions().flatMap(({ name, params }) =>
      params
        .filter(({ type }) => type === 'text' || type === 'resource')
        .map((param) => [name, param.name] as const),
    ),
  )('%s takes quotes in %s as text', async (name, injected) => {
    const question = readQuestions().find((one) => one.name === name);
    const argv = (question?.params ?? []).flatMap((param) => {
      const text = param.name === injected ? `x'); drop table stored_records; --"\\` : 'x';
      return param.need === 'required' || param.name === injected
        ? [`--${param.name.replaceAll('_', '-')}`, text]
        : [];
    });
    expect(await ask(name, ...argv)).toEqual([]);
    expect(await ask('attributed-calls')).toHaveLength(Object.keys(SMALL_TRAIL).length + 1);
  });

  it('agrees with a plain reading of the attributed calls on who used what', async () => {
    const trail = join(root, 'trail');
    await writeSimulatedTrail(trail, { seed: 5, records: 5000 });
    const simulated = join(root, 'simulated.duckdb');
    await runMain(['load', trail, '--store', simulated]);
    const rows = async (...argv: string[]) =>
      JSON.parse(
        (await runMain(['ask', ...argv, '--store', simulated, '--format', 'json'])).stdout,
      ) as Record<string, unknown>[];
    const bucket = 'arn:aws:s3:::pii-exports';
    const expected = new Map<string, number>();
    for (const call of await rows('attributed-calls')) {
      if (!(call.resources as string[]).some((arn) => arn === bucket || arn.startsWith(`${bucket}/`)))
        continue;
      const key = [
        call.principal_class,
        call.workload_cluster_id,
        call.workload_namespace,
        call.workload_service_account,
        call.confidence,
      ].join();
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const told = new Map<string, number>();
    for (const row of await rows('who-accessed', '--resource', 'pii-exports')) {
      const key = [
        row.principal_class,
        row.workload_cluster_id,
        row.workload_namespace,
        row.workload_service_account,
        row.confidence,
      ].join();
      told.set(key, (told.get(key) ?? 0) + Number(row.calls));
    }
    expect(expected.size).toBeGreaterThan(5);
    expect(told).toEqual(expected);
  });
});
