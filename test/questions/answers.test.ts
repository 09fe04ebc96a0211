// Every question over the corpus, with several sets of parameters, against the rows that were once looked at and found right.
// A golden file changes only with a reason: UPDATE_GOLDEN=1 writes them anew, and the difference is to be read.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { OTHER_PROVIDER, PROVIDER, RECORDS, SHOP } from '../corpus/cases.ts';
import { at, idOf } from '../corpus/parts.ts';
import { type LoadedStore, loadedStore } from '../support/loaded-store.ts';

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url));

interface Asked {
  question: string;
  /** What the answer must show, and what it must not, as texts that stand in its rows. */
  shows: string[];
  hides: string[];
  argv: string[];
}

const who = (resource: string, ...more: string[]) => ['--resource', resource, ...more];
const what = (namespace: string, account: string, ...more: string[]) => [
  '--namespace',
  namespace,
  '--service-account',
  account,
  ...more,
];

const ASKED: Record<string, Asked> = {
  'who-accessed-bucket-by-arn': {
    question: 'who-accessed',
    argv: who('arn:aws:s3:::pii-exports'),
    shows: ['"frontend"', 'role/forged', '"denied":1'],
    hides: ['"logs"', 'payments'],
  },
  'who-accessed-longer-bucket': {
    question: 'who-accessed',
    argv: who('pii-exports-2'),
    shows: ['"logs"', '"shipper"'],
    hides: ['"frontend"'],
  },
  'who-accessed-prefix': {
    question: 'who-accessed',
    argv: who('arn:aws:s3:::pii-exports*'),
    shows: ['"frontend"', '"logs"'],
    hides: ['"cart"'],
  },
  'who-accessed-object': {
    question: 'who-accessed',
    argv: who('arn:aws:s3:::pii-exports/2026/10/salaries.csv'),
    shows: ['"denied":1'],
    hides: ['"person"'],
  },
  'who-accessed-range': {
    question: 'who-accessed',
    argv: who('pii-exports-2', '--since', at('03:31:40'), '--until', at('03:31:41')),
    shows: ['"logs"'],
    hides: ['"frontend"'],
  },
  'who-accessed-secret': {
    question: 'who-accessed',
    argv: who('prod/db'),
    shows: ['"payments"', 'DescribeSecret, GetSecretValue'],
    hides: ['team-b'],
  },
  'who-accessed-table': {
    question: 'who-accessed',
    argv: who('orders-archive'),
    shows: ['"worker-7d4b9c6f5-x2x8k"', '"Query"'],
    hides: ['PutItem'],
  },
  'who-accessed-queue': {
    question: 'who-accessed',
    argv: who('mail'),
    shows: ['"sender"'],
    hides: ['"api"'],
  },
  'who-accessed-key': {
    question: 'who-accessed',
    argv: who('0a1b2c3d-1111-4222-8333-444455556666'),
    shows: ['"payments"', '"ambiguous"', 'team-a'],
    hides: ['GetSecretValue'],
  },
  'what-accessed-irsa': {
    question: 'what-accessed',
    argv: what('frontend', 'api'),
    shows: ['salaries.csv', '"denied":1', 'AssumeRoleWithWebIdentity'],
    hides: ['pii-exports-2', 'carts'],
  },
  'what-accessed-pod-identity': {
    question: 'what-accessed',
    argv: what('orders', 'worker', '--cluster', 'shop'),
    shows: ['table/orders', SHOP],
    hides: ['invoices'],
  },
  'what-accessed-by-provider': {
    question: 'what-accessed',
    argv: what('payments', 'reader', '--cluster', PROVIDER),
    shows: ['kms.amazonaws.com', 'prod/db'],
    hides: ['team-b'],
  },
  'what-accessed-limit': {
    question: 'what-accessed',
    argv: what('etl', 'exporter', '--limit', '1'),
    shows: ['archive'],
    hides: ['AssumeRole'],
  },
  'what-accessed-other-cluster': {
    question: 'what-accessed',
    argv: what('frontend', 'api', '--cluster', OTHER_PROVIDER),
    shows: [],
    hides: ['"frontend"'],
  },
  'session-timeline-key': {
    question: 'session-timeline',
    argv: ['--session', 'ASIASECRETREADER7777'],
    shows: ['"issued"', '"expires"', 'ASIAFORWARDED7777777', 'GetSecretValue'],
    hides: ['etl'],
  },
  'session-timeline-name': {
    question: 'session-timeline',
    argv: ['--session', 'aws-sdk-java-1791169200000'],
    shows: ['"frontend"', 'salaries.csv', 'AccessDenied'],
    hides: ['carol'],
  },
  'session-timeline-issuance': {
    question: 'session-timeline',
    argv: ['--session', idOf('pod issuance')],
    shows: ['"worker-7d4b9c6f5-x2x8k"', 'PutItem'],
    hides: ['frontend'],
  },
  'failed-assumptions-all': {
    question: 'failed-assumptions',
    argv: [],
    shows: ['"argo"', '"failures":2', '"minutes":1', 'role/masked'],
    hides: ['frontend'],
  },
  'failed-assumptions-namespace': {
    question: 'failed-assumptions',
    argv: ['--namespace', 'argo'],
    shows: ['"executor"'],
    hides: ['role/masked'],
  },
  'failed-assumptions-range': {
    question: 'failed-assumptions',
    argv: ['--since', at('03:01:20'), '--until', at('03:02:30')],
    shows: ['"failures":1'],
    hides: ['role/masked'],
  },
  'unattributed-same-second': {
    question: 'unattributed',
    argv: ['--since', at('03:26:30'), '--until', at('03:28:30')],
    shows: ['same second', '"ambiguous"', 'team-b'],
    hides: ['role/named', 'role/sole-subject'],
  },
  'unattributed-limit': {
    question: 'unattributed',
    argv: ['--limit', '2'],
    shows: ['role/named', 'only-provider'],
    hides: ['role/untagged'],
  },
  'unattributed-range': {
    question: 'unattributed',
    argv: ['--since', at('03:29:00'), '--until', at('03:30:00')],
    shows: ['only-provider'],
    hides: ['role/named'],
  },
  'attributed-calls-range': {
    question: 'attributed-calls',
    argv: ['--since', at('03:15:00'), '--until', at('03:17:00')],
    shows: ['"session-start"', '"chained"'],
    hides: ['"forged"'],
  },
  'denied-calls-all': {
    question: 'denied-calls',
    argv: [],
    shows: [
      'Client.UnauthorizedOperation',
      '"calls":2',
      'AuthorizationError',
      'ForbiddenException',
      'salaries.csv',
      'billing/root',
    ],
    hides: ['NoSuchKey', 'NotAuthorizedException', 'customers.csv', 'outbox'],
  },
  'denied-calls-namespace': {
    question: 'denied-calls',
    argv: ['--namespace', 'argo'],
    shows: ['role/pipelines-typo', 'AssumeRoleWithWebIdentity'],
    hides: ['scanner', 'role/masked'],
  },
  'denied-calls-limit': {
    question: 'denied-calls',
    argv: ['--since', at('03:30:00'), '--limit', '1'],
    shows: ['DescribeInstances'],
    hides: ['Publish', 'argo'],
  },
  'sessions-all': {
    question: 'sessions',
    argv: ['--until', at('03:27:00')],
    shows: ['ASIACHAINSECOND', 'role/untagged', '"worker-7d4b9c6f5-x2x8k"', '"chained"'],
    hides: ['role/forged', 'GitHubActions', 'pipelines-typo', '"team-c"'],
  },
  'sessions-namespace': {
    question: 'sessions',
    argv: ['--namespace', 'team-b', '--service-account', 'secrets'],
    shows: ['"is_delegated":true'],
    hides: ['team-a'],
  },
  'sessions-role': {
    question: 'sessions',
    argv: ['--role', 'arn:aws:iam::111122223333:role/apps/frontend-api', '--others', 'true'],
    shows: ['"frontend"', '"alice"'],
    hides: ['role/forged'],
  },
  'sessions-limit': {
    question: 'sessions',
    argv: ['--limit', '1'],
    shows: ['"frontend"'],
    hides: ['"alice"', '"orders"'],
  },
  'cross-account-access-all': {
    question: 'cross-account-access',
    argv: [],
    shows: ['role/shared/cross-far', '123456789012', '"seen_in":"arn"', '"SendMessage"'],
    hides: ['"loader"', 'ReceiveMessage', '"beijing"'],
  },
  'cross-account-access-account': {
    question: 'cross-account-access',
    argv: ['--account', '123456789012'],
    shows: ['"GetObject"'],
    hides: ['"mailer"', 'AssumeRole'],
  },
  'cross-account-access-namespace': {
    question: 'cross-account-access',
    argv: ['--namespace', 'orders'],
    shows: ['"mailer"'],
    hides: ['"etl"'],
  },
  'session-churn-low': {
    question: 'session-churn',
    argv: ['--factor', '4'],
    shows: ['"thumbnails"', '"peak_sessions":5'],
    hides: ['"frontend"'],
  },
  'session-churn-equal': {
    question: 'session-churn',
    argv: ['--factor', '5'],
    shows: [],
    hides: ['"thumbnails"'],
  },
  'session-churn-pods': {
    question: 'session-churn',
    argv: ['--factor', '0', '--namespace', 'orders', '--until', at('03:30:00')],
    shows: ['"worker"', '"peak_pods":1', '"lifetime_seconds":3600'],
    hides: ['"mailer"'],
  },
  'role-subjects-all': {
    question: 'role-subjects',
    argv: [],
    shows: ['role/same-second', '"team-a"', '"team-b"', 'chain-second'],
    hides: ['frontend', 'role/forged', 'pipelines-typo'],
  },
  'role-subjects-one-left': {
    question: 'role-subjects',
    argv: ['--until', at('03:06:10')],
    shows: [],
    hides: ['chain-first'],
  },
  'role-subjects-chain': {
    question: 'role-subjects',
    argv: ['--until', at('03:07:00')],
    shows: ['chain-first', '"as_first":0', '"workload_roles":2'],
    hides: ['same-second'],
  },
  'mechanism-inventory-all': {
    question: 'mechanism-inventory',
    argv: [],
    shows: ['"pod-identity"', 'role/eks-node', '"node"', 'role/untagged', '"ambiguous"'],
    hides: ['role/forged', 'pipelines-typo', 'role/deploy', 'cross-far'],
  },
  'mechanism-inventory-namespace': {
    question: 'mechanism-inventory',
    argv: ['--namespace', 'cart'],
    shows: ['"exact"', '"inferred"', '"sessions":1'],
    hides: ['eks-node', 'only-provider'],
  },
  'mechanism-inventory-range': {
    question: 'mechanism-inventory',
    argv: ['--since', at('03:23:00'), '--until', at('03:24:00')],
    shows: ['role/eks-node'],
    hides: ['"irsa"'],
  },
  'delegated-sessions-all': {
    question: 'delegated-sessions',
    argv: [],
    shows: ['"External Secrets"', '"Secrets Store CSI driver"', 'billing/root', '"denied":1', '"ambiguous"'],
    hides: ['prod/db', 'AssumeRoleWithWebIdentity'],
  },
  'delegated-sessions-namespace': {
    question: 'delegated-sessions',
    argv: ['--namespace', 'team-b'],
    shows: ['team-b/token'],
    hides: ['billing', '"ambiguous"'],
  },
  'delegated-sessions-limit': {
    question: 'delegated-sessions',
    argv: ['--since', at('03:30:00'), '--limit', '1'],
    shows: ['billing/key'],
    hides: ['billing/root', 'External Secrets'],
  },
  'used-actions-workload': {
    question: 'used-actions',
    argv: ['--namespace', 'audit', '--service-account', 'scanner'],
    shows: [
      's3:ListBucket"',
      'arn:aws:s3:::audit-log/*',
      '"calls":2',
      'lambda:GetFunction"',
      'cloudwatch:PutMetricData',
    ],
    hides: ['dynamodb', 'missing.json', 'sts:AssumeRoleWithWebIdentity', 'a.json'],
  },
  'used-actions-role': {
    question: 'used-actions',
    argv: ['--role', 'arn:aws:iam::111122223333:role/same-second'],
    shows: ['kms:Decrypt', '"ambiguous"', 'secretsmanager.amazonaws.com', 'team-b/token'],
    hides: ['"frontend"', 'prod/db'],
  },
  'used-actions-chain': {
    question: 'used-actions',
    argv: ['--namespace', 'etl', '--until', at('03:17:00')],
    shows: ['sts:AssumeRole"', 's3:GetObject', 'role/chain-second'],
    hides: ['archive'],
  },
  'used-actions-limit': {
    question: 'used-actions',
    argv: ['--namespace', 'orders', '--limit', '1'],
    shows: ['"mailer"'],
    hides: ['"worker"'],
  },
  'node-role-calls-all': {
    question: 'node-role-calls',
    argv: [],
    shows: ['role/eks-node', 'backups/etcd.snap', '"instances":1'],
    hides: ['GetAuthorizationToken', 'AssumeRoleForPodIdentity', 'CreateControlChannel', 'role/deploy'],
  },
  'node-role-calls-limit': {
    question: 'node-role-calls',
    argv: ['--limit', '1'],
    shows: ['GetObject'],
    hides: ['"arn:aws:s3:::backups"'],
  },
  'node-role-calls-range': {
    question: 'node-role-calls',
    argv: ['--until', at('03:46:00')],
    shows: [],
    hides: ['eks-node'],
  },
  'failure-trend-all': {
    question: 'failure-trend',
    argv: [],
    shows: ['"nightly"', '"issued":2', '"issued":0', '"issued":null', 'role/masked'],
    hides: ['frontend', 'thumbnails'],
  },
  'failure-trend-namespace': {
    question: 'failure-trend',
    argv: ['--namespace', 'nightly'],
    shows: ['role/nightly-report', '"failures":2'],
    hides: ['argo', 'role/masked'],
  },
  'failure-trend-range': {
    question: 'failure-trend',
    argv: ['--since', at('03:19:01'), '--until', at('03:34:00')],
    shows: ['"failures":1', '"issued":0'],
    hides: ['argo'],
  },
  'stopped-renewing-all': {
    question: 'stopped-renewing',
    argv: [],
    shows: ['"nightly"', '"failures_since":2', '"sessions":2', '"quiet_minutes":12'],
    hides: ['thumbnails', 'frontend', 'argo'],
  },
  'stopped-renewing-least': {
    question: 'stopped-renewing',
    argv: ['--least', '3'],
    shows: [],
    hides: ['nightly'],
  },
  'stopped-renewing-range': {
    question: 'stopped-renewing',
    argv: ['--namespace', 'nightly', '--until', at('03:34:10'), '--least', '1'],
    shows: [],
    hides: ['nightly'],
  },
  'off-network-use-cluster': {
    question: 'off-network-use',
    argv: ['--networks', '203.0.113.0/24'],
    shows: ['"198.51.100.23"', '"2001:db8:0:7::17"', '"credentials_inside_too":1', '"denied":1'],
    hides: ['203.0.113.89', 'amazonaws.com"'],
  },
  'off-network-use-prefix': {
    question: 'off-network-use',
    argv: ['--networks', '203.0.113.89, 2001:db8::/60'],
    shows: ['"198.51.100.23"', '"credentials":1'],
    hides: ['2001:db8'],
  },
  'off-network-use-nowhere': {
    question: 'off-network-use',
    argv: ['--networks', '10.0.0.0/8', '--limit', '3', '--until', at('03:45:00')],
    shows: ['"203.0.113.89"', '"credentials_inside_too":0'],
    hides: ['198.51.100.23'],
  },
  'trail-coverage-all': {
    question: 'trail-coverage',
    argv: [],
    shows: ['"longest_gap_began"', '"calls":0', '"late_calls":0'],
    hides: [],
  },
  'trail-coverage-range': {
    question: 'trail-coverage',
    argv: ['--since', at('03:43:00'), '--until', at('03:45:10')],
    shows: ['"first_time":"2026-10-05T03:43:00Z"', '"longest_delay_seconds":1020'],
    hides: ['03:45:10'],
  },
  'trail-coverage-nothing': {
    question: 'trail-coverage',
    argv: ['--until', at('00:00:00')],
    shows: [],
    hides: ['calls'],
  },
};

let store: LoadedStore;

beforeAll(async () => {
  store = await loadedStore(RECORDS);
});

afterAll(() => store.remove());

describe('the answer', () => {
  it.each(Object.entries(ASKED))('to %s is as it was', async (name, { question, argv, shows, hides }) => {
    const rows = await store.ask(question, ...argv);
    const text = JSON.stringify(rows);
    for (const shown of shows) expect(text).toContain(shown);
    for (const hidden of hides) expect(text).not.toContain(hidden);
    const path = `${GOLDEN}${name}.json`;
    if (process.env.UPDATE_GOLDEN === '1') {
      await mkdir(GOLDEN, { recursive: true });
      await writeFile(path, `${JSON.stringify({ question, argv, rows }, null, 2)}\n`);
    }
    expect({ question, argv, rows }).toEqual(JSON.parse(await readFile(path, 'utf8')));
  });

  it('is golden for every question with several sets of parameters, and for nothing else', async () => {
    const asked = Object.values(ASKED).map(({ question }) => question);
    for (const { name } of readQuestions().filter(({ name }) => name !== 'attributed-calls'))
      expect(asked.filter((one) => one === name).length).toBeGreaterThan(2);
    expect((await readdir(GOLDEN)).sort()).toEqual(
      Object.keys(ASKED)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });
});

describe('a text parameter', () => {
  const HOSTILE = [
    "'",
    "x' or '1'='1",
    "x'); drop table stored_records; --",
    '\\"',
    '%',
    '.*(',
    '?',
    '\u0000\u001e',
    '\ud800',
    'é'.repeat(5000),
  ];
  const texts = readQuestions().flatMap((question) =>
    question.params
      .filter(({ type }) => type === 'text' || type === 'resource')
      .map((param) => ({ question, param })),
  );

  it.each(texts)('of $question.name, $param.name, is taken as text', async ({ question, param }) => {
    const before = await store.ask('attributed-calls');
    for (const hostile of HOSTILE) {
      const argv = question.params.flatMap(({ name, need }) => {
        if (name !== param.name && need !== 'required') return [];
        return [`--${name.replaceAll('_', '-')}=${name === param.name ? hostile : 'x'}`];
      });
      expect([hostile, await store.ask(question.name, ...argv)]).toEqual([hostile, []]);
    }
    expect(await store.ask('attributed-calls')).toEqual(before);
    expect(before.length).toBeGreaterThan(50);
  });
});
