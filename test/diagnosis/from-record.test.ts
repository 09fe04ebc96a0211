// What one record tells of a failure: of a token, of a pod's association, of the agent, of a call.
import { describe, expect, it } from 'vitest';
import { attemptOfRecord } from '../../src/diagnosis/from-record.ts';
import { readIssuance, workloadOf } from '../../src/identity/issuance.ts';
import { parseRecord } from '../../src/trail/record.ts';
import { assumptionAttempt, FAILED_ASSUMPTION, ISSUER, PROVIDER, ROLE } from '../corpus/failed-assumption.ts';

function attemptOf(value: object) {
  const { record, fault } = parseRecord(value as Record<string, unknown>);
  if (record === null) throw new RangeError(fault);
  const issuance = readIssuance(record);
  const workload = issuance === null ? null : workloadOf(issuance);
  return attemptOfRecord(record, issuance, { workload, roleArn: issuance?.roleArn ?? null });
}

describe('the attempt of a record', () => {
  it('is that of a token, with the audience that its principal has', () => {
    expect(attemptOf(FAILED_ASSUMPTION)).toEqual({
      mechanism: 'irsa',
      namespace: 'payments',
      serviceAccount: 'api',
      issuer: ISSUER,
      audience: 'sts.amazonaws.com',
      roleArn: ROLE,
      region: 'us-west-2',
      accountId: '111122223333',
      clusterName: ISSUER,
      action: 'AssumeRoleWithWebIdentity',
      errorCode: 'AccessDenied',
      errorMessage: 'An unknown error occurred',
      at: Date.parse('2026-10-05T15:09:08Z'),
    });
  });

  it('has the audience of the response where there is one, and none where nothing tells it', () => {
    expect(
      attemptOf(assumptionAttempt({ responseElements: { audience: 'other', provider: PROVIDER } })).audience,
    ).toBe('other');
    const masked = {
      type: 'WebIdentityUser',
      principalId: 'x',
      userName: 'system:serviceaccount:a:b',
      identityProvider: PROVIDER,
    };
    expect(attemptOf(assumptionAttempt({ userIdentity: masked })).audience).toBeUndefined();
  });

  it('is that of a pod where EKS assumes the role for it', () => {
    const arn = 'arn:aws:eks:us-west-2:111122223333:cluster/prod';
    const tags = [
      { key: 'eks-cluster-arn', value: arn },
      { key: 'eks-cluster-name', value: 'prod' },
      { key: 'kubernetes-namespace', value: 'payments' },
      { key: 'kubernetes-service-account', value: 'api' },
    ];
    const ofPod = assumptionAttempt({
      eventName: 'AssumeRole',
      userIdentity: { type: 'AWSService', invokedBy: 'pods.eks.amazonaws.com' },
      requestParameters: { roleArn: ROLE, roleSessionName: 'eks-prod-api-1', tags },
      errorCode: 'AccessDenied',
    });
    expect(attemptOf(ofPod)).toMatchObject({
      mechanism: 'pod-identity',
      clusterArn: arn,
      clusterName: 'prod',
      namespace: 'payments',
      action: 'AssumeRole',
    });
  });

  it('is that of the agent, which names no pod', () => {
    const ofAgent = assumptionAttempt({
      eventSource: 'eks-auth.amazonaws.com',
      eventName: 'AssumeRoleForPodIdentity',
      errorCode: 'AccessDenied',
    });
    expect(attemptOf(ofAgent)).toMatchObject({
      mechanism: 'pod-identity',
      action: 'AssumeRoleForPodIdentity',
    });
  });

  it('is a call with its service else', () => {
    const call = assumptionAttempt({
      eventSource: 's3.amazonaws.com',
      eventName: 'GetObject',
      errorCode: 'AccessDenied',
    });
    expect(attemptOf(call)).toMatchObject({ action: 's3:GetObject', errorCode: 'AccessDenied' });
    expect(attemptOf(call).mechanism).toBeUndefined();
  });
});
