// Which roles a snapshot of IAM and EKS says serve one workload only, and which it does not say it of.
import { describe, expect, it } from 'vitest';
import { type Snapshot, snapshotRoles } from '../../src/diagnosis/snapshot-roles.ts';
import { ISSUER, PROVIDER, ROLE, SUBJECT } from '../corpus/failed-assumption.ts';

const CLUSTER = 'arn:aws:eks:us-west-2:111122223333:cluster/prod';

const trusting = (conditions: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: conditions,
  ...more,
});
const exactly = (sub: unknown) =>
  trusting({ StringEquals: { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } });
const PODS = {
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
};
const snapshotOf = (statements: object[], more: Partial<Snapshot> = {}): Snapshot => ({
  version: 1,
  takenAt: '2026-10-05T00:00:00Z',
  account: '111122223333',
  roles: [{ arn: ROLE, trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }],
  associations: [],
  unread: [],
  ...more,
});
const ASSOCIATION = {
  clusterArn: CLUSTER,
  clusterName: 'prod',
  namespace: 'payments',
  serviceAccount: 'api',
  roleArn: ROLE,
  targetRoleArn: null,
};

describe('a role serves one workload', () => {
  it('where its trust policy admits one subject of a provider', () => {
    expect(snapshotRoles(snapshotOf([exactly(SUBJECT)]))).toEqual([
      {
        evidence: 'trust-policy',
        role_arn: ROLE,
        provider: PROVIDER,
        cluster_id: null,
        cluster: null,
        namespace: 'payments',
        service_account: 'api',
      },
    ]);
  });

  it('where one association alone gives it, and it trusts nobody but EKS', () => {
    expect(snapshotRoles(snapshotOf([PODS], { associations: [ASSOCIATION] }))).toEqual([
      {
        evidence: 'association',
        role_arn: ROLE,
        provider: null,
        cluster_id: CLUSTER,
        cluster: 'prod',
        namespace: 'payments',
        service_account: 'api',
      },
    ]);
  });

  it.each<[string, object[], Partial<Snapshot>]>([
    ['it admits two subjects', [exactly([SUBJECT, 'system:serviceaccount:payments:web'])], {}],
    [
      'a second statement admits another',
      [exactly(SUBJECT), exactly('system:serviceaccount:payments:web')],
      {},
    ],
    [
      'a second statement admits any',
      [exactly(SUBJECT), trusting({ StringEquals: { [`${ISSUER}:aud`]: 'x' } })],
      {},
    ],
    [
      'it admits by a pattern',
      [trusting({ StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:payments:*' } })],
      {},
    ],
    [
      'its condition is one that leaves others',
      [trusting({ StringNotEquals: { [`${ISSUER}:sub`]: SUBJECT } })],
      {},
    ],
    [
      'it admits tokens without a subject',
      [trusting({ StringEqualsIfExists: { [`${ISSUER}:sub`]: SUBJECT } })],
      {},
    ],
    ['its subject is no ServiceAccount', [exactly('repo:octo/app:ref:refs/heads/main')], {}],
    ['it denies that subject', [exactly(SUBJECT), { ...exactly(SUBJECT), Effect: 'Deny' }], {}],
    [
      'it trusts whoever is not named',
      [exactly(SUBJECT), { Effect: 'Allow', NotPrincipal: { AWS: '111122223333' }, Action: '*' }],
      {},
    ],
    [
      'it trusts everybody besides',
      [exactly(SUBJECT), { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }],
      {},
    ],
    [
      'two associations give it',
      [PODS],
      { associations: [ASSOCIATION, { ...ASSOCIATION, serviceAccount: 'web' }] },
    ],
    [
      'the association has a target role',
      [PODS],
      { associations: [{ ...ASSOCIATION, targetRoleArn: `${ROLE}-2` }] },
    ],
    [
      'somebody else may assume it',
      [PODS, { ...PODS, Principal: { Service: 'ec2.amazonaws.com' } }],
      { associations: [ASSOCIATION] },
    ],
    [
      'a cluster could not be read',
      [PODS],
      { associations: [ASSOCIATION], unread: [{ what: 'x', why: 'y' }] },
    ],
  ])('but not where %s', (_claim, statements, more) => {
    expect(snapshotRoles(snapshotOf(statements, more))).toEqual([]);
  });

  it('but not where its policy is none', () => {
    expect(snapshotRoles(snapshotOf([], { roles: [{ arn: ROLE, trustPolicy: '{"' }] }))).toEqual([]);
  });
});
