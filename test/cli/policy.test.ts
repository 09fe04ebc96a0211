// policy explain as it is run: its exit codes, the JSON that scripts rely on, what it reads, and what it refuses.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const API = 'system:serviceaccount:payments:api';
const TRUSTING = {
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${ISSUER}:sub`]: API, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } },
};
const POLICY = { Version: '2012-10-17', Statement: [TRUSTING] };
const PODS = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole'] },
  ],
};
const request = (sub: string) => ({
  action: 'sts:AssumeRoleWithWebIdentity',
  principal: { type: 'Federated', value: PROVIDER },
  context: { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
});
const CLUSTER = 'arn:aws:eks:us-west-2:111122223333:cluster/prod';

let files: Scratch;
let policy: string;
const written: Record<string, string> = {};

beforeAll(async () => {
  files = await scratch();
  const all = {
    role: POLICY,
    pods: PODS,
    unknown: {
      ...POLICY,
      Statement: [{ ...TRUSTING, Condition: { StringMatches: { [`${ISSUER}:sub`]: API } } }],
    },
    'get-role': {
      Role: { Arn: 'arn:aws:iam::111122223333:role/api', AssumeRolePolicyDocument: encoded(POLICY) },
    },
    api: request(API),
    web: request('system:serviceaccount:payments:web'),
    large: { ...POLICY, Id: 'x'.repeat(66_000) },
  };
  for (const [name, value] of Object.entries(all)) written[name] = await json(name, value);
  await files.write('page.json', '<html>');
  policy = written.role ?? '';
});

afterAll(() => files.remove());

const encoded = (value: unknown) => encodeURIComponent(JSON.stringify(value));

async function json(name: string, value: unknown): Promise<string> {
  await files.write(`${name}.json`, JSON.stringify(value));
  return files.path(`${name}.json`);
}

const explain = (...argv: string[]) => runMain(['policy', 'explain', ...argv]);
const asToken = (sub: string) => ['--subject', sub, '--issuer', ISSUER];

describe('policy explain', () => {
  it('ends with 0 where the request is admitted', async () => {
    const { code, stdout, stderr } = await explain(
      policy,
      ...asToken(API),
      '--audience',
      'sts.amazonaws.com',
    );
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'allowed: statement 0 admits this request']);
    expect(stderr).toBe("podtrail: took the account 111122223333 from the policy's providers\n");
  });

  it.each([
    ['denied', 'role', 'denied: no statement allows sts:AssumeRoleWithWebIdentity'],
    ['unknown', 'unknown', 'unknown: what is known does not decide'],
  ])('ends with 4 where the answer is %s', async (_decision, name, first) => {
    const { code, stdout } = await explain(
      written[name] ?? '',
      ...asToken('system:serviceaccount:payments:web'),
    );
    expect([code, stdout.startsWith(first)]).toEqual([4, true]);
  });

  it('answers scripts in JSON, with every member of the contract', async () => {
    const { code, stdout } = await explain(policy, '--request', written.web ?? '', '--format', 'json');
    const answer = JSON.parse(stdout);
    expect(code).toBe(4);
    expect(answer).toMatchObject({
      decision: 'denied',
      statement: null,
      failures: [
        {
          statement: 0,
          element: 'Condition',
          operator: 'StringEquals',
          key: `${ISSUER}:sub`,
          expected: API,
          actual: 'system:serviceaccount:payments:web',
        },
      ],
      patch: [{ op: 'replace', value: [API, 'system:serviceaccount:payments:web'] }],
      warnings: [],
    });
    const fixed = await json('patched', answer.patched);
    expect((await explain(fixed, '--request', written.web ?? '')).code).toBe(0);
    const allowed = await explain(policy, '--request', written.api ?? '', '--format', 'json');
    expect([allowed.code, JSON.parse(allowed.stdout)]).toMatchObject([
      0,
      { decision: 'allowed', statement: 0, failures: [], patch: null, warnings: [] },
    ]);
  });

  it('asks for a pod of Pod Identity', async () => {
    const asPod = ['--pod-identity', 'payments/api', '--cluster', CLUSTER];
    const { code, stdout } = await explain(written.pods ?? '', ...asPod, '-f', 'json');
    expect(code).toBe(4);
    expect(JSON.parse(stdout).patch).toEqual([
      { op: 'add', path: '/Statement/0/Action/-', value: 'sts:TagSession' },
    ]);
  });

  it('takes what "aws iam get-role" prints, and its account', async () => {
    const { code, stderr } = await explain(written['get-role'] ?? '', ...asToken(API));
    expect([code, stderr]).toEqual([0, "podtrail: took the account 111122223333 from the role's ARN\n"]);
  });

  it.each([
    ['the policy', ['-', '--request', 'api'], POLICY],
    ['the request', ['role', '--request', '-'], request(API)],
  ])('takes %s from standard input', async (_claim, argv, value) => {
    const paths = argv.map((one) => written[one] ?? one);
    expect((await runMain(['policy', 'explain', ...paths], { stdin: JSON.stringify(value) })).code).toBe(0);
  });

  it.each([
    ['no request', [], /no request: give --request, or --subject with --issuer/],
    ['a subject without an issuer', ['--subject', API], /--subject needs --issuer/],
    ['an issuer without a subject', ['--request', 'x', '--issuer', ISSUER], /belong to --subject/],
    [
      'a cluster for a token',
      [...['--subject', API, '--issuer', ISSUER], '--cluster', CLUSTER],
      /--cluster belongs/,
    ],
    ['two ways to ask', ['--request', 'x', '--subject', API], /cannot be used with/],
    ['a pod without its cluster', ['--pod-identity', 'payments/api'], /needs --cluster, such as arn:aws:eks/],
    ['a pod without a namespace', ['--pod-identity', 'api', '--cluster', CLUSTER], /takes a namespace and a/],
    [
      'an account that is none',
      [...['--subject', API, '--issuer', ISSUER], '--account', '1'],
      /twelve digits/,
    ],
    ['a format that is none', ['--request', 'x', '--format', 'xml'], /Allowed choices are text, json/],
  ])('is told of %s', async (_claim, argv, said) => {
    const { code, stdout, stderr } = await explain(policy, ...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });

  it.each([
    ['too large', () => [written.large ?? '', ...asToken(API)], /65,?536|64 KiB/],
    ['no JSON', () => [files.path('page.json'), ...asToken(API)], /page\.json: the policy is not JSON/],
    ['not there', () => [files.path('none.json'), ...asToken(API)], /none\.json: there is no such file/],
    ['no request', () => [policy, '--request', policy], /the request has a member "Version"/],
  ])('fails with what is wrong where a file is %s', async (_claim, argv, said) => {
    const { code, stdout, stderr } = await explain(...argv());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(said);
  });

  it('shows nothing that a terminal would act on', async () => {
    const hostile = { ...TRUSTING, Sid: '\u001b[2J', Principal: { Federated: `${PROVIDER}\u009b1m\u202e` } };
    const path = await json('hostile', { Version: '2012-10-17', Statement: [hostile] });
    for (const format of ['text', 'json']) {
      const { code, stdout } = await explain(path, '--request', written.api ?? '', '--format', format);
      expect(code).toBe(4);
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});
