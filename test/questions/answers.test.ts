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
    question.params.filter(({ type }) => type === 'text').map((param) => ({ question, param })),
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
