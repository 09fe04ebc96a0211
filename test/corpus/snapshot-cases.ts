// Records that only a snapshot names: sessions whose issuance is not there or names nobody, and one that the records name otherwise.
import type { Snapshot } from '../../src/diagnosis/snapshot-roles.ts';
import { ISSUER, PROVIDER } from './cases.ts';
import { APPS, at, byToken, forPod, getObject, key, type Session, sessionIdentity } from './parts.ts';

const role = (name: string) => `arn:aws:iam::${APPS}:role/${name}`;
const CLUSTER = `arn:aws:eks:us-west-2:${APPS}:cluster/shop`;

const older = (word: string): Session => ({
  role: role(word),
  name: 'aws-sdk-js-session-1791160000000',
  began: at('02:30:00'),
  key: key(`${word}-old`),
  provider: PROVIDER,
});
const pod = (word: string): Session => ({
  role: role(word),
  name: 'eks-shop-billing-5c-2b9a7c52-6c1e-4c5d-9b1f-0d8e7a6b5c4d',
  began: at('03:04:00'),
  key: key(word),
});
const read = (id: string, who: Session, bucket: string, time: string) =>
  getObject({ id, time: at(time), who: sessionIdentity(who), bucket, key: '1' });

const trusting = (subject: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${ISSUER}:sub`]: subject, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } },
      },
    ],
  });
const OF_EKS = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
});

export const SNAPSHOT: Snapshot = {
  version: 1,
  takenAt: at('00:00:00'),
  account: APPS,
  roles: [
    { arn: role('trusted'), trustPolicy: trusting('system:serviceaccount:cart:web') },
    { arn: role('shared'), trustPolicy: OF_EKS },
    { arn: role('untagged'), trustPolicy: OF_EKS },
  ],
  associations: [
    { clusterArn: CLUSTER, clusterName: 'shop', namespace: 'billing', serviceAccount: 'worker', roleArn: role('untagged'), targetRoleArn: null },
    { clusterArn: CLUSTER, clusterName: 'shop', namespace: 'billing', serviceAccount: 'one', roleArn: role('shared'), targetRoleArn: null },
    { clusterArn: CLUSTER, clusterName: 'shop', namespace: 'billing', serviceAccount: 'two', roleArn: role('shared'), targetRoleArn: null },
  ],
  unread: [],
};

const RECORDS = [
  read('trusted call', older('trusted'), 'trusted', '03:10:00'),
  read('another role', older('other'), 'other', '03:11:00'),
  forPod({ id: 'untagged issuance', session: pod('untagged') }),
  read('untagged call', pod('untagged'), 'untagged', '03:12:00'),
  forPod({ id: 'shared issuance', session: pod('shared') }),
  read('shared call', pod('shared'), 'shared', '03:13:00'),
];

/** Who is named, by the bucket that was read: evidence, confidence, namespace, ServiceAccount. */
export const CASES = {
  records: RECORDS,
  says: {
    trusted: ['trust-policy', 'inferred', 'cart', 'web'],
    other: ['provider', 'inferred', null, null],
    untagged: ['association', 'inferred', 'billing', 'worker'],
    shared: [null, 'unknown', null, null],
  },
};

/** What the records themselves say of the trusted role, which goes before the snapshot. */
export const CONTRADICTION = byToken({
  id: 'trusted issuance to another',
  session: { ...older('trusted'), began: at('03:09:00'), key: key('trusted-new') },
  subject: 'system:serviceaccount:cart:batch',
  provider: PROVIDER,
});
