// The contract that others script against: what podtrail attribute prints of each record, and how it accounts for files.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, runMain } from '../support/run-main.ts';
import {
  CLUSTER,
  PROVIDER,
  type RecordFields,
  record,
  roleArn,
  SMALL_TRAIL,
  session,
  webIdentity,
} from '../support/small-trail.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-cli-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function folderOf(files: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(root, 'logs-'));
  for (const [name, content] of Object.entries(files)) {
    const body =
      typeof content === 'string' || content instanceof Uint8Array
        ? content
        : JSON.stringify({ Records: content });
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), body);
  }
  return folder;
}

async function attribute(files: Record<string, unknown>) {
  const folder = await folderOf(files);
  const sums = join(folder, '..', `${folder.split('/').at(-1)}.sums.json`);
  const ran = await runMain(['attribute', folder, '--format', 'ndjson', '--reconciliation', sums]);
  const rows = rowsOf(ran.stdout);
  const byId = new Map(rows.map((row) => [row.event_id, row]));
  return {
    ...ran,
    rows,
    sums: JSON.parse(await readFile(sums, 'utf8')),
    of: (one: RecordFields) => byId.get(one.eventID),
  };
}

const FIELDS = [
  ...[
    'event_id',
    'event_time',
    'event_source',
    'event_name',
    'aws_region',
    'recipient_account_id',
    'error_code',
  ],
  ...[
    'principal_class',
    'principal_type',
    'principal_arn',
    'access_key_id',
    'workload_cluster_id',
    'workload_cluster',
  ],
  ...[
    'workload_namespace',
    'workload_service_account',
    'workload_pod',
    'workload_pod_uid',
    'workload_mechanism',
  ],
  ...['evidence', 'confidence', 'candidates', 'pod_candidates', 'hops', 'resources'],
];

const API = {
  workload_namespace: 'frontend',
  workload_service_account: 'api',
  workload_cluster_id: PROVIDER,
  workload_mechanism: 'irsa',
  workload_pod: null,
};
const BUILDER = {
  workload_namespace: 'reports',
  workload_service_account: 'builder',
  workload_cluster_id: CLUSTER,
  workload_cluster: 'prod-1',
  workload_pod: 'builder-0',
  workload_mechanism: 'pod-identity',
};

describe('podtrail attribute', () => {
  it('rejects a path that does not exist, and reads the others', async () => {
    const folder = await folderOf({ 'a.json': Object.values(SMALL_TRAIL) });
    const { code, stdout, stderr } = await runMain(['attribute', join(root, 'absent'), folder]);
    expect([code, rowsOf(stdout).length]).toEqual([3, Object.keys(SMALL_TRAIL).length]);
    expect(stderr).toMatch(/^rejected file: .*absent: no such file or folder$/m);
  });

  it('prints no answer and fails where no path can be opened', async () => {
    const sums = join(root, 'absent.sums.json');
    const paths = [join(root, 'absent'), join(root, 'absent', 'a.json')];
    const { code, stdout, stderr } = await runMain(['attribute', ...paths, '--reconciliation', sums]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.match(/^rejected file: .*absent.*: no such file or folder/gm)).toHaveLength(2);
    expect(stderr).toMatch(/^podtrail: nothing was read: no file could be opened under these paths$/m);
    expect(JSON.parse(await readFile(sums, 'utf8')).files.rejected).toHaveLength(2);
  });

  it('names each record of a small trail as its evidence allows', async () => {
    const { rows, of, code } = await attribute({ 'a.json': Object.values(SMALL_TRAIL) });
    expect(code).toBe(0);
    expect(rows).toHaveLength(Object.keys(SMALL_TRAIL).length);
    const role = roleArn('frontend-api');
    expect(of(SMALL_TRAIL.issuance)).toMatchObject({
      ...API,
      evidence: 'own-token',
      confidence: 'exact',
      hops: [role],
      principal_class: 'workload',
    });
    expect(of(SMALL_TRAIL.call)).toMatchObject({
      ...API,
      evidence: 'issued-key',
      confidence: 'exact',
      hops: [role],
    });
    expect(of(SMALL_TRAIL.onBehalf)).toMatchObject({
      ...API,
      evidence: 'session-start',
      confidence: 'exact',
      hops: [role],
    });
    expect(of(SMALL_TRAIL.podIssuance)).toMatchObject({
      ...BUILDER,
      evidence: 'session-tags',
      confidence: 'exact',
    });
    expect(of(SMALL_TRAIL.podCall)).toMatchObject({
      ...BUILDER,
      evidence: 'issued-key',
      confidence: 'exact',
    });
    expect(of(SMALL_TRAIL.chain)).toMatchObject({
      ...BUILDER,
      evidence: 'issued-key',
      hops: [roleArn('reports')],
    });
    expect(of(SMALL_TRAIL.chainCopy)).toMatchObject({
      ...BUILDER,
      evidence: 'issued-key',
      hops: [roleArn('reports')],
    });
    expect(of(SMALL_TRAIL.chainCall)).toMatchObject({
      ...BUILDER,
      evidence: 'chained',
      confidence: 'exact',
      hops: [roleArn('reports'), roleArn('reader', '444455556666')],
      resources: ['arn:aws:dynamodb:us-west-2:444455556666:table/orders'],
    });
    expect(of(SMALL_TRAIL.person)).toMatchObject({
      workload_namespace: null,
      confidence: 'unknown',
      evidence: null,
      hops: [],
      principal_class: 'role',
    });
    expect(of(SMALL_TRAIL.denied)).toMatchObject({
      workload_namespace: 'etl',
      evidence: 'own-token',
      confidence: 'exact',
      error_code: 'AccessDenied',
    });
  });

  it('prints every field of the contract, null where absent and never empty', async () => {
    const { rows } = await attribute({ 'a.json': Object.values(SMALL_TRAIL) });
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(expect.arrayContaining(FIELDS));
      expect(Object.values(row)).not.toContain('');
      expect(row.event_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      for (const list of ['candidates', 'pod_candidates', 'hops', 'resources'])
        expect(Array.isArray(row[list])).toBe(true);
    }
  });

  it('orders by time, event id, account and region, whatever the order of files and records', async () => {
    const all = Object.values(SMALL_TRAIL);
    const one = await attribute({ 'a.json': all });
    const other = await attribute({
      'z/1.json.gz': gzipSync(JSON.stringify({ Records: all.slice(5).reverse() })),
      'b.json': all.slice(0, 5).reverse(),
    });
    expect(other.rows).toEqual(one.rows);
    const keys = one.rows.map((row) =>
      [row.event_time, row.event_id, row.recipient_account_id, row.aws_region].join(),
    );
    expect(keys).toEqual([...keys].sort());
  });

  it('shows no session token, whatever the format', async () => {
    const folder = await folderOf({ 'a.json': Object.values(SMALL_TRAIL) });
    for (const format of ['table', 'markdown', 'csv', 'json', 'ndjson']) {
      const { stdout, stderr, code } = await runMain(['attribute', folder, '--format', format]);
      expect([code, stdout.length > 1000, /SECRETSESSIONTOKEN/.test(stdout + stderr)]).toEqual([
        0,
        true,
        false,
      ]);
    }
  });

  it('accounts for files and records that it could not use', async () => {
    const cut = JSON.stringify({ Records: [SMALL_TRAIL.call, SMALL_TRAIL.secret] }).slice(0, -40);
    const { code, sums, rows } = await attribute({
      'good.json': [SMALL_TRAIL.issuance, SMALL_TRAIL.issuance],
      'cut.json': cut,
      'empty.json': '',
      'page.json': '<!doctype html><title>no</title>',
      'digest.json': JSON.stringify({
        awsAccountId: '111122223333',
        digestStartTime: '2026-10-05T03:00:00Z',
        digestS3Object: 'x',
        logFiles: [],
      }),
      'insight.json': [{ ...SMALL_TRAIL.call, eventCategory: 'Insight' }],
      'bad.json': [
        { ...SMALL_TRAIL.podCall, eventTime: 'yesterday' },
        { ...SMALL_TRAIL.podCall, awsRegion: 7 },
        { ...SMALL_TRAIL.podCall, eventVersion: '2.0' },
      ],
    });
    expect(code).toBe(3);
    expect(rows).toHaveLength(2);
    expect(sums.records).toEqual({ read: 6, kept: 2, duplicate: 1, skipped: 0, rejected: 3 });
    expect(sums.files.read).toBe(2);
    const named = (list: { path: string; reason: string }[]) =>
      list.map(({ path }) => path.split('/').at(-1));
    expect(named(sums.files.rejected)).toEqual(['cut.json', 'empty.json', 'page.json']);
    expect(named(sums.files.skipped)).toEqual(['digest.json', 'insight.json']);
    expect(
      sums.rejected_records.map(({ index, reason }: { index: number; reason: string }) => [
        index,
        reason.split(' ')[0],
      ]),
    ).toEqual([
      [0, 'eventTime'],
      [1, 'awsRegion'],
      [2, 'eventVersion'],
    ]);
  });

  it('counts a record once by event id, account and region; of restatements the latest delivery wins', async () => {
    const name = (stamp: string) =>
      `AWSLogs/111122223333/CloudTrail/us-west-2/2026/10/05/111122223333_CloudTrail_us-west-2_${stamp}_7xgocspSowgK0Gto.json`;
    const restated = (errorCode: string) => ({
      ...SMALL_TRAIL.call,
      errorCode,
      addendum: { reason: 'UPDATED_DATA' },
    });
    const { rows, sums } = await attribute({
      [name('20261005T0330Z')]: [restated('Second')],
      [name('20261005T0310Z')]: [
        SMALL_TRAIL.call,
        { ...SMALL_TRAIL.call, recipientAccountId: '444455556666' },
      ],
      [name('20261005T0320Z')]: [restated('First')],
    });
    expect(sums.records).toMatchObject({ read: 4, kept: 2, duplicate: 2 });
    expect(rows.map((row) => [row.recipient_account_id, row.error_code])).toEqual([
      ['111122223333', 'Second'],
      ['444455556666', null],
    ]);
  });

  it('compares records of version 1.0, which have no event id, by content', async () => {
    const { eventID: _, ...old } = record({
      eventVersion: '1.0',
      userIdentity: { type: 'IAMUser', userName: 'alice' },
    });
    const { rows, sums } = await attribute({
      'a.json': [old, { ...old, eventName: 'PutObject' }],
      'b.json': [old],
    });
    expect(sums.records).toMatchObject({ read: 3, kept: 2, duplicate: 1 });
    expect(rows.map((row) => row.event_id)).toEqual([null, null]);
  });

  it('gives a pod candidate where an IRSA session is named like a pod', async () => {
    const name = 'api-7f9c4b8d6-x2klm';
    const began = '2026-10-05T05:00:00Z';
    const call = record({
      eventTime: '2026-10-05T05:01:00Z',
      userIdentity: session('named', name, began, { federated: PROVIDER }),
    });
    const { of } = await attribute({ 'a.json': [webIdentity('frontend/api', 'named', name, began), call] });
    expect(of(call)).toMatchObject({
      workload_pod: null,
      confidence: 'exact',
      pod_candidates: [{ pod: name, reason: expect.any(String) }],
    });
  });

  it('leaves two workloads of one role and second undecided, and lists both', async () => {
    const began = '2026-10-05T06:00:00Z';
    const issuances = ['a/one', 'b/two'].map((subject) => webIdentity(subject, 'shared', 'same-name', began));
    const call = record({
      eventTime: '2026-10-05T06:01:00Z',
      userIdentity: session('shared', 'same-name', began, {
        federated: PROVIDER,
        accessKeyId: 'ASIAEXAMPLENOTISSUED',
        invokedBy: 'kms.amazonaws.com',
      }),
    });
    const { of } = await attribute({ 'a.json': [...issuances, call] });
    const candidate = (namespace: string, service_account: string) => ({
      cluster_id: PROVIDER,
      cluster: 'oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C',
      namespace,
      service_account,
    });
    expect(of(call)).toMatchObject({
      confidence: 'ambiguous',
      evidence: 'session-start',
      workload_namespace: null,
      candidates: [candidate('a', 'one'), candidate('b', 'two')],
    });
  });

  it('keeps the same one of conflicting duplicates, in whatever order they come', async () => {
    const other = {
      ...SMALL_TRAIL.issuance,
      responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLEANOTHER' } },
    };
    const impostor = {
      ...SMALL_TRAIL.podCall,
      userIdentity: session('reports', 'bob', '2026-10-05T03:00:01Z', { accessKeyId: 'ASIAEXAMPLEBOB' }),
    };
    const all = [
      SMALL_TRAIL.issuance,
      other,
      SMALL_TRAIL.call,
      SMALL_TRAIL.podIssuance,
      SMALL_TRAIL.podCall,
      impostor,
    ];
    const one = await attribute({ 'a.json': all });
    const reversed = await attribute({ 'a.json': [...all].reverse() });
    expect(one.sums.records).toMatchObject({ read: 6, kept: 4, duplicate: 2 });
    expect(reversed.rows).toEqual(one.rows);
  });

  it('takes a federation that serves no pods for somebody else, however its sessions are named', async () => {
    const federated = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
    const call = record({
      userIdentity: session('deploy', 'eks-deploy-prod-123', '2026-10-05T02:00:00Z', { federated }),
    });
    const { of } = await attribute({ 'a.json': [call] });
    expect(of(call)).toMatchObject({
      principal_class: 'other',
      confidence: 'unknown',
      evidence: null,
      candidates: [],
    });
  });
});

describe('a configured pattern of session names', () => {
  const CONFIGURED = 'the session name fits a configured pattern';
  const GENERATED = 'the session name reads like a generated pod name';

  it.each([
    [
      'names the pod that it reads, and the whole name is not read as a second one',
      '^(?<namespace>[a-z0-9-]+)\\.(?<service_account>[a-z0-9-]+)\\.(?<pod>[a-z0-9-]+)$',
      'team.api.api-0',
      [{ pod: 'api-0', reason: CONFIGURED }],
    ],
    [
      'that fits without naming anything leaves the name to be read whole',
      '^(?:(?<pod>zz.*)|web-.*)$',
      'web-0',
      [{ pod: 'web-0', reason: GENERATED }],
    ],
  ])('%s', async (_, pattern, name, candidates) => {
    const config = join(root, 'patterns.json');
    await writeFile(config, JSON.stringify({ session_name_patterns: [pattern] }));
    const issuance = webIdentity('team/api', 'api', name, '2026-10-05T03:00:00Z');
    const folder = await folderOf({ 'a.json': [issuance] });
    const { stdout } = await runMain(['attribute', folder, '--config', config]);
    expect(rowsOf(stdout)[0]?.pod_candidates).toEqual(candidates);
  });

  it('that DuckDB refuses is told by name, before anything is read', async () => {
    const config = join(root, 'refused-pattern.json');
    await writeFile(config, JSON.stringify({ session_name_patterns: ['(?<pod>a{1001})'] }));
    const folder = await folderOf({ 'a.json': [] });
    const { code, stdout, stderr } = await runMain(['attribute', folder, '--config', config]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/the session name pattern "\(a\{1001\}\)" is refused by DuckDB/);
    expect(stderr).not.toContain('records:');
  });

  it('may be one of very many', async () => {
    const config = join(root, 'many-patterns.json');
    const patterns = Array.from(
      { length: 150 },
      (_, n) => `^t${n}\\.(?<namespace>[^-]{1,63})-(?<service_account>[^-]{1,253})-(?<pod>[^-]{1,253})$`,
    );
    await writeFile(config, JSON.stringify({ session_name_patterns: patterns }));
    const folder = await folderOf({
      'a.json': [webIdentity('n/a', 'api', 't149.n-a-p', '2026-10-05T03:00:00Z')],
    });
    const { stdout } = await runMain(['attribute', folder, '--config', config]);
    expect(rowsOf(stdout)[0]?.pod_candidates).toEqual([{ pod: 'p', reason: CONFIGURED }]);
  });
});
