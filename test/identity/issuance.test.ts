// Issuances: what an attempt to assume a role says by itself.
import { describe, expect, it } from 'vitest';
import { hopsOf, readIssuance, workloadOf } from '../../src/identity/issuance.ts';
import type { TrailRecord } from '../../src/trail/record.ts';
import {
  ALICE,
  API,
  byCaller,
  byToken,
  call,
  EKS_AUTH,
  forPod,
  ISSUER,
  KEY,
  LAMBDA,
  MASKED,
  OTHER_PROVIDER,
  POD,
  PROVIDER,
  ROLE,
  SECOND_ROLE,
  session,
  WORKER,
} from './records.ts';

function issuance(record: TrailRecord, known?: Parameters<typeof readIssuance>[1]) {
  const found = readIssuance(record, known);
  if (found === null) throw new RangeError('no issuance');
  return found;
}

const api = { clusterId: PROVIDER, cluster: ISSUER, namespace: 'frontend', serviceAccount: 'api' };
const worker = {
  clusterId: 'arn:aws:eks:us-west-2:111122223333:cluster/shop',
  cluster: 'shop',
  namespace: 'orders',
  serviceAccount: 'worker',
};

describe('an issuance', () => {
  it('is no call but an assumption', () => expect(readIssuance(call(session()))).toBeNull());

  it('holds what later records are held against', () => {
    const record = byToken({ sharedEventId: 'c30ac43f-0000-4000-8000-000000000001' });
    expect(readIssuance(record)).toEqual({
      id: `${record.eventId}/111122223333/us-west-2`,
      isIssued: true,
      issuedAt: Date.UTC(2026, 9, 5, 3),
      expiresAt: Date.UTC(2026, 9, 5, 4),
      sharedEventId: 'c30ac43f-0000-4000-8000-000000000001',
      caller: record.principal,
      roleArn: ROLE,
      roleSessionName: 'botocore-session-1791169200',
      issuedKeyId: KEY,
      assumedRoleId: 'AROAEXAMPLEROLE000001:botocore-session-1791169200',
      mechanism: 'irsa',
      provider: PROVIDER,
      cluster: { id: PROVIDER, name: ISSUER },
      subject: { namespace: 'frontend', serviceAccount: 'api' },
      pod: null,
      podUid: null,
      isDelegated: false,
    });
  });

  it('has an id even where its record has none', () => {
    const record = { ...byToken(), eventId: null, contentHash: 'b5bb9d80', recipientAccountId: null };
    expect(issuance(record).id).toBe('b5bb9d80//us-west-2');
  });

  it('begins no session where it failed, and names its subject all the same', () => {
    const failed = issuance(byToken({ error: 'AccessDenied' }));
    expect(failed).toMatchObject({ isIssued: false, issuedKeyId: null, mechanism: 'irsa' });
    expect(workloadOf(failed)).toEqual(api);
  });
});

describe('a web identity', () => {
  it.each([
    ['irsa where both copies name a subject', {}, 'irsa', api],
    ['irsa where only the token subject is readable', { userName: MASKED, tokenSubject: API }, 'irsa', api],
    ['irsa of nobody where the copies differ', { tokenSubject: WORKER }, 'irsa', null],
    [
      'a plain one where the subject is no ServiceAccount',
      { userName: 'repo:example/app' },
      'web-identity',
      null,
    ],
    ['a plain one where nothing is readable', { userName: null }, 'web-identity', null],
  ] as const)('is %s', (_, token, mechanism, workload) => {
    const found = issuance(byToken(token));
    expect(found.mechanism).toBe(mechanism);
    expect(workloadOf(found)).toEqual(workload);
    expect(found.cluster).toEqual({ id: PROVIDER, name: ISSUER });
    expect(hopsOf(found)).toEqual([ROLE]);
  });

  it.each([
    ['userIdentity', { provider: PROVIDER, responseProvider: OTHER_PROVIDER }, PROVIDER],
    [
      'the response',
      { provider: null, responseProvider: OTHER_PROVIDER, principalId: 'masked' },
      OTHER_PROVIDER,
    ],
    ['principalId', { provider: null, principalId: `${PROVIDER}:sts.amazonaws.com:${API}` }, PROVIDER],
    [
      'principalId of another partition',
      { provider: null, principalId: `arn:aws-cn:iam::111122223333:oidc-provider/k8s.example.com:a:b` },
      'arn:aws-cn:iam::111122223333:oidc-provider/k8s.example.com',
    ],
    ['nothing readable', { provider: null, principalId: MASKED }, null],
    ['an id that only ends like one', { provider: null, principalId: `x${PROVIDER}:a:b` }, null],
    ['an id that is cut', { provider: null, principalId: PROVIDER }, null],
  ] as const)('has its provider from %s', (_, token, provider) =>
    expect(issuance(byToken(token)).provider).toBe(provider),
  );

  it('is of no cluster where no provider can be read', () =>
    expect(workloadOf(issuance(byToken({ provider: null, principalId: MASKED })))).toEqual({
      ...api,
      clusterId: null,
      cluster: null,
    }));

  it('is of a cluster without a name where the provider is no IAM provider', () =>
    expect(issuance(byToken({ provider: 'accounts.example.com' })).cluster).toEqual({
      id: 'accounts.example.com',
      name: null,
    }));

  it('has its role for a way, whatever role the caller may show', () => {
    const found = issuance(byToken());
    expect(hopsOf({ ...found, caller: { ...found.caller, sessionIssuerArn: SECOND_ROLE } })).toEqual([ROLE]);
  });

  it('is of the cluster that the operator has named for its issuer', () => {
    const known = new Map([
      [ISSUER, { id: 'arn:aws:eks:us-west-2:111122223333:cluster/shop', name: 'shop' }],
    ]);
    expect(issuance(byToken(), known).cluster).toEqual(known.get(ISSUER));
    expect(issuance(byToken({ provider: OTHER_PROVIDER }), known).cluster.id).toBe(OTHER_PROVIDER);
  });
});

describe('an assumption by EKS Auth', () => {
  it('names the workload and the pod by its tags', () => {
    const found = issuance(forPod());
    expect(found).toMatchObject({
      mechanism: 'pod-identity',
      pod: 'worker-7d4b9c6f5-x2x8k',
      podUid: '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
      provider: null,
    });
    expect(workloadOf(found)).toEqual(worker);
    expect(hopsOf(found)).toEqual([ROLE]);
  });

  it('reads the cluster’s name from its ARN where the tag is absent', () => {
    const { 'eks-cluster-name': _, ...tags } = POD;
    expect(issuance(forPod({ tags })).cluster.name).toBe('shop');
    expect(issuance(forPod({ tags: { ...tags, 'eks-cluster-arn': 'shop' } })).cluster.name).toBeNull();
  });

  it('may name a workload without a cluster', () => {
    const { 'eks-cluster-name': _, 'eks-cluster-arn': __, ...tags } = POD;
    expect(workloadOf(issuance(forPod({ tags })))).toEqual({ ...worker, clusterId: null, cluster: null });
  });

  it.each([
    ['all tags are switched off', {}, null],
    ['there is a namespace only', { 'kubernetes-namespace': 'orders', 'kubernetes-pod-name': 'p' }, null],
    [
      'there is a ServiceAccount only',
      { 'kubernetes-service-account': 'worker', 'kubernetes-pod-uid': 'u' },
      null,
    ],
    ['the cluster alone is told', { 'eks-cluster-arn': POD['eks-cluster-arn'] }, POD['eks-cluster-arn']],
  ])('names nobody and no pod where %s', (_, tags, id) => {
    const found = issuance(forPod({ tags }));
    expect(found).toMatchObject({ mechanism: 'pod-identity', subject: null, pod: null, podUid: null });
    expect(found.cluster.id).toBe(id);
  });

  it('with an association’s first session names the pod of the tags that came along, and both roles', () => {
    const caller = session({ invokedBy: 'pods.eks.amazonaws.com' });
    const found = issuance(byCaller({ caller, role: SECOND_ROLE, incomingTags: POD }));
    expect(workloadOf(found)).toEqual(worker);
    expect(hopsOf(found)).toEqual([ROLE, SECOND_ROLE]);
  });

  it('with an association’s first session and no tags is the next link of a chain', () => {
    const caller = session({ invokedBy: 'pods.eks.amazonaws.com' });
    const found = issuance(byCaller({ caller, role: SECOND_ROLE }));
    expect(found).toMatchObject({ mechanism: 'assumed', subject: null });
    expect(hopsOf(found)).toEqual([ROLE, SECOND_ROLE]);
  });
});

describe('any other assumption', () => {
  it.each([
    ['a person’s, even with all tags', { caller: ALICE, tags: POD }],
    ['another service’s, even with all tags', { caller: LAMBDA, tags: POD }],
    ['a session’s with a pod’s tags', { caller: session(), incomingTags: POD }],
    [
      'by SAML, whatever it says of EKS Auth',
      { caller: EKS_AUTH, tags: POD, eventName: 'AssumeRoleWithSAML' },
    ],
  ])('%s, names nobody by itself', (_, options) =>
    expect(issuance(byCaller(options))).toMatchObject({
      mechanism: 'assumed',
      cluster: { id: null, name: null },
      subject: null,
      pod: null,
      podUid: null,
    }),
  );

  it('has no role but the one asked for, or none that can be read', () => {
    expect(hopsOf(issuance(byCaller({ caller: ALICE })))).toEqual([ROLE]);
    expect(hopsOf({ ...issuance(byCaller({ caller: ALICE })), roleArn: null })).toEqual([]);
  });
});

describe('a delegate', () => {
  const csi = 'aws-sdk-go-v2/1.30.3 app/secrets-store-csi-driver-provider-aws-0.3.9';

  it.each([
    ['is External Secrets by its session name', { name: 'external-secrets-provider-aws' }, true],
    ['is the Secrets Store CSI provider by its user agent', { userAgent: csi }, true],
    ['is that, too, where the session name is hidden', { userAgent: csi, name: null }, true],
    ['is nobody of another name', { name: 'external-secrets-provider-aws-2' }, false],
    ['can’t be told where the session name is hidden', { name: null }, null],
  ])('%s', (_, token, expected) => expect(issuance(byToken(token)).isDelegated).toBe(expected));

  it('is told by the name where there is no user agent', () =>
    expect(issuance({ ...byToken(), userAgent: null }).isDelegated).toBe(false));
});
