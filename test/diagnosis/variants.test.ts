// The many forms of one cause, each named for what it is; the rule of severity; and which policy is whose.
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Facts, TrailFacts } from '../../src/diagnosis/facts.ts';
import { readGivenPolicy, withPolicy } from '../../src/diagnosis/given-policy.ts';
import { reportOf } from '../../src/diagnosis/report.ts';
import { severityOf } from '../../src/diagnosis/severity.ts';
import { CAUSE_FIXTURES, CLUSTER, ISSUER, ROLE } from './cause-fixtures.ts';

const first = (facts: Facts) => {
  const { id, root_cause: cause } = reportOf(diagnose(facts));
  return [id, cause];
};

describe('an annotation', () => {
  it.each([
    ['arn:aws:iam::111122223333:policy/api', 'it is the ARN of a policy, not of a role'],
    ['arn:aws:iam::111122223333:instance-profile/api', 'it is the ARN of an instance profile, not of a role'],
    ['arn:aws:iam:::111122223333:role/api', 'the ARN has a colon too many or too few'],
    ['arn:aws:iam:us-west-2:111122223333:role/api', 'the ARN has a colon too many or too few'],
    ['arn:aws:iam::role/api', 'it is not an ARN'],
    ['arn:aws-cn:iam::111122223333:role/api', "its partition is aws-cn, the cluster's is aws"],
    ['arn:amazon:iam::111122223333:role/api', 'unknown partition "amazon"'],
    ['arn:aws:iam::1111:role/api', 'its account is not twelve digits'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it is left in a manifest
    ['arn:aws:iam::${ACCOUNT_ID}:role/api', 'the annotation is a template that was never filled in'],
    ['{{ .Values.roleArn }}', 'the annotation is a template that was never filled in'],
    ['arn:aws:iam::<ACCOUNT>:role/api', 'the annotation is a template that was never filled in'],
    [' arn:aws:iam::111122223333:role/api', 'the ARN has white space around it'],
    ['arn:aws:s3:::bucket', 'it is not the ARN of a role'],
    ['payments-api', 'it is not an ARN'],
  ])('"%s" is malformed', (roleArn, fault) => {
    const cluster = { serviceAccount: { roleArn, audience: null, annotatedAt: null }, unread: [] };
    const facts: Facts = { attempt: { mechanism: 'irsa', clusterArn: CLUSTER }, cluster };
    expect(first(facts)).toEqual([
      'annotation-malformed',
      `irsa_annotation — the annotation is not the ARN of a role: ${fault}`,
    ]);
  });
});

describe('a trust policy of another issuer', () => {
  const provider = (issuer: string, account = '111122223333') =>
    `arn:aws:iam::${account}:oidc-provider/${issuer}`;
  const facts = (federated: unknown, issuer: string): Facts => {
    const { shows } = CAUSE_FIXTURES['trust-wrong-issuer'] ?? { shows: { attempt: {} } };
    const statement = {
      Effect: 'Allow',
      Principal: federated,
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer}:sub`]: 'system:serviceaccount:payments:api' } },
    };
    const trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    return { ...shows, aws: { role: { arn: ROLE, trustPolicy }, unread: [] } };
  };

  it.each<[string, unknown, string, RegExp]>([
    [
      'with https://',
      { Federated: provider(`https://${ISSUER}`) },
      ISSUER,
      /it is written with https:\/\/, which IAM leaves out/,
    ],
    [
      'with a slash at its end',
      { Federated: provider(`${ISSUER}/`) },
      ISSUER,
      /it is written with a slash at its end/,
    ],
    [
      'of another region',
      { Federated: provider(ISSUER.replace('us-west-2', 'eu-west-1')) },
      ISSUER,
      /its host is oidc\.eks\.eu-west-1\.amazonaws\.com/,
    ],
    [
      'of another cluster',
      { Federated: provider('oidc.eks.us-west-2.amazonaws.com/id/OTHER') },
      ISSUER,
      /another cluster, or the same before it was rebuilt/,
    ],
    [
      'of another account',
      { Federated: provider(ISSUER, '444455556666') },
      ISSUER,
      /is the provider of another account than the role's/,
    ],
    [
      'that is none',
      { Federated: 'cognito-identity.amazonaws.com' },
      ISSUER,
      /"cognito-identity.amazonaws.com" is not this cluster's provider/,
    ],
    ['of no provider', { Service: 'ec2.amazonaws.com' }, ISSUER, /the role trusts no OIDC provider at all/],
    [
      'in a key with https://',
      { Federated: provider(ISSUER) },
      `https://${ISSUER}`,
      /the condition key .* is not of this cluster's issuer: it is written with https/,
    ],
    [
      "in a key with the provider's ARN",
      { Federated: provider(ISSUER) },
      provider(ISSUER),
      /the condition key .* is not of this cluster's issuer: it is written as a provider's ARN/,
    ],
  ])('%s is told apart', (_claim, federated, issuer, said) => {
    const [id, cause] = first(facts(federated, issuer));
    expect([id, cause]).toEqual(['trust-wrong-issuer', expect.stringMatching(said)]);
  });
});

describe('a refusal of the agent, which names no pod', () => {
  const refused = (statement: object): Facts => ({
    attempt: {
      mechanism: 'pod-identity',
      action: 'AssumeRoleForPodIdentity',
      errorCode: 'AccessDenied',
      errorMessage: 'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
    },
    aws: {
      role: { arn: ROLE, trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) },
      unread: [],
    },
  });
  const pods = (more: object) => ({
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    ...more,
  });

  it.each<[string, object, string]>([
    ['an action that is not there', pods({ Action: 'sts:AssumeRole' }), 'pod-identity-without-tag-session'],
    ['another principal', pods({ Principal: { Service: 'ec2.amazonaws.com' } }), 'pod-identity-not-trusted'],
    ['a policy that admits every pod', pods({}), 'organization-policy-suspected'],
  ])('is explained by %s', (_claim, statement, id) => {
    expect(first(refused(statement))[0]).toBe(id);
  });

  it('stays open where a tag decides', () => {
    const tag = { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'payments' } };
    const report = reportOf(diagnose(refused(pods({ Condition: tag }))));
    expect(report.open_questions).toContain('Does the trust policy allow it? What is known does not decide.');
  });
});

describe('severity', () => {
  const HOUR = 3_600_000;
  const NOON = Date.parse('2026-10-05T12:00:00Z');
  const workload = { clusterId: null, cluster: null, namespace: 'a', serviceAccount: 'b' };
  const trail = (more: Partial<TrailFacts>): Facts => ({
    attempt: {},
    trail: {
      from: 0,
      until: NOON,
      failures: 5,
      since: NOON - HOUR,
      last: NOON,
      lastSuccess: null,
      perMinute: 1,
      alsoFailing: [],
      changes: [],
      nodeRole: null,
      ...more,
    },
  });

  it.each<[string, Facts, string]>([
    ['nothing is known of others', { attempt: {} }, 'MEDIUM'],
    ['one workload fails and none of its attempts succeeds', trail({}), 'HIGH'],
    ['several do', trail({ alsoFailing: [workload] }), 'CRITICAL'],
    ['some succeed meanwhile', trail({ lastSuccess: NOON - 1 }), 'MEDIUM'],
    ['it has worked again since', trail({ lastSuccess: NOON + 1 }), 'LOW'],
    ['it is an hour ago', trail({ since: NOON - 3 * HOUR, last: NOON - HOUR }), 'LOW'],
    ['it began minutes ago', trail({ since: NOON - 60_000 }), 'MEDIUM'],
    ['several began minutes ago', trail({ since: NOON - 60_000, alsoFailing: [workload] }), 'HIGH'],
    ['it worked before', trail({ lastSuccess: NOON - 2 * HOUR }), 'HIGH'],
  ])('where %s', (_claim, facts, severity) => {
    expect(severityOf(facts)).toBe(severity);
  });
});

describe('a policy that is given', () => {
  const policy = '{"Version":"2012-10-17","Statement":[]}';
  const ofRole = (arn: string) =>
    readGivenPolicy(JSON.stringify({ Role: { Arn: arn, AssumeRolePolicyDocument: policy } }));
  const failed: Facts = { attempt: { roleArn: ROLE } };

  it('is that of the role that its ARN names', () => {
    expect(withPolicy(failed, [ofRole(`${ROLE}-2`), ofRole(ROLE)]).aws?.role?.arn).toBe(ROLE);
    expect(withPolicy(failed, [ofRole(`${ROLE}-2`)])).toBe(failed);
  });

  it('without an ARN is that of whichever role failed, where it is the only one', () => {
    expect(withPolicy(failed, [readGivenPolicy(policy)]).aws?.role).toEqual({
      arn: ROLE,
      trustPolicy: policy,
    });
    expect(withPolicy(failed, [readGivenPolicy(policy), readGivenPolicy(policy)])).toBe(failed);
    expect(withPolicy({ attempt: {} }, [ofRole(ROLE)]).attempt.roleArn).toBe(ROLE);
  });
});
