// What is said of a pod, its ServiceAccount, the agent and the role is no more than what was read of them proves.
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Change, ContainerFacts, Facts, PodFacts, TrailFacts } from '../../src/diagnosis/facts.ts';
import { readGivenPolicy, withPolicy } from '../../src/diagnosis/given-policy.ts';
import { reportOf } from '../../src/diagnosis/report.ts';
import { CAUSE_FIXTURES, ROLE } from './cause-fixtures.ts';

const fixture = (id: string): Facts => CAUSE_FIXTURES[id]?.shows ?? { attempt: {} };
const certaintyOf = (id: string, facts: Facts) =>
  diagnose(facts).found.find(({ cause }) => cause.id === id)?.certainty ?? null;
const detailOf = (id: string, facts: Facts) =>
  diagnose(facts).found.find(({ cause }) => cause.id === id)?.detail;

/** The facts with something else in the cluster. */
const inCluster = (facts: Facts, more: Partial<NonNullable<Facts['cluster']>>): Facts => ({
  ...facts,
  cluster: { unread: [], ...facts.cluster, ...more },
});
/** The facts with other variables in every container. */
const withVariables = (facts: Facts, environment: ContainerFacts['environment']): Facts =>
  inCluster(facts, {
    pods: (facts.cluster?.pods ?? []).map(
      (pod): PodFacts => ({
        ...pod,
        containers: pod.containers.map((one) => ({
          ...one,
          environment: { ...one.environment, ...environment },
        })),
      }),
    ),
  });

const AGENT_URI = 'http://169.254.170.23/v1/credentials';

describe('a ServiceAccount without annotation', () => {
  const bare = fixture('annotation-missing');

  it('lacks nothing where its pods have a role by variables of their own, or STS was asked with its token', () => {
    expect(certaintyOf('annotation-missing', bare)).toBe('likely');
    expect(certaintyOf('annotation-missing', withVariables(bare, { AWS_ROLE_ARN: ROLE }))).toBe(null);
    const { attempt } = fixture('trust-wrong-subject');
    expect(certaintyOf('annotation-missing', { ...bare, attempt })).toBe(null);
  });

  it('is told what it has instead', () => {
    const account = { roleArn: null, audience: null, annotatedAt: null };
    const misnamed = inCluster(bare, {
      serviceAccount: { ...account, misnamed: ['eks.amazonaws.com/role_arn'] },
    });
    expect(detailOf('annotation-missing', misnamed)).toMatch(
      /but eks\.amazonaws\.com\/role_arn, which is not read/,
    );
    const pods = (bare.cluster?.pods ?? []).map((pod) => ({ ...pod, hasRoleAnnotation: true }));
    expect(detailOf('annotation-missing', inCluster(bare, { pods }))).toMatch(
      /but on its pod, where it is not read/,
    );
  });
});

describe('a pod without AWS_ROLE_ARN', () => {
  it.each(['pod-older-than-annotation', 'webhook-missing', 'webhook-failing', 'webhook-not-matching'])(
    'is no %s where it has the variables of Pod Identity',
    (id) => {
      expect(certaintyOf(id, fixture(id))).not.toBe(null);
      const facts = withVariables(fixture(id), { AWS_CONTAINER_CREDENTIALS_FULL_URI: AGENT_URI });
      expect(certaintyOf(id, facts)).toBe(null);
    },
  );

  it('is not proven by a webhook that is another one', () => {
    const warnings = (name: string) => [
      { reason: 'FailedCreate', message: `Error creating: failed calling webhook "${name}": EOF`, at: null },
    ];
    const healthy = CAUSE_FIXTURES['webhook-failing']?.misses ?? { attempt: {} };
    const id = 'webhook-failing';
    expect(certaintyOf(id, inCluster(healthy, { warnings: warnings('iam-for-pods.amazonaws.com') }))).toBe(
      'proven',
    );
    expect(certaintyOf(id, inCluster(healthy, { warnings: warnings('validate.kyverno.svc') }))).toBe(null);
  });
});

describe('the agent', () => {
  const facts = fixture('agent-not-running');
  const onCluster = (isAutoMode: boolean): Facts => {
    const { aws } = facts;
    if (!aws?.eksCluster) throw new RangeError('the fixture has a cluster');
    return { ...facts, aws: { ...aws, eksCluster: { ...aws.eksCluster, isAutoMode } } };
  };

  it('without a DaemonSet is proven not to run only where nodes cannot have it built in', () => {
    expect(certaintyOf('agent-not-running', onCluster(false))).toBe('proven');
    expect(certaintyOf('agent-not-running', onCluster(true))).toBe(null);
    const { aws: _aws, ...unread } = facts;
    expect(certaintyOf('agent-not-running', unread)).toBe('likely');
  });

  it('that may run on no node is not taken to be ready', () => {
    const nowhere = inCluster(onCluster(false), { agent: { desired: 0, ready: 0 } });
    expect(certaintyOf('agent-not-running', nowhere)).toBe('likely');
  });

  it.each<[string, string, string, string | null]>([
    ['by a name only', AGENT_URI, '.cluster.local,10.0.0.0/8', 'likely'],
    ['by its range', AGENT_URI, '10.0.0.0/8, 169.254.0.0/16', null],
    ['by itself', AGENT_URI, '169.254.170.23', null],
    ['of another version of IP', 'http://[fd00:ec2::23]/v1/credentials', '169.254.170.23', 'likely'],
    ['of its version of IP', 'http://[fd00:ec2::23]/v1/credentials', '[fd00:ec2::23]', null],
  ])('is kept from a proxy where NO_PROXY has it, here %s', (_claim, uri, except, certainty) => {
    const proxied = withVariables(fixture('agent-proxied'), {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
      NO_PROXY: except,
    });
    expect(certaintyOf('agent-proxied', proxied)).toBe(certainty);
  });

  it('may say that it cannot reach EKS Auth though the VPC has the endpoint', () => {
    const { misses } = CAUSE_FIXTURES['agent-cannot-reach-eks-auth'] ?? { misses: { attempt: {} } };
    const said = ['dial tcp: lookup eks-auth.us-west-2.api.aws: i/o timeout'];
    expect(certaintyOf('agent-cannot-reach-eks-auth', { ...misses, said })).toBe('proven');
  });
});

describe('a role', () => {
  const allowed = fixture('organization-policy-suspected');
  const elsewhere = ROLE.replace('role/', 'role/team/');
  const namesake = (arn: string): Facts => {
    const { aws } = allowed;
    if (!aws?.role) throw new RangeError('the fixture has a role');
    return { ...allowed, aws: { ...aws, role: { ...aws.role, arn } } };
  };

  it('of another path is not the role that was tried', () => {
    expect(certaintyOf('role-missing', allowed)).toBe(null);
    expect(detailOf('role-missing', namesake(elsewhere))).toBe(
      `there is no role ${ROLE}: the one of this name is ${elsewhere}`,
    );
    expect(certaintyOf('role-missing', namesake(elsewhere))).toBe('proven');
  });

  it('whose denied call leaves the path out is there', () => {
    const denied = fixture('denied-by-identity-policy');
    const { aws } = namesake(elsewhere);
    expect(certaintyOf('role-missing', { ...denied, ...(aws === undefined ? {} : { aws }) })).toBe(null);
  });

  it('is found in the output of get-role whatever its path', () => {
    const given = readGivenPolicy(
      JSON.stringify({ Role: { Arn: elsewhere, AssumeRolePolicyDocument: allowed.aws?.role?.trustPolicy } }),
    );
    const facts = withPolicy({ attempt: allowed.attempt }, [given]);
    expect(diagnose(facts).found.map(({ cause }) => cause.id)).toEqual(['role-missing']);
  });

  it('is not kept from being assumed by its own permissions boundary', () => {
    const { aws } = allowed;
    if (!aws?.role) throw new RangeError('the fixture has a role');
    const boundaryArn = 'arn:aws:iam::111122223333:policy/boundary';
    const bounded = { ...aws, role: { ...aws.role, boundaryArn } };
    const evidence = (facts: Facts) => reportOf(diagnose(facts)).evidence.map(({ content }) => content);
    expect(evidence({ ...allowed, aws: bounded }).join()).not.toMatch(/boundary/);
    expect(evidence({ ...fixture('denied-by-boundary'), aws: bounded })).toContain(
      `The role has the permissions boundary ${boundaryArn}.`,
    );
  });
});

describe('the trail', () => {
  const { attempt, aws, trail } = fixture('trust-policy-changed-since');
  if (trail === undefined || aws === undefined) throw new RangeError('the fixture has a trail');
  const [change] = trail.changes;
  const changedAt = change?.at ?? 0;
  const of = (more: Partial<TrailFacts>): TrailFacts => ({ ...trail, ...more });
  const made = (eventName: string, at: number): Change => ({ at, eventName, by: 'ana', target: ROLE });

  it('proves that a change of the trust policy helped only by a session after it', () => {
    const id = 'trust-policy-changed-since';
    expect(certaintyOf(id, { attempt, aws, trail })).toBe('likely');
    expect(certaintyOf(id, { attempt, aws, trail: of({ lastSuccess: changedAt + 1 }) })).toBe('proven');
  });

  it.each([
    ['role-missing', 'DeleteRole', 'CreateRole', fixture('trust-not-known').attempt, 'likely'],
    [
      'provider-missing',
      'DeleteOpenIDConnectProvider',
      'CreateOpenIDConnectProvider',
      fixture('provider-missing').attempt,
      'likely',
    ],
    [
      'association-missing',
      'DeletePodIdentityAssociation',
      'CreatePodIdentityAssociation',
      fixture('association-missing').attempt,
      'possible',
    ],
  ] as const)(
    'suggests %s by %s, unless %s followed or it failed before',
    (id, deleting, creating, who, certainty) => {
      const judged = (...changes: Change[]) => detailOf(id, { attempt: who, trail: of({ changes }) }) ?? '';
      expect(judged(made(deleting, trail.last - 1))).toMatch(/was deleted at/);
      expect(
        certaintyOf(id, { attempt: who, trail: of({ changes: [made(deleting, trail.last - 1)] }) }),
      ).toBe(certainty);
      expect(judged(made(creating, trail.last - 1), made(deleting, trail.last - 2))).not.toMatch(
        /was deleted at/,
      );
      expect(judged(made(deleting, trail.last + 1))).not.toMatch(/was deleted at/);
    },
  );
});

describe('a provider of another account', () => {
  it('says nothing of the audiences that the role takes', () => {
    const facts = fixture('audience-not-in-client-ids');
    const id = 'audience-not-in-client-ids';
    expect(certaintyOf(id, facts)).toBe('proven');
    const roleArn = ROLE.replace('111122223333', '444455556666');
    expect(certaintyOf(id, { ...facts, attempt: { ...facts.attempt, roleArn } })).toBe(null);
  });
});

describe('a session name', () => {
  it('that Kubernetes fills in is not illegal as it is written', () => {
    const facts = fixture('sdk-without-web-identity');
    const named = (name: string) => withVariables(facts, { AWS_ROLE_SESSION_NAME: name });
    expect(certaintyOf('session-name-illegal', named('a/b'))).toBe('proven');
    expect(certaintyOf('session-name-illegal', named('$(POD_NAME)'))).toBe(null);
  });
});

describe('the role of an association', () => {
  const facts = fixture('pod-identity-without-tag-session');
  const associated = (more: {
    hasSessionTags?: boolean;
    roleArn?: string;
    targetRoleArn?: string;
  }): Facts => ({
    ...facts,
    aws: {
      unread: [],
      ...facts.aws,
      associations: [{ id: 'a-1', roleArn: ROLE, targetRoleArn: null, ...more }],
    },
  });

  it('need not let EKS tag sessions that it does not tag', () => {
    const id = 'pod-identity-without-tag-session';
    expect(certaintyOf(id, associated({ hasSessionTags: true }))).toBe('proven');
    expect(certaintyOf(id, associated({ hasSessionTags: false }))).toBe(null);
  });

  it('is the one that EKS assumes, and not the target role', () => {
    const first = ROLE.replace('payments-api', 'first');
    const ids = diagnose(associated({ roleArn: first, targetRoleArn: ROLE })).found.map(
      ({ cause }) => cause.id,
    );
    expect(ids.filter((id) => /^pod-identity-(not-trusted|without|condition)/.test(id))).toEqual([]);
  });
});
