// Facts of each cause as they come through the real AWS SDK and the real Kubernetes client: the same cause is found by them.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readWorkload } from '../../src/adapters/read-workload.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Facts } from '../../src/diagnosis/facts.ts';
import { CAUSE_FIXTURES } from '../diagnosis/cause-fixtures.ts';
import { type AccountServer, startAccountServer } from '../support/account-server.ts';
import { type ClusterServer, startClusterServer } from '../support/cluster-server.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let account: AccountServer;
let cluster: ClusterServer;
let before: NodeJS.ProcessEnv;

beforeAll(async () => {
  files = await scratch();
  account = await startAccountServer();
  cluster = await startClusterServer();
  account.endpoint = cluster.url;
  await files.write('kubeconfig', cluster.kubeconfig);
  before = { ...process.env };
  Object.assign(process.env, account.environment, { HOME: files.path('.') });
  delete process.env.KUBECONFIG;
});

afterAll(async () => {
  process.env = before;
  await account.stop();
  await cluster.stop();
  await files.remove();
});

const TRAIL_ONLY = ({ attempt, said, trail }: Facts): Facts => ({
  attempt,
  ...(said === undefined ? {} : { said }),
  ...(trail === undefined ? {} : { trail }),
});

/** The fixture's facts of AWS and the cluster, served, read and put beside those that records and clients give. */
async function read(facts: Facts): Promise<Facts> {
  account.facts = facts.aws ?? { unread: [] };
  cluster.facts = facts.cluster ?? { unread: [] };
  const { namespace = 'payments', serviceAccount = 'api' } = facts.attempt;
  const stray = facts.cluster?.pods?.find((pod) => pod.serviceAccount !== serviceAccount);
  const workload = await readWorkload(
    {
      cluster: 'prod',
      namespace,
      serviceAccount,
      ...(stray === undefined ? {} : { pod: stray.name }),
      ...(facts.cluster === undefined ? {} : { kubeconfig: files.path('kubeconfig') }),
    },
    facts.attempt,
  );
  return { ...TRAIL_ONLY(facts), ...workload };
}

describe.each(Object.entries(CAUSE_FIXTURES))('%s', (id, { shows, misses }) => {
  it('is found by what AWS and the cluster answer', async () => {
    const found = diagnose(await read(shows)).found.map(({ cause }) => cause.id);
    expect(found).toContain(id);
  });

  it('is not found where they nearly say it', async () => {
    const found = diagnose(await read(misses)).found.map(({ cause }) => cause.id);
    expect(found).not.toContain(id);
  });
});

describe('a ServiceAccount with an annotation and an association', () => {
  const { aws, cluster: facts } = CAUSE_FIXTURES['both-mechanisms']?.misses ?? {};
  const POD_ROLE = 'arn:aws:iam::111122223333:role/team/of-the-association';
  const trustPolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      },
    ],
  });
  const served: Facts = {
    attempt: {},
    aws: {
      unread: [],
      ...aws,
      role: { arn: POD_ROLE, trustPolicy },
      associations: [{ id: 'a-1', roleArn: POD_ROLE, targetRoleArn: null, hasSessionTags: false }],
    },
    cluster: { unread: [], ...facts },
  };

  it('goes by the association, unless its pods have variables of web identity alone', async () => {
    const { attempt, aws: answered } = await read({ ...served, cluster: { unread: [], ...facts, pods: [] } });
    expect(attempt).toMatchObject({ mechanism: 'pod-identity', roleArn: POD_ROLE });
    expect(answered?.role?.arn).toBe(POD_ROLE);
    expect(answered?.associations?.[0]?.hasSessionTags).toBe(false);
    const older = await read(served);
    expect(older.attempt).toMatchObject({ mechanism: 'irsa', roleArn: facts?.serviceAccount?.roleArn });
  });

  it('is read with what is nearly an annotation, and with the path and case of its role', async () => {
    const misnamed = ['eks.amazonaws.com/role_arn', 'iam.amazonaws.com/role'];
    const account = {
      roleArn: POD_ROLE.replace('role/team/of', 'role/Of'),
      audience: null,
      annotatedAt: null,
    };
    const pods = (facts?.pods ?? []).map((pod) => ({ ...pod, hasRoleAnnotation: true }));
    const { aws: answered, cluster: told } = await read({
      ...served,
      cluster: { unread: [], ...facts, serviceAccount: { ...account, misnamed }, pods },
    });
    expect(answered?.role?.arn).toBe(POD_ROLE);
    expect(told?.serviceAccount?.misnamed).toEqual(misnamed);
    expect(told?.pods?.map(({ hasRoleAnnotation }) => hasRoleAnnotation)).toEqual([true]);
  });
});

const DOCUMENT = readFileSync(new URL('../../docs/diagnose.md', import.meta.url), 'utf8');

/** The text of the only block of its language in the document. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([^\`]*)\`\`\``).exec(DOCUMENT)?.[1] ?? '';
}

describe('what is asked', () => {
  it('only reads, and is what the documents list', async () => {
    expect([...account.actions].sort()).toEqual(JSON.parse(block('json')).Statement[0].Action);
    const { rules } = parse(block('yaml')) as { rules: { resources: string[]; verbs: string[] }[] };
    const allowed = rules.flatMap(({ resources, verbs }) =>
      verbs.flatMap((verb) => resources.map((one) => `${verb} ${one}`)),
    );
    // No webhook of the fixtures selects by namespace.
    expect([...cluster.verbs, 'get namespaces'].sort()).toEqual(allowed.sort());
  });
});

const ASKED = ['diagnose', '--cluster', 'prod', '--namespace', 'payments', '--service-account', 'api'];

describe('podtrail diagnose --cluster', () => {
  it('names the cause, and ends with 4', async () => {
    const { aws, cluster: facts } = CAUSE_FIXTURES['both-mechanisms']?.shows ?? {};
    account.facts = aws ?? { unread: [] };
    cluster.facts = facts ?? { unread: [] };
    const asked = [...ASKED, '--kubeconfig', files.path('kubeconfig'), '--format', 'json'];
    const { code, stdout } = await runMain(asked);
    expect([code, JSON.parse(stdout)]).toMatchObject([4, { id: 'both-mechanisms', certainty: 'proven' }]);
    expect(JSON.parse(stdout).sources.used).toEqual(['the trust policy', 'AWS', 'the cluster']);
  });

  it('ends with 0 where nothing is wrong, and with 3 where something could not be read, which it tells', async () => {
    const { aws } = CAUSE_FIXTURES['audience-not-in-client-ids']?.misses ?? {};
    const { cluster: facts } = CAUSE_FIXTURES['both-mechanisms']?.misses ?? {};
    account.facts = { ...aws, associations: [], unread: [] };
    cluster.facts = facts ?? { unread: [] };
    const { code, stdout, stderr } = await runMain([...ASKED, '--kubeconfig', files.path('kubeconfig')]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/could not read EC2 DescribeVpcEndpoints: .*said by the test/);
    account.facts = { ...account.facts, vpcEndpoints: [], agentAddOn: null };
    expect((await runMain([...ASKED, '--kubeconfig', files.path('kubeconfig')])).code).toBe(0);
    expect(stderr).toMatch(/found nothing that keeps the workload from its credentials/);
  });

  it('asks AWS nothing more where nobody is known to AWS', async () => {
    account.facts = { unread: [] };
    account.actions.clear();
    const { code, stdout, stderr } = await runMain(ASKED);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/neither AWS nor the cluster could be read/);
    expect([...account.actions]).toEqual(['sts:GetCallerIdentity']);
    expect(stderr).toMatch(/could not read STS GetCallerIdentity: .*said by the test/);
  });

  it.each<[string, string[], RegExp]>([
    ['is not there', ['--kubeconfig', 'none'], /can't read the kubeconfig none: there is no such file/],
    ['is none', ['--kubeconfig', 'package.json'], /the kubeconfig/],
    ['lacks the context', ['--context', 'test'], /the kubeconfig has no context test: it has prod/],
  ])('is told of a kubeconfig that %s', async (_claim, argv, said) => {
    account.facts = CAUSE_FIXTURES['both-mechanisms']?.shows.aws ?? { unread: [] };
    const own = argv[0] === '--context' ? ['--kubeconfig', files.path('kubeconfig')] : [];
    const { code, stdout, stderr } = await runMain([...ASKED, ...own, ...argv]);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(said)]);
  });

  it('does not ask the cluster of another context', async () => {
    account.facts = CAUSE_FIXTURES['both-mechanisms']?.shows.aws ?? { unread: [] };
    account.endpoint = 'https://another.example.com';
    const asked = [...ASKED, '--kubeconfig', files.path('kubeconfig')];
    const { stdout } = await runMain(asked);
    account.endpoint = cluster.url;
    expect(stdout).toMatch(
      /context prod is for http:\/\/127\.0\.0\.1:\d+, but --cluster is at https:\/\/another/,
    );
  });
});
