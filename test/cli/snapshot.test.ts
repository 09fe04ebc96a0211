// Snapshots of IAM and EKS: taken by the command, and naming records that have no issuance.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Snapshot, snapshotRoles } from '../../src/diagnosis/snapshot-roles.ts';
import { ISSUER, PROVIDER, ROLE, SUBJECT } from '../corpus/failed-assumption.ts';
import { CASES, CONTRADICTION, SNAPSHOT } from '../corpus/snapshot-cases.ts';
import { type AccountServer, startAccountServer } from '../support/account-server.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { logFileName, type Scratch, scratch } from '../support/scratch.ts';

const CLUSTER = 'arn:aws:eks:us-west-2:111122223333:cluster/prod';

const trusting = (conditions: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: conditions,
  ...more,
});
const exactly = (sub: unknown) =>
  trusting({ StringEquals: { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } });
const ASSOCIATION = {
  clusterArn: CLUSTER,
  clusterName: 'prod',
  namespace: 'payments',
  serviceAccount: 'api',
  roleArn: ROLE,
  targetRoleArn: null,
};

describe('records without an issuance', () => {
  let files: Scratch;
  let logs: string;
  let account: AccountServer;
  let before: NodeJS.ProcessEnv;

  beforeAll(async () => {
    before = { ...process.env };
    files = await scratch();
    account = await startAccountServer();
    logs = files.path('logs');
    await files.log(`logs/${logFileName('20261005T0331Z', 'aaaaaaaaaaaaaaaa')}`, CASES.records);
    await files.write('snapshot.json', JSON.stringify(SNAPSHOT));
    await files.write('podtrail.json', JSON.stringify({ snapshots: ['snapshot.json'] }));
  });
  afterAll(async () => {
    process.env = before;
    await account.stop();
    await files.remove();
  });

  const named = (rows: Record<string, unknown>[]) =>
    Object.fromEntries(
      rows
        .filter((row) => row.event_name === 'GetObject')
        .map((row) => [
          /^arn:aws:s3:::([^/]+)/.exec(String((row.resources as string[])[0]))?.[1],
          [row.evidence, row.confidence, row.workload_namespace, row.workload_service_account],
        ]),
    );

  it('are named by the snapshot, as inferred, and never without', async () => {
    const without = await rowsFrom(['attribute', logs]);
    expect(without.filter(({ workload_namespace: namespace }) => namespace !== null)).toEqual([]);
    const rows = await rowsFrom(['attribute', logs, '--snapshot', files.path('snapshot.json')]);
    expect(named(rows)).toEqual(CASES.says);
    expect(await rowsFrom(['attribute', logs, '--config', files.path('podtrail.json')])).toEqual(rows);
    expect(
      await rowsFrom([
        'ask',
        'attributed-calls',
        logs,
        '--snapshot',
        files.path('snapshot.json'),
        '-f',
        'ndjson',
      ]),
    ).toEqual(rows);
  });

  it('are named by the records where these say it', async () => {
    await files.log(`more/${logFileName('20261005T0331Z', 'cccccccccccccccc')}`, [
      ...CASES.records,
      CONTRADICTION,
    ]);
    const rows = await rowsFrom(['attribute', files.path('more'), '--snapshot', files.path('snapshot.json')]);
    expect(named(rows).trusted).toEqual(['role-subject', 'inferred', 'cart', 'batch']);
  });

  it('are named in a store that is loaded with it, at any time, and no longer once it is loaded without', async () => {
    const store = files.path('store.duckdb');
    await runMain(['load', logs, '--store', store]);
    const asked = ['ask', 'attributed-calls', '--store', store, '-f', 'ndjson'];
    expect(await rowsFrom(asked)).toEqual(await rowsFrom(['attribute', logs]));
    await runMain(['load', logs, '--store', store, '--snapshot', files.path('snapshot.json')]);
    expect(named(await rowsFrom(asked))).toEqual(CASES.says);
    const refused = await runMain([...asked, '--snapshot', files.path('snapshot.json')]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('--snapshot has no effect with --store'),
    ]);
    await runMain(['load', logs, '--store', store]);
    expect(await rowsFrom(asked)).toEqual(await rowsFrom(['attribute', logs]));
  });

  it('take a snapshot that the command writes', async () => {
    Object.assign(process.env, account.environment);
    const [statement] = [exactly(SUBJECT)];
    account.facts = {
      accountId: '111122223333',
      role: { arn: ROLE, trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) },
      eksCluster: {
        name: 'prod',
        arn: CLUSTER,
        issuer: ISSUER,
        vpcId: null,
        isPublic: true,
        createdAt: null,
      },
      associations: [{ id: 'a-1', roleArn: ROLE, targetRoleArn: null }],
      unread: [],
    };
    const output = files.path('taken.json');
    const { code, stderr } = await runMain(['snapshot', '--output', output, '--regions', 'us-west-2']);
    expect([code, stderr]).toEqual([
      0,
      '1 roles for pods, 1 associations: 1 roles serve one workload only\n',
    ]);
    const taken = JSON.parse(readFileSync(output, 'utf8')) as Snapshot;
    expect(taken.associations).toEqual([ASSOCIATION]);
    expect(snapshotRoles(taken)).toMatchObject([{ evidence: 'trust-policy', role_arn: ROLE }]);
    account.facts = { ...account.facts, associations: undefined as never };
    const partly = await runMain(['snapshot', '--output', output, '--regions', 'us-west-2']);
    expect([partly.code, partly.stderr]).toEqual([
      3,
      expect.stringContaining('could not read Pod Identity associations of prod'),
    ]);
  });

  it('are not taken without credentials, or where roles may not be listed: what to do is said', async () => {
    const asked = ['snapshot', '--output', files.path('never.json'), '--regions', 'us-west-2'];
    Object.assign(process.env, account.environment);
    account.facts = { accountId: '111122223333', unread: [] };
    const refused = await runMain(asked);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/^podtrail: could not read IAM ListRoles: AccessDenied.*\n$/),
    ]);
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '' };
    const noFiles = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    Object.assign(process.env, none, noFiles);
    const anonymous = await runMain(asked);
    expect([anonymous.code, anonymous.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^podtrail: could not read STS GetCallerIdentity: no AWS credentials .*: set AWS_PROFILE, .*\n$/,
      ),
    ]);
  });

  it('are of regions that there can be', async () => {
    const { code, stderr } = await runMain([
      'snapshot',
      '--output',
      files.path('never.json'),
      '--regions',
      'us-west-2,',
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('such as us-west-2,eu-west-1, not ""')]);
  });

  it.each([
    ['not there', 'none.json', /none[.]json: can't be read: there is no such file/],
    ['none', 'podtrail.json', /is not a file that "podtrail snapshot" wrote/],
  ])('are not named by a file that is %s', async (_claim, name, said) => {
    const { code, stderr } = await runMain(['attribute', logs, '--snapshot', files.path(name)]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(said)]);
  });
});
