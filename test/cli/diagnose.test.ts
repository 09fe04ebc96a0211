// podtrail diagnose as it is run, offline: from simulated logs, single events, policies and what clients print; its formats and refusals.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { simulateTrail } from '../../src/simulator/simulate-trail.ts';
import {
  assumptionAttempt as attempt,
  FAILED_ASSUMPTION as FAILED,
  ISSUER,
  PROVIDER,
  ROLE,
  SUBJECT,
} from '../corpus/failed-assumption.ts';
import { type AccountServer, startAccountServer } from '../support/account-server.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { logFileName, type Scratch, scratch } from '../support/scratch.ts';

const ISSUED = attempt({
  eventTime: '2026-10-05T14:02:00Z',
  eventID: '0c0c0c0c-6855-45ed-aa48-b3714ddcff1f',
  responseElements: {
    credentials: { accessKeyId: 'ASIAEXAMPLE000000001', expiration: 'Oct 5, 2026, 3:02:00 PM' },
    subjectFromWebIdentityToken: SUBJECT,
    assumedRoleUser: {
      assumedRoleId: 'AROAEXAMPLE:botocore-session-1',
      arn: 'arn:aws:sts::111122223333:assumed-role/payments-api/botocore-session-1',
    },
    provider: PROVIDER,
    audience: 'sts.amazonaws.com',
  },
});
const CHANGED = {
  eventVersion: '1.08',
  userIdentity: {
    type: 'IAMUser',
    arn: 'arn:aws:iam::111122223333:user/ana',
    accountId: '111122223333',
    userName: 'ana',
  },
  eventTime: '2026-10-05T14:03:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'UpdateAssumeRolePolicy',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.9',
  userAgent: 'aws-cli/2.17.20',
  requestParameters: { roleName: 'payments-api', policyDocument: '{}' },
  eventID: '11111111-6855-45ed-aa48-b3714ddcff1f',
  recipientAccountId: '111122223333',
};
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${ISSUER}:sub`]: 'system:serviceaccount:payments:*',
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
        },
      },
    },
  ],
};

let files: Scratch;
let store: string;

beforeAll(async () => {
  files = await scratch();
  await files.write('failed.json', JSON.stringify(FAILED));
  await files.write('role.json', JSON.stringify(POLICY));
  await files.write(
    'get-role.json',
    JSON.stringify({ Role: { Arn: ROLE, AssumeRolePolicyDocument: POLICY } }),
  );
  await files.log(`history/${logFileName('20261005T1515Z', 'aaaaaaaaaaaaaaaa')}`, [ISSUED, CHANGED, FAILED]);
  for (const { key, body } of simulateTrail({ seed: 1, records: 20_000, recordsPerFile: 500 }))
    await files.write(`logs/${key}`, body);
  store = files.path('trail.duckdb');
  await runMain(['load', files.path('logs'), '--store', store]);
});

afterAll(() => files.remove());

const diagnose = (...argv: string[]) => runMain(['diagnose', ...argv]);
const asJson = async (...argv: string[]) => JSON.parse((await diagnose(...argv, '--format', 'json')).stdout);

describe('simulated logs alone', () => {
  interface Told {
    id: string;
    root_cause: string;
    evidence: unknown[];
    certainty: string;
    affected: { workloads: string[]; failures: number };
    open_questions: string[];
  }
  let all: Told[];

  beforeAll(async () => {
    all = await asJson('--store', store);
  });

  it.each([
    ['trust-not-known', 'likely', /^frontend\/default on /],
    ['pod-identity-trust-not-known', 'likely', null],
    ['target-role-refused', 'proven', /^etl\/loader$/],
    ['denied-by-identity-policy', 'proven', /^[a-z0-9-]+\/[a-z0-9-]+ on /],
    ['pod-other-service-account', 'possible', null],
  ])('tell of %s, by evidence', (id, certainty, workload) => {
    const found = all.filter(
      (one) => one.id === id || one.open_questions.some((open) => open.includes(`${id} (${certainty}: `)),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) {
      expect(one.evidence.length).toBeGreaterThan(0);
      expect(one.affected.failures).toBeGreaterThan(0);
    }
    if (certainty !== 'possible') expect(found.map((one) => one.certainty)).toContain(certainty);
    if (workload !== null)
      expect(found.some((one) => workload.test(one.affected.workloads[0] ?? ''))).toBe(true);
  });

  it('count every failure that the questions do', async () => {
    const sum = (rows: Record<string, unknown>[], name: string) =>
      rows.reduce((total, row) => total + Number(row[name]), 0);
    const attempts = await rowsFrom(['ask', 'failed-assumptions', '--store', store, '-f', 'ndjson']);
    const denied = await rowsFrom([
      'ask',
      'denied-calls',
      '--store',
      store,
      '--limit',
      '100000',
      '-f',
      'ndjson',
    ]);
    const calls = denied.filter(({ event_name: name }) => !/^AssumeRoleWith/.test(String(name)));
    // A workload's own that was denied a further role stands in both.
    const both = attempts.filter(
      ({ mechanism, workload_namespace: namespace }) => mechanism === 'assumed' && namespace !== null,
    );
    expect(sum(both, 'failures')).toBeGreaterThan(0);
    const ofRecords = all.filter(
      ({ id, affected }) => !(id.startsWith('pod-identity-trust') && affected.workloads.length === 0),
    );
    const told = ofRecords.reduce((total, one) => total + one.affected.failures, 0);
    expect(told).toBe(sum(attempts, 'failures') - sum(both, 'failures') + sum(calls, 'calls'));
  });

  it('put the worst first', () => {
    const rank = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];
    const ranks = (all as unknown as { severity: string }[]).map(({ severity }) => rank.indexOf(severity));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBeGreaterThan(2);
  });

  it('are narrowed to a namespace', async () => {
    const some: Told[] = await asJson('--store', store, '--namespace', 'frontend');
    expect(some.length).toBeGreaterThan(0);
    expect(some.every(({ affected }) => affected.workloads[0]?.startsWith('frontend/'))).toBe(true);
    expect(some.length).toBeLessThan(all.length);
  });

  it('say the same from the log files, and less of a range', async () => {
    expect(await asJson(files.path('logs'))).toEqual(all);
    const range = ['--since', '2026-10-05T03:30Z', '--until', '2026-10-05T04:00Z'];
    const some: Told[] = await asJson('--store', store, ...range);
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(all.length);
  });
});

describe('the same logs with what AWS answers', () => {
  let account: AccountServer;
  let before: NodeJS.ProcessEnv;
  let failing: Failing[];
  const told: string[] = [];

  beforeAll(async () => {
    before = { ...process.env };
    account = await startAccountServer();
    Object.assign(process.env, account.environment, { HOME: files.path('.') });
    const rows = await rowsFrom(['ask', 'failed-assumptions', '--store', store, '-f', 'ndjson']);
    failing = rows.flatMap((row) =>
      row.mechanism === 'irsa'
        ? [
            {
              namespace: String(row.workload_namespace),
              serviceAccount: String(row.workload_service_account),
              provider: String(row.provider),
              role: String(row.role_arn),
            },
          ]
        : [],
    );
  });
  afterAll(async () => {
    process.env = before;
    await account.stop();
  });

  /** The role's policy admits this subject, by this operator. */
  const admitting = (
    { provider, role }: { provider: string; role: string },
    sub: string,
    operator = 'StringEquals',
  ) => {
    const issuer = provider.split(':oidc-provider/')[1];
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { [operator]: { [`${issuer}:sub`]: sub, [`${issuer}:aud`]: 'sts.amazonaws.com' } },
    };
    return {
      accountId: role.split(':')[4] ?? '',
      role: { arn: role, trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) },
      providers: [{ arn: provider, clientIds: ['sts.amazonaws.com'] }],
      unread: [],
    };
  };

  it.each([
    [
      'trust-wrong-subject',
      'proven',
      (one: Failing) => admitting(one, `system:serviceaccount:${one.namespace}:another`),
    ],
    [
      'trust-wildcard-in-equals',
      'proven',
      (one: Failing) => admitting(one, `system:serviceaccount:${one.namespace}:*`),
    ],
    ['role-missing', 'proven', (one: Failing) => ({ ...admitting(one, SUBJECT), role: null })],
    [
      'organization-policy-suspected',
      'possible',
      (one: Failing) => admitting(one, `system:serviceaccount:${one.namespace}:${one.serviceAccount}`),
    ],
  ])(
    'tell of %s where alone they told of a refusal, each of another workload',
    async (id, certainty, facts) => {
      const place = [...told, id].length - 1;
      told.push(id);
      const one = failing[place];
      if (one === undefined) throw new RangeError('nothing fails in the simulated logs');
      account.facts = facts(one);
      const pod = ['--namespace', one.namespace, '--service-account', one.serviceAccount];
      const [alone] = await asJson('--store', store, ...pod);
      expect(alone).toMatchObject({ id: 'trust-not-known', certainty: 'likely' });
      const found = await asJson('--store', store, ...pod, '--cluster', 'prod');
      expect(found[0]).toMatchObject({
        id,
        certainty,
        affected: { workloads: [expect.stringContaining(one.namespace)] },
      });
      expect(found[0].sources.used).toEqual(expect.arrayContaining(['the logs', 'AWS']));
    },
  );

  it('tell of a denied call what the role has', async () => {
    const denied = (await asJson('--store', store)).find(
      (one: { id: string; affected: { workloads: string[] } }) =>
        one.id === 'denied-by-identity-policy' && one.affected.workloads.length > 0,
    );
    const [namespace = '', serviceAccount = ''] = denied.affected.workloads[0].split(' ')[0].split('/');
    const role = denied.actions.map(
      ({ command }: { command: string }) => /arn:aws:iam::\d+:role\/\S+/.exec(command)?.[0],
    )[0];
    const facts = admitting({ provider: PROVIDER, role }, SUBJECT);
    account.facts = {
      ...facts,
      role: { ...facts.role, policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    };
    const pod = ['--namespace', namespace, '--service-account', serviceAccount, '--cluster', 'prod'];
    const found = (await asJson('--store', store, ...pod)).find(
      (one: { root_cause: string }) => one.root_cause === denied.root_cause,
    );
    expect(found).toMatchObject({
      id: 'denied-by-identity-policy',
      certainty: 'proven',
      added_policy: denied.added_policy,
    });
    expect(found.evidence).toContainEqual({
      type: 'credential_finding',
      content: 'Policies of the role: arn:aws:iam::aws:policy/ReadOnlyAccess.',
    });
  });
});

interface Failing {
  namespace: string;
  serviceAccount: string;
  provider: string;
  role: string;
}

describe('a store without records, or without all of them', () => {
  it('is no health', async () => {
    const path = files.path('unnamed.duckdb');
    await runMain(['load', await files.log('issued/a.json', [ISSUED]), '--store', path]);
    const opened = await Store.openOrCreate(path);
    await opened.run('update named set settlement = 0');
    await opened.close();
    const { stdout, stderr } = await diagnose('--store', path);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/the last load into .* was interrupted: its records are missing/);
    expect(stderr).toContain('no CloudTrail records were read, so there is nothing to diagnose');
  });
});

describe('one event', () => {
  it('is explained by its trust policy, with the whole policy that lets it in', async () => {
    const { code, stdout } = await diagnose(
      '--event',
      files.path('failed.json'),
      '--trust-policy',
      files.path('role.json'),
    );
    expect(code).toBe(4);
    expect(stdout).toMatch(/^\w+ {2}trust_policy — StringEquals compares the subject with a wildcard/);
    expect(stdout).toContain(`"${ISSUER}:sub": "${SUBJECT}"`);
    expect(stdout).toContain('RED, needs the owner of the role and the security team');
  });

  it('takes the policy as get-role prints it, for the role that it is of', async () => {
    const found = await asJson(
      '--event',
      files.path('failed.json'),
      '--trust-policy',
      files.path('get-role.json'),
    );
    expect(found).toMatchObject({ id: 'trust-wildcard-in-equals', certainty: 'proven' });
    const other = await asJson('--event', files.path('failed.json'), '--trust-policy', await otherRole());
    expect(other).toMatchObject({ id: 'trust-not-known', certainty: 'likely' });
  });

  async function otherRole(): Promise<string> {
    const role = { Role: { Arn: `${ROLE}-2`, AssumeRolePolicyDocument: POLICY } };
    await files.write('other.json', JSON.stringify(role));
    return files.path('other.json');
  }

  it('is the same in YAML, and has the form of the report', async () => {
    const argv = ['--event', files.path('failed.json'), '--trust-policy', files.path('role.json')];
    const [document, ...others] = parseAllDocuments((await diagnose(...argv, '--format', 'yaml')).stdout);
    const report = await asJson(...argv);
    expect([document?.toJS(), others]).toEqual([report, []]);
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([
        ...[
          'root_cause',
          'evidence',
          'certainty',
          'severity',
          'affected',
          'mitigation',
          'actions',
          'escalation',
        ],
        'open_questions',
      ]),
    );
    expect(report.root_cause).toMatch(/^trust_policy — /);
    expect(Object.keys(report.affected)).toEqual(['workloads', 'since', 'failures', 'last_success']);
  });

  it('that did not fail is no failure', async () => {
    await files.write('issued.json', JSON.stringify(ISSUED));
    const { code, stdout, stderr } = await diagnose('--event', files.path('issued.json'));
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/no workload failed in these records/);
  });

  it('of another workload than is asked about says nothing of that one', async () => {
    const asked = ['--namespace', 'elsewhere', '--service-account', 'api'];
    const { code, stdout, stderr } = await diagnose('--event', files.path('failed.json'), ...asked);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(
      'podtrail: no failure of a workload with the ServiceAccount api in the namespace elsewhere was found in these records.',
    );
  });

  it('that is not there is no health', async () => {
    const { code, stderr } = await diagnose('--event', files.path('none.json'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('podtrail: nothing was read')]);
  });

  it('with a policy that is none is told which file that is', async () => {
    const policy = files.path('no-policy.json');
    await files.write('no-policy.json', '{');
    const { code, stderr } = await diagnose('--event', files.path('failed.json'), '--trust-policy', policy);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no-policy.json: the policy is not JSON')]);
  });

  it('that is no record ends with 3', async () => {
    await files.write('broken.json', JSON.stringify({ Records: [{ eventVersion: '1.08' }] }));
    const { code, stderr } = await diagnose('--event', files.path('broken.json'));
    expect([code, stderr]).toEqual([3, expect.stringContaining('so there is nothing to diagnose')]);
    expect(stderr).not.toContain('no workload failed');
  });

  it('cannot put commands into what is printed', async () => {
    const hostile = attempt({
      errorCode: 'AccessDenied',
      errorMessage: 'An unknown error occurred\u001b[2J',
      requestParameters: {
        roleArn: 'arn:aws:iam::111122223333:role/$(touch pwned)\u001b]0;x\u0007',
        roleSessionName: 'x',
      },
    });
    await files.write('hostile.json', JSON.stringify(hostile));
    for (const format of ['text', 'yaml', 'json']) {
      const { code, stdout } = await diagnose('--event', files.path('hostile.json'), '--format', format);
      expect(code).toBe(4);
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(stdout).not.toMatch(/^\s*(- command: )?"?aws .*touch/m);
    }
  });
});

describe('history', () => {
  it('says until when it worked, and what was changed then by whom', async () => {
    const [found] = await asJson(files.path('history'));
    expect(found.affected).toMatchObject({
      failures: 1,
      last_success: '2026-10-05T14:02:00Z',
      since: '2026-10-05T15:09:08Z',
    });
    expect(found.evidence).toContainEqual({
      type: 'trail',
      content:
        'Worked until 2026-10-05T14:02:00Z; at 2026-10-05T14:03:00Z UpdateAssumeRolePolicy of arn:aws:iam::111122223333:role/payments-api was called by arn:aws:iam::111122223333:user/ana.',
    });
  });
});

describe('an audit log', () => {
  const event = (more: object) => ({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    stage: 'ResponseComplete',
    verb: 'patch',
    user: { username: 'ana@example.com' },
    objectRef: { resource: 'serviceaccounts', namespace: 'payments', name: 'api' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-10-05T14:30:00.000000Z',
    requestObject: { metadata: { annotations: { 'eks.amazonaws.com/role-arn': null } } },
    ...more,
  });
  const lines = [
    JSON.stringify(event({})),
    `2026-10-05T14:31:00Z ${JSON.stringify(event({ verb: 'delete', requestObject: undefined, requestReceivedTimestamp: '2026-10-05T14:31:00Z' }))}`,
    JSON.stringify(
      event({
        objectRef: { resource: 'serviceaccounts', namespace: 'payments', name: 'api', subresource: 'token' },
        verb: 'create',
      }),
    ),
    JSON.stringify(event({ responseStatus: { code: 403 } })),
    JSON.stringify(event({ objectRef: { resource: 'serviceaccounts', namespace: 'payments', name: 'web' } })),
    'not JSON',
    '',
  ];

  it('says what was done to the ServiceAccount, by whom, and what it could not read', async () => {
    await files.write('audit.log', lines.join('\n'));
    const argv = [
      '--event',
      files.path('failed.json'),
      '--audit-log',
      files.path('audit.log'),
      '--format',
      'json',
    ];
    const { stdout, stderr } = await diagnose(...argv);
    const told = JSON.parse(stdout).evidence.filter(({ type }: { type: string }) => type === 'sa_config');
    expect(told.map(({ content }: { content: string }) => content)).toEqual([
      'At 2026-10-05T14:31:00Z delete serviceaccounts of payments/api was called by ana@example.com.',
      'At 2026-10-05T14:30:00Z patch serviceaccounts (role annotation) of payments/api was called by ana@example.com.',
    ]);
    expect(stderr).toContain(
      'audit log: 6 lines, 5 events, 1 lines unreadable, 0 changes beyond the limit, left out',
    );
    expect(JSON.parse(stdout).sources.used).toContain('the audit log');
  });

  it('may be a log group of EKS', async () => {
    const account = await startAccountServer();
    const before = { ...process.env };
    Object.assign(process.env, account.environment);
    try {
      const argv = [
        '--event',
        files.path('failed.json'),
        '--audit-log',
        'log-group:/aws/eks/prod/cluster',
        '--format',
        'json',
      ];
      const refused = await diagnose(...argv);
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining("can't read the log group /aws/eks/prod/cluster: ResourceNotFoundException"),
      ]);
      account.auditEvents = lines.slice(0, 1);
      const told = JSON.parse((await diagnose(...argv)).stdout).evidence;
      expect(told).toContainEqual({
        type: 'sa_config',
        content: expect.stringContaining('was called by ana@example.com.'),
      });
      expect([...account.actions]).toEqual(['logs:FilterLogEvents']);
    } finally {
      process.env = before;
      await account.stop();
    }
  });

  it('that is not there is named', async () => {
    const { code, stderr } = await diagnose(
      '--event',
      files.path('failed.json'),
      '--audit-log',
      files.path('none.log'),
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('none.log: there is no such file')]);
  });
});

describe('more failing workloads than are diagnosed', () => {
  it('are counted, and the one that is asked about is found whatever its place', async () => {
    const records = Array.from({ length: 600 }, (_, index) => {
      const sub = `system:serviceaccount:n${String(index).padStart(3, '0')}:api`;
      const identity = {
        ...FAILED.userIdentity,
        userName: sub,
        principalId: `${PROVIDER}:sts.amazonaws.com:${sub}`,
      };
      const eventID = `22222222-6855-45ed-aa48-${String(index).padStart(12, '0')}`;
      return { ...FAILED, userIdentity: identity, eventID };
    });
    await files.log(`many/${logFileName('20261005T1515Z', 'dddddddddddddddd')}`, records);
    const all = await diagnose(files.path('many'), '--format', 'json');
    expect(JSON.parse(all.stdout).length).toBe(500);
    expect(all.stderr).toContain('100 more failing workloads');
    const [found, ...others] = await asJson(files.path('many'), '--namespace', 'n599');
    expect([found.affected.workloads[0], others]).toEqual([expect.stringMatching(/^n599\/api on /), []]);
  });
});

describe('what a client prints', () => {
  const NO_PROVIDER = `No OpenIDConnect provider found in your account for https://${ISSUER}`;

  it('names the cause', async () => {
    expect(await asJson('--error', NO_PROVIDER)).toMatchObject({
      id: 'provider-missing',
      certainty: 'proven',
    });
  });

  it('may be a whole log, of which no token is told', async () => {
    const noise = Array.from({ length: 5_000 }, (_, index) => `level=info msg="request ${index}"`);
    const token = `eyJhbGciOiJSUzI1NiJ9.${'A1b2'.repeat(60)}.c2ln`;
    const stdin = [...noise, `error: ${NO_PROVIDER} token=${token}`, ...noise].join('\n');
    const { code, stdout } = await runMain(['diagnose', '--error', '-', '--format', 'json'], { stdin });
    expect([code, JSON.parse(stdout).id]).toEqual([4, 'provider-missing']);
    expect(stdout).not.toContain('A1b2A1b2');
  });

  it('that nobody knows is said to be unexplained; a log without failures is none', async () => {
    const { code, stdout } = await diagnose('--error', 'the flux capacitor is out of plutonium');
    expect([code, stdout.split('\n')[0]]).toEqual([
      4,
      'MEDIUM  unknown — no cause in the catalogue fits what is known',
    ]);
    const quiet = await runMain(['diagnose', '--error', '-'], { stdin: 'all is well\n' });
    expect([quiet.code, quiet.stdout]).toEqual([0, '']);
  });

  it('is judged with the policy and the pod that are given', async () => {
    const argv = [
      '--error',
      'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
      '--role',
      ROLE,
    ];
    const pod = ['--namespace', 'payments', '--service-account', 'web', '--issuer', `https://${ISSUER}`];
    const found = await asJson(...argv, ...pod, '--trust-policy', files.path('role.json'));
    expect(found).toMatchObject({ id: 'trust-wildcard-in-equals', certainty: 'proven' });
    expect(found.open_questions).toContain('Is the token for sts.amazonaws.com? This is assumed.');
  });
});

it.each([
  ['nothing', [], /nothing to diagnose: give --event/],
  ['two things', ['--event', 'a', '--store', 'b'], /give one of --event/],
  ['standard input twice', ['--event', '-', '--trust-policy', '-'], /only one option can read/],
  ['a role beside a record', ['--event', 'a', '--role', ROLE], /belong to --error/],
  ['a cluster without its workload', ['--cluster', 'prod'], /needs --namespace and --service-account/],
  ['a pod without its cluster', ['--error', 'x', '--pod', 'p'], /belong to --cluster/],
  ['a time range of an error', ['--error', 'x', '--since', '2h'], /--since and --until belong to --store/],
  ['a region of an error', ['--error', 'x', '--region', 'us-west-2'], /--region belongs to --cluster/],
  ['settings of a store', ['--store', 'x', '--config', 'y'], /--config belong to log files/],
])('is told of %s', async (_claim, argv, said) => {
  const { code, stdout, stderr } = await diagnose(...argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(said);
});
