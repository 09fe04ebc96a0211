// What is said of a denied call follows from its message: which role and which kind of policy, and a fix that can help.
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Facts } from '../../src/diagnosis/facts.ts';
import { reportOf } from '../../src/diagnosis/report.ts';
import { attemptOf } from '../../src/diagnosis/said.ts';
import { CAUSE_FIXTURES, ROLE } from './cause-fixtures.ts';

const said = (line: string): Facts => ({ attempt: attemptOf([line]), said: [line] });
const found = (facts: Facts) => diagnose(facts).found.map(({ cause, certainty }) => [cause.id, certainty]);

const SESSION = 'User: arn:aws:sts::111122223333:assumed-role/payments-api/s is not authorized to perform:';
const NODE = SESSION.replace('payments-api/s', 'node/i-0123456789abcdef0');
const REPORTS = 'arn:aws:iam::444455556666:role/reports';

describe('a denied assumption of a further role', () => {
  it.each<[string, string, string[]]>([
    [
      'by its trust policy',
      'sts:AssumeRole because no role trust policy allows the sts:AssumeRole action',
      ['target-role-refused', 'proven'],
    ],
    [
      'by its trust policy, as a policy of a resource',
      `sts:AssumeRole on resource: ${REPORTS} because no resource-based policy allows the sts:AssumeRole action`,
      ['target-role-refused', 'proven'],
    ],
    [
      "by the caller's own policies",
      `sts:AssumeRole on resource: ${REPORTS} because no identity-based policy allows the sts:AssumeRole action`,
      ['denied-by-identity-policy', 'proven'],
    ],
    [
      'by the organization',
      `sts:AssumeRole on resource: ${REPORTS} with an explicit deny in a service control policy`,
      ['denied-by-service-control-policy', 'proven'],
    ],
    ['by itself', `sts:AssumeRole on resource: ${ROLE}`, ['role-assumes-itself', 'proven']],
  ])('%s is that alone', (_claim, message, cause) => {
    expect(found(said(`AccessDenied: ${SESSION} ${message}`))).toEqual([cause]);
  });

  it("by a node's role is no reason to let that role assume it", () => {
    expect(found(said(`AccessDenied: ${NODE} sts:AssumeRole on resource: ${ROLE}`))).toEqual([
      ['node-role-used', 'likely'],
    ]);
  });

  it('of a user is no reason to allow it to the user', () => {
    const user = 'User: arn:aws:iam::111122223333:user/ana is not authorized to perform:';
    const message = `${user} s3:ListBucket on resource: "arn:aws:s3:::b" because no identity-based policy allows the s3:ListBucket action`;
    expect(found(said(message))).toEqual([
      ['static-keys-used', 'likely'],
      ['denied-by-identity-policy', 'likely'],
    ]);
  });

  it('is simulated for the role that asked, and allowed to it', () => {
    const { actions } = reportOf(
      diagnose(
        said(
          `AccessDenied: ${SESSION} sts:AssumeRole on resource: ${REPORTS} because no identity-based policy allows the sts:AssumeRole action`,
        ),
      ),
    );
    expect(actions.map(({ command }) => command)).toEqual([
      `aws iam simulate-principal-policy --policy-source-arn ${ROLE} --action-names sts:AssumeRole`,
      'aws iam put-role-policy --role-name payments-api --policy-name <name> --policy-document file://statement.json',
    ]);
  });
});

describe('a denied call', () => {
  it('is not told where the pod does not get its own role', () => {
    const refusals = [
      said(
        'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity',
      ),
      said(
        'AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role.',
      ),
      CAUSE_FIXTURES['pod-identity-trust-not-known']?.shows ?? { attempt: {} },
    ];
    for (const refusal of refusals) {
      const ids = found(refusal).map(([id]) => id);
      expect([ids.length > 0, ids.includes('denied-unsaid')]).toEqual([true, false]);
    }
  });

  it('that a Deny statement of the role keeps out is not helped by another statement', () => {
    const message = `${SESSION} s3:GetObject on resource: "arn:aws:s3:::b/k" with an explicit deny in an identity-based policy`;
    const report = reportOf(diagnose(said(message)));
    expect([report.id, report.added_policy]).toEqual(['explicitly-denied-by-identity-policy', null]);
    expect(report.actions.filter(({ safety }) => safety !== 'GREEN')).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['prod/db', null],
    ['*', '*'],
    [
      'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/db',
      'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/db',
    ],
  ])('on the resource %s is allowed by a statement that IAM takes', (resource, allowed) => {
    const message = `AccessDeniedException: ${SESSION} secretsmanager:GetSecretValue on resource: ${resource} because no identity-based policy allows the secretsmanager:GetSecretValue action`;
    const { added_policy: policy } = reportOf(diagnose(said(message)));
    expect((policy as { Statement: [{ Resource: string }] } | null)?.Statement[0].Resource ?? null).toBe(
      allowed,
    );
  });
});

describe('the agent that may not ask EKS Auth', () => {
  it('says nothing of the role, nor of the workload that would use it', () => {
    const facts: Facts = {
      attempt: {
        mechanism: 'pod-identity',
        action: 'AssumeRoleForPodIdentity',
        errorCode: 'AccessDenied',
        errorMessage: `${NODE} eks-auth:AssumeRoleForPodIdentity on resource: arn:aws:eks:us-west-2:111122223333:cluster/prod`,
      },
    };
    expect(found(facts)).toEqual([['node-may-not-ask-eks-auth', 'proven']]);
  });
});

describe('what clients print where nothing answers', () => {
  it.each([
    ['Connect timeout on endpoint URL: "https://sts.us-west-2.amazonaws.com/"', 'sts-unreachable', 'proven'],
    ['Could not connect to the endpoint URL: "https://sts.amazonaws.com/"', 'sts-unreachable', 'proven'],
    ['getaddrinfo ENOTFOUND sts.eu-central-1.amazonaws.com', 'sts-unreachable', 'proven'],
    ['Connect timeout on endpoint URL: "http://169.254.170.23/v1/credentials"', 'agent-proxied', 'likely'],
    ['ExpiredToken: The provided token has expired.', 'sdk-does-not-refresh', 'likely'],
  ])('%s is told', (line, id, certainty) => {
    expect(found(said(line))).toEqual([[id, certainty]]);
  });
});

describe('throttling', () => {
  it('is that of STS or EKS only where the message or the record says so', () => {
    expect(
      found(
        said(
          'An error occurred (ThrottlingException) when calling the PutMetricData operation: Rate exceeded',
        ),
      ),
    ).toEqual([['throttled', 'possible']]);
    expect(
      found(said('operation error EKS Auth: AssumeRoleForPodIdentity, ThrottlingException: Rate exceeded')),
    ).toEqual([['throttled', 'proven']]);
    const record: Facts = {
      attempt: { mechanism: 'irsa', action: 'AssumeRoleWithWebIdentity', errorCode: 'ThrottlingException' },
    };
    expect(found(record)).toEqual([['throttled', 'proven']]);
  });
});
