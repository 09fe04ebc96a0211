// The corpus: records as CloudTrail writes them, each case with the reason why it exists and what podtrail must say of it.
// All cases together make one trail, in which each has roles and keys of its own, so that none changes another's answer.
import {
  APPS,
  ARCHIVE,
  at,
  byCaller,
  byToken,
  type Call,
  call,
  DATA,
  foreignIdentity,
  forPod,
  getObject,
  idOf,
  type Json,
  key,
  MASKED,
  type PodTags,
  type Session,
  sessionIdentity,
} from './parts.ts';

export interface CorpusCase {
  name: string;
  why: string;
  records: Json[];
  /** What the answer must hold for the record of this id; records that are left out must not appear in it. */
  says: Record<string, Json>;
}

export const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C';
export const PROVIDER = `arn:aws:iam::${APPS}:oidc-provider/${ISSUER}`;
export const OTHER_ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
export const OTHER_PROVIDER = `arn:aws:iam::${APPS}:oidc-provider/${OTHER_ISSUER}`;
export const GITHUB = `arn:aws:iam::${APPS}:oidc-provider/token.actions.githubusercontent.com`;
export const SHOP = `arn:aws:eks:us-west-2:${APPS}:cluster/shop`;

const role = (name: string, account = APPS) => `arn:aws:iam::${account}:role/${name}`;
const subject = (namespace: string, serviceAccount: string) =>
  `system:serviceaccount:${namespace}:${serviceAccount}`;
const NOBODY = {
  workload_cluster_id: null,
  workload_cluster: null,
  workload_namespace: null,
  workload_service_account: null,
  workload_pod: null,
  workload_pod_uid: null,
  workload_mechanism: null,
  evidence: null,
  confidence: 'unknown',
  candidates: [],
  hops: [],
};
const irsa = (namespace: string, serviceAccount: string, more: Json = {}): Json => ({
  principal_class: 'workload',
  workload_cluster_id: PROVIDER,
  workload_cluster: ISSUER,
  workload_namespace: namespace,
  workload_service_account: serviceAccount,
  workload_pod: null,
  workload_pod_uid: null,
  workload_mechanism: 'irsa',
  confidence: 'exact',
  candidates: [],
  ...more,
});

const api: Session = {
  role: role('apps/frontend-api'),
  name: 'aws-sdk-java-1791169200000',
  began: at('03:00:00'),
  key: key('frontend-api'),
  provider: PROVIDER,
};
const irsaCase: CorpusCase = {
  name: 'irsa',
  why: 'The plainest way: a ServiceAccount token becomes a key, and the key makes a call. The role has a path, which the ARN of the session loses.',
  records: [
    byToken({ id: 'irsa issuance', session: api, subject: subject('frontend', 'api'), provider: PROVIDER }),
    getObject({
      id: 'irsa call',
      time: at('03:10:00'),
      who: sessionIdentity(api),
      bucket: 'pii-exports',
      key: '2026/10/customers.csv',
    }),
    getObject({
      id: 'irsa denied call',
      time: at('03:10:30'),
      who: sessionIdentity(api),
      bucket: 'pii-exports',
      key: '2026/10/salaries.csv',
      error: 'AccessDenied',
    }),
  ],
  says: {
    'irsa issuance': irsa('frontend', 'api', {
      evidence: 'own-token',
      hops: [api.role],
      resources: [api.role],
      principal_type: 'WebIdentityUser',
      principal_arn: null,
      access_key_id: null,
    }),
    'irsa call': irsa('frontend', 'api', {
      evidence: 'issued-key',
      hops: [api.role],
      error_code: null,
      event_source: 's3.amazonaws.com',
      event_name: 'GetObject',
      principal_type: 'AssumedRole',
      principal_arn: `arn:aws:sts::${APPS}:assumed-role/frontend-api/aws-sdk-java-1791169200000`,
      access_key_id: api.key,
      resources: ['arn:aws:s3:::pii-exports/2026/10/customers.csv', 'arn:aws:s3:::pii-exports'],
    }),
    'irsa denied call': irsa('frontend', 'api', { evidence: 'issued-key', error_code: 'AccessDenied' }),
  },
};

const denied: Session = {
  role: role('pipelines-typo'),
  name: '1791169200123456789',
  began: at('03:01:00'),
  key: null,
};
const irsaDenied: CorpusCase = {
  name: 'irsa-denied',
  why: 'A denied assumption names the subject all the same; CloudTrail never says why it was denied, and the role may not exist.',
  records: [
    byToken({
      id: 'denied issuance',
      session: denied,
      subject: subject('argo', 'executor'),
      provider: PROVIDER,
      error: 'AccessDenied',
    }),
    byToken({
      id: 'denied retry',
      session: { ...denied, began: at('03:01:20') },
      subject: subject('argo', 'executor'),
      provider: PROVIDER,
      error: 'AccessDenied',
    }),
  ],
  says: {
    'denied issuance': irsa('argo', 'executor', {
      evidence: 'own-token',
      error_code: 'AccessDenied',
      hops: [denied.role],
    }),
    'denied retry': irsa('argo', 'executor', { evidence: 'own-token', error_code: 'AccessDenied' }),
  },
};

const masked: Session = {
  role: role('masked'),
  name: 'botocore-session-1791169320',
  began: at('03:02:00'),
  key: key('masked'),
  provider: PROVIDER,
};
const maskedName: CorpusCase = {
  name: 'masked-user-name',
  why: 'CloudTrail masks a userName that it takes for a secret. The response then still names the subject; a denied attempt has no response, so that only the cluster is known.',
  records: [
    byToken({
      id: 'masked issuance',
      session: masked,
      subject: subject('mail', 'sender'),
      userName: MASKED,
      provider: PROVIDER,
    }),
    call({
      id: 'masked call',
      time: at('03:12:00'),
      who: sessionIdentity(masked),
      service: 'sqs',
      action: 'SendMessage',
      request: { queueUrl: `https://sqs.us-west-2.amazonaws.com/${APPS}/mail` },
    }),
    byToken({
      id: 'masked denial',
      session: { ...masked, began: at('03:02:30'), key: null },
      subject: subject('mail', 'sender'),
      userName: MASKED,
      provider: PROVIDER,
      error: 'AccessDenied',
    }),
  ],
  says: {
    'masked issuance': irsa('mail', 'sender', { evidence: 'own-token' }),
    'masked call': irsa('mail', 'sender', {
      evidence: 'issued-key',
      resources: [`arn:aws:sqs:us-west-2:${APPS}:mail`],
    }),
    'masked denial': {
      confidence: 'unknown',
      workload_namespace: null,
      workload_service_account: null,
      candidates: [],
    },
  },
};

const worker: Session = {
  role: role('orders-worker'),
  name: 'eks-shop-worker-7d4-1b9a7c52-6c1e-4c5d-9b1f-0d8e7a6b5c4d',
  began: at('03:03:00'),
  key: key('orders-worker'),
};
const workerTags: PodTags = {
  clusterArn: SHOP,
  namespace: 'orders',
  serviceAccount: 'worker',
  pod: 'worker-7d4b9c6f5-x2x8k',
  podUid: '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
};
const podWorker = {
  principal_class: 'workload',
  workload_cluster_id: SHOP,
  workload_cluster: 'shop',
  workload_namespace: 'orders',
  workload_service_account: 'worker',
  workload_pod: workerTags.pod,
  workload_pod_uid: workerTags.podUid,
  workload_mechanism: 'pod-identity',
  confidence: 'exact',
  candidates: [],
  hops: [worker.role],
};
const podIdentity: CorpusCase = {
  name: 'pod-identity',
  why: 'EKS Auth assumes the role for a pod and tags the session: the only record that proves a pod. Renewals come under a new name.',
  records: [
    forPod({ id: 'pod issuance', session: worker, tags: workerTags }),
    call({
      id: 'pod call',
      time: at('03:13:00'),
      who: sessionIdentity(worker),
      service: 'dynamodb',
      action: 'PutItem',
      request: { tableName: 'orders', key: { id: '1' } },
      resources: [
        {
          accountId: APPS,
          type: 'AWS::DynamoDB::Table',
          ARN: `arn:aws:dynamodb:us-west-2:${APPS}:table/orders`,
        },
      ],
    }),
    call({
      id: 'pod call on a longer name',
      time: at('03:13:30'),
      who: sessionIdentity(worker),
      service: 'dynamodb',
      action: 'Query',
      request: { tableName: 'orders-archive' },
    }),
  ],
  says: {
    'pod issuance': { ...podWorker, evidence: 'session-tags', principal_type: 'AWSService' },
    'pod call': {
      ...podWorker,
      evidence: 'issued-key',
      resources: [`arn:aws:dynamodb:us-west-2:${APPS}:table/orders`],
    },
    'pod call on a longer name': {
      ...podWorker,
      evidence: 'issued-key',
      resources: [`arn:aws:dynamodb:us-west-2:${APPS}:table/orders-archive`],
    },
  },
};

const untagged: Session = {
  role: role('untagged'),
  name: 'eks-shop-billing-5c-2b9a7c52-6c1e-4c5d-9b1f-0d8e7a6b5c4d',
  began: at('03:04:00'),
  key: key('untagged'),
};
const podWithoutTags: CorpusCase = {
  name: 'pod-identity-without-tags',
  why: 'Session tags can be switched off on an association. It is a pod for certain, and nothing says whose.',
  records: [
    forPod({ id: 'untagged issuance', session: untagged }),
    getObject({
      id: 'untagged call',
      time: at('03:14:00'),
      who: sessionIdentity(untagged),
      bucket: 'invoices',
      key: '1.pdf',
    }),
  ],
  says: {
    'untagged issuance': { ...NOBODY, principal_class: 'workload' },
    'untagged call': { ...NOBODY, principal_class: 'workload' },
  },
};

const reader: Session = {
  role: role('secret-reader'),
  name: 'aws-go-sdk-1791169500000000000',
  began: at('03:05:00'),
  key: key('secret-reader'),
  provider: PROVIDER,
};
const onBehalf = (withKey: string | null): Json => ({
  ...sessionIdentity({ ...reader, key: withKey }),
  invokedBy: 'secretsmanager.amazonaws.com',
});
const kmsKey = `arn:aws:kms:us-west-2:${APPS}:key/0a1b2c3d-1111-4222-8333-444455556666`;
const secretArn = `arn:aws:secretsmanager:us-west-2:${APPS}:secret:prod/db-Ab12Cd`;
const decrypt = (id: string, time: string, who: Json) =>
  call({
    id,
    time,
    who,
    service: 'kms',
    action: 'Decrypt',
    request: { encryptionContext: { SecretARN: secretArn } },
    resources: [{ accountId: APPS, type: 'AWS::KMS::Key', ARN: kmsKey }],
    more: { sourceIPAddress: 'secretsmanager.amazonaws.com', userAgent: 'secretsmanager.amazonaws.com' },
  });
const forwarded: CorpusCase = {
  name: 'forward-access-session',
  why: 'A service that calls another on behalf of the workload keeps role, name and start, but carries no key, or another one.',
  records: [
    byToken({
      id: 'reader issuance',
      session: reader,
      subject: subject('payments', 'reader'),
      provider: PROVIDER,
    }),
    call({
      id: 'reader call',
      time: at('03:15:00'),
      who: sessionIdentity(reader),
      service: 'secretsmanager',
      action: 'GetSecretValue',
      request: { secretId: 'prod/db' },
      resources: [{ accountId: APPS, type: 'AWS::SecretsManager::Secret', ARN: secretArn }],
    }),
    call({
      id: 'reader call by full name',
      time: at('03:15:10'),
      who: sessionIdentity(reader),
      service: 'secretsmanager',
      action: 'DescribeSecret',
      request: { secretId: secretArn },
    }),
    decrypt('forwarded without key', at('03:15:01'), onBehalf(null)),
    decrypt('forwarded with another key', at('03:15:02'), onBehalf(key('forwarded'))),
  ],
  says: {
    'reader issuance': irsa('payments', 'reader', { evidence: 'own-token' }),
    'reader call': irsa('payments', 'reader', { evidence: 'issued-key' }),
    'reader call by full name': irsa('payments', 'reader', {
      evidence: 'issued-key',
      resources: [secretArn],
    }),
    'forwarded without key': irsa('payments', 'reader', {
      evidence: 'session-start',
      access_key_id: null,
      hops: [reader.role],
      resources: [kmsKey],
    }),
    'forwarded with another key': irsa('payments', 'reader', {
      evidence: 'session-start',
      access_key_id: key('forwarded'),
    }),
  },
};

const first: Session = {
  role: role('chain-first'),
  name: 'botocore-session-1791169560',
  began: at('03:06:00'),
  key: key('chain-first'),
  provider: PROVIDER,
};
const second: Session = {
  role: role('chain-second'),
  name: 'second',
  began: at('03:06:10'),
  key: key('chain-second'),
};
const chain: CorpusCase = {
  name: 'chain',
  why: 'A pod takes a second role with the session of its first one. The call shows only the second.',
  records: [
    byToken({ id: 'chain issuance', session: first, subject: subject('etl', 'loader'), provider: PROVIDER }),
    byCaller({ id: 'chain step', session: second, who: sessionIdentity(first) }),
    getObject({
      id: 'chain call',
      time: at('03:16:00'),
      who: sessionIdentity(second),
      bucket: 'warehouse',
      key: 'part-0.parquet',
    }),
  ],
  says: {
    'chain issuance': irsa('etl', 'loader', { evidence: 'own-token', hops: [first.role] }),
    'chain step': irsa('etl', 'loader', { evidence: 'issued-key', hops: [first.role] }),
    'chain call': irsa('etl', 'loader', { evidence: 'chained', hops: [first.role, second.role] }),
  },
};

const near: Session = {
  role: role('cross-near'),
  name: 'botocore-session-1791169620',
  began: at('03:07:00'),
  key: key('cross-near'),
  provider: PROVIDER,
};
const far: Session = {
  role: role('shared/cross-far', DATA),
  name: 'far',
  began: at('03:07:10'),
  key: key('cross-far'),
};
const shared = { sharedEventID: idOf('shared step') };
const sharedCall = { sharedEventID: idOf('shared call') };
const crossChain: CorpusCase = {
  name: 'chain-across-accounts',
  why: "Both accounts log the step, and the copies share only sharedEventID: the caller's names the key, the target's names no key. The bucket's owner gets a copy of the call.",
  records: [
    byToken({ id: 'cross issuance', session: near, subject: subject('etl', 'exporter'), provider: PROVIDER }),
    byCaller({ id: 'cross step', session: far, who: sessionIdentity(near), more: shared }),
    byCaller({
      id: 'cross step, copy of the target',
      session: { ...far, key: far.key },
      who: foreignIdentity(near),
      account: DATA,
      more: shared,
    }),
    getObject({
      id: 'cross call',
      time: at('03:17:00'),
      who: sessionIdentity(far),
      bucket: 'archive',
      key: 'a.gz',
      account: DATA,
      more: sharedCall,
    }),
    getObject({
      id: 'cross call, copy of the owner',
      time: at('03:17:00'),
      who: sessionIdentity(far),
      bucket: 'archive',
      key: 'a.gz',
      account: ARCHIVE,
      more: sharedCall,
    }),
  ],
  says: {
    'cross issuance': irsa('etl', 'exporter', { evidence: 'own-token' }),
    'cross step': irsa('etl', 'exporter', { evidence: 'issued-key', hops: [near.role] }),
    'cross step, copy of the target': irsa('etl', 'exporter', {
      evidence: 'issued-key',
      principal_type: 'AWSAccount',
      recipient_account_id: DATA,
      access_key_id: null,
    }),
    'cross call': irsa('etl', 'exporter', { evidence: 'chained', hops: [near.role, far.role] }),
    'cross call, copy of the owner': irsa('etl', 'exporter', {
      evidence: 'chained',
      recipient_account_id: ARCHIVE,
    }),
  },
};

const alice: Json = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLEUSER000001',
  arn: `arn:aws:iam::${APPS}:user/alice`,
  accountId: APPS,
  accessKeyId: 'AKIAEXAMPLEKEY000001',
  userName: 'alice',
};
const forged: Session = {
  role: role('forged'),
  name: 'eks-shop-worker-7d4-3b9a7c52-6c1e-4c5d-9b1f-0d8e7a6b5c4d',
  began: at('03:08:00'),
  key: key('forged'),
};
const impostor: CorpusCase = {
  name: 'impostor',
  why: "Whoever may tag sessions can write a pod's tags and a pod's session name. Only EKS Auth's word counts.",
  records: [
    byCaller({ id: 'forged issuance', session: forged, who: alice, tags: workerTags }),
    getObject({
      id: 'forged call',
      time: at('03:18:00'),
      who: sessionIdentity(forged),
      bucket: 'pii-exports',
      key: '2026/10/customers.csv',
    }),
  ],
  says: {
    'forged issuance': { ...NOBODY, principal_class: 'person', access_key_id: 'AKIAEXAMPLEKEY000001' },
    'forged call': { ...NOBODY, principal_class: 'person' },
  },
};

const borrowed: Session = { role: api.role, name: 'alice', began: at('03:20:00'), key: key('borrowed') };
const borrowedOlder: Session = {
  role: api.role,
  name: 'bob',
  began: at('01:20:00'),
  key: key('borrowed-older'),
};
const sso: Session = {
  role: role('aws-reserved/sso.amazonaws.com/us-west-2/AWSReservedSSO_Admin_0123456789abcdef'),
  name: 'carol@example.com',
  began: at('02:20:00'),
  key: key('sso'),
};
const personOnPodRole: CorpusCase = {
  name: 'person-on-pod-role',
  why: "People borrow the roles of pods to look into them. A session without a provider is nobody's IRSA session, also where its issuance is not in the records.",
  records: [
    byCaller({ id: 'borrowed issuance', session: borrowed, who: alice }),
    getObject({
      id: 'borrowed call',
      time: at('03:21:00'),
      who: sessionIdentity(borrowed),
      bucket: 'pii-exports',
      key: '2026/10/customers.csv',
    }),
    getObject({
      id: 'older borrowed call',
      time: at('03:22:00'),
      who: sessionIdentity(borrowedOlder),
      bucket: 'pii-exports',
      key: '2026/10/customers.csv',
    }),
    call({
      id: 'sso call',
      time: at('03:22:30'),
      who: sessionIdentity(sso),
      service: 's3',
      action: 'ListBuckets',
    }),
  ],
  says: {
    'borrowed issuance': { ...NOBODY, principal_class: 'person' },
    'borrowed call': { ...NOBODY, principal_class: 'person' },
    'older borrowed call': { ...NOBODY, principal_class: 'role' },
    'sso call': { ...NOBODY, principal_class: 'person' },
  },
};

const instance: Session = {
  role: role('eks-node'),
  name: 'i-0123456789abcdef0',
  began: at('02:00:00'),
  key: key('node'),
};
const nodeIdentity = (): Json => {
  const who = sessionIdentity(instance);
  return { ...who, sessionContext: { ...(who.sessionContext as Json), ec2RoleDelivery: '2.0' } };
};
const node: CorpusCase = {
  name: 'node',
  why: "The node asks EKS Auth for its pods' credentials, under its own name and with the token hidden: nothing of it names a pod.",
  records: [
    call({
      id: 'node call',
      time: at('03:23:00'),
      who: nodeIdentity(),
      service: 'ecr',
      action: 'GetAuthorizationToken',
    }),
    call({
      id: 'node asks for a pod',
      time: at('03:23:10'),
      who: nodeIdentity(),
      service: 'eks-auth',
      action: 'AssumeRoleForPodIdentity',
      request: { clusterName: 'shop', token: MASKED },
    }),
  ],
  says: {
    'node call': { ...NOBODY, principal_class: 'node' },
    'node asks for a pod': { ...NOBODY, principal_class: 'node' },
  },
};

const workflow: Session = {
  role: role('deploy'),
  name: 'GitHubActions',
  began: at('03:24:00'),
  key: key('deploy'),
  provider: GITHUB,
};
const olderWorkflow: Session = { ...workflow, began: at('01:24:00'), key: key('deploy-older') };
const github: CorpusCase = {
  name: 'github-oidc',
  why: 'A web identity that is no ServiceAccount: a build job. It must not be taken for a workload, nor its provider for a cluster.',
  records: [
    byToken({
      id: 'github issuance',
      session: workflow,
      subject: 'repo:example/shop:ref:refs/heads/main',
      provider: GITHUB,
    }),
    getObject({
      id: 'github call',
      time: at('03:25:00'),
      who: sessionIdentity(workflow),
      bucket: 'releases',
      key: 'shop.tgz',
    }),
    getObject({
      id: 'older github call',
      time: at('03:25:30'),
      who: sessionIdentity(olderWorkflow),
      bucket: 'releases',
      key: 'shop.tgz',
    }),
  ],
  says: {
    'github issuance': { ...NOBODY, principal_class: 'other' },
    'github call': { ...NOBODY, principal_class: 'other' },
    'older github call': { ...NOBODY, principal_class: 'other' },
  },
};

const oneSecond = (word: string): Session => ({
  role: role('same-second'),
  name: 'external-secrets-provider-aws',
  began: at('03:26:00'),
  key: key(word),
  provider: PROVIDER,
});
const sameSecond: CorpusCase = {
  name: 'same-second',
  why: 'External Secrets takes one role for several ServiceAccounts, at once and under one name: without the key the sessions cannot be told apart, and podtrail does not choose.',
  records: [
    byToken({
      id: 'first of a second',
      session: oneSecond('one-a'),
      subject: subject('team-a', 'secrets'),
      provider: PROVIDER,
    }),
    byToken({
      id: 'second of a second',
      session: oneSecond('one-b'),
      subject: subject('team-b', 'secrets'),
      provider: PROVIDER,
    }),
    call({
      id: 'either of a second',
      time: at('03:26:30'),
      who: { ...sessionIdentity(oneSecond('one-c')), invokedBy: 'secretsmanager.amazonaws.com' },
      service: 'kms',
      action: 'Decrypt',
      resources: [{ ARN: kmsKey }],
    }),
    call({
      id: 'one of a second',
      time: at('03:26:40'),
      who: sessionIdentity(oneSecond('one-b')),
      service: 'secretsmanager',
      action: 'GetSecretValue',
      request: { secretId: 'team-b/token' },
    }),
  ],
  says: {
    'first of a second': irsa('team-a', 'secrets', { evidence: 'own-token', is_delegated: true }),
    'second of a second': irsa('team-b', 'secrets', { evidence: 'own-token', is_delegated: true }),
    'either of a second': {
      principal_class: 'workload',
      confidence: 'ambiguous',
      evidence: 'session-start',
      workload_namespace: null,
      workload_mechanism: 'irsa',
      candidates: [
        { cluster_id: PROVIDER, cluster: ISSUER, namespace: 'team-a', service_account: 'secrets' },
        { cluster_id: PROVIDER, cluster: ISSUER, namespace: 'team-b', service_account: 'secrets' },
      ],
      hops: [role('same-second')],
    },
    'one of a second': irsa('team-b', 'secrets', { evidence: 'issued-key', is_delegated: true }),
  },
};

const older = (word: string, name = 'aws-sdk-js-session-1791160000000'): Session => ({
  role: role(word),
  name,
  began: at('02:30:00'),
  key: key(`${word}-old`),
  provider: PROVIDER,
});
const sole: Session = { ...older('sole-subject'), began: at('03:27:00'), key: key('sole-subject') };
const withoutIssuance: CorpusCase = {
  name: 'issued-before-the-records',
  why: 'Sessions live for hours, so that a window of logs always begins with calls whose issuance it does not hold. The role, the name or the provider then say more or less.',
  records: [
    byToken({ id: 'sole issuance', session: sole, subject: subject('cart', 'web'), provider: PROVIDER }),
    getObject({
      id: "call by a sole subject's role",
      time: at('03:27:30'),
      who: sessionIdentity(older('sole-subject')),
      bucket: 'carts',
      key: '1.json',
    }),
    getObject({
      id: 'call by a known name',
      time: at('03:28:00'),
      who: sessionIdentity(older('named', 'eks-cart-web-1791160000')),
      bucket: 'carts',
      key: '2.json',
    }),
    getObject({
      id: 'call by a name of several readings',
      time: at('03:28:30'),
      who: sessionIdentity(older('named', 'eks-a-b-c-1791160000')),
      bucket: 'carts',
      key: '3.json',
    }),
    getObject({
      id: 'call by a provider',
      time: at('03:29:00'),
      who: sessionIdentity(older('only-provider')),
      bucket: 'carts',
      key: '4.json',
    }),
  ],
  says: {
    'sole issuance': irsa('cart', 'web', { evidence: 'own-token' }),
    "call by a sole subject's role": irsa('cart', 'web', {
      evidence: 'role-subject',
      confidence: 'inferred',
      hops: [role('sole-subject')],
    }),
    'call by a known name': irsa('cart', 'web', { evidence: 'session-name', confidence: 'inferred' }),
    'call by a name of several readings': {
      principal_class: 'workload',
      confidence: 'ambiguous',
      evidence: 'session-name',
      workload_namespace: null,
      candidates: [
        { cluster_id: PROVIDER, cluster: ISSUER, namespace: 'a', service_account: 'b-c' },
        { cluster_id: PROVIDER, cluster: ISSUER, namespace: 'a-b', service_account: 'c' },
      ],
    },
    'call by a provider': {
      principal_class: 'workload',
      confidence: 'inferred',
      evidence: 'provider',
      workload_cluster_id: PROVIDER,
      workload_cluster: ISSUER,
      workload_namespace: null,
      workload_service_account: null,
      workload_mechanism: 'irsa',
      candidates: [],
    },
  },
};

const podNamed: Session = {
  role: role('pod-named'),
  name: 'api-6c5d9f7b8-k4xpq',
  began: at('03:30:00'),
  key: key('pod-named'),
  provider: PROVIDER,
};
const podName: CorpusCase = {
  name: 'session-named-after-the-pod',
  why: "Operators set AWS_ROLE_SESSION_NAME to the pod's name. The key proves the ServiceAccount; the name is the user's word, and gives a candidate only.",
  records: [
    byToken({
      id: 'pod-named issuance',
      session: podNamed,
      subject: subject('search', 'api'),
      provider: PROVIDER,
    }),
    getObject({
      id: 'pod-named call',
      time: at('03:30:30'),
      who: sessionIdentity(podNamed),
      bucket: 'index',
      key: 'seg-1',
    }),
  ],
  says: {
    'pod-named issuance': irsa('search', 'api', { evidence: 'own-token' }),
    'pod-named call': irsa('search', 'api', {
      evidence: 'issued-key',
      pod_candidates: [
        { pod: 'api-6c5d9f7b8-k4xpq', reason: 'the session name reads like a generated pod name' },
      ],
    }),
  },
};

const bare: Session = {
  role: role('bare'),
  name: 'bare',
  began: at('03:31:00'),
  key: key('bare'),
  provider: PROVIDER,
};
const bareResponse: CorpusCase = {
  name: 'response-without-assumed-role',
  why: 'One issuance in six lacks assumedRoleUser. The key is enough.',
  records: [
    byToken({
      id: 'bare issuance',
      session: bare,
      subject: subject('logs', 'shipper'),
      provider: PROVIDER,
      response: { assumedRoleUser: undefined },
    }),
    getObject({
      id: 'bare call',
      time: at('03:31:30'),
      who: sessionIdentity(bare),
      bucket: 'logs',
      key: 'pii-exports/today.log',
    }),
    getObject({
      id: 'call on a bucket with a longer name',
      time: at('03:31:40'),
      who: sessionIdentity(bare),
      bucket: 'pii-exports-2',
      key: 'a.csv',
    }),
  ],
  says: {
    'bare issuance': irsa('logs', 'shipper', { evidence: 'own-token' }),
    'bare call': irsa('logs', 'shipper', { evidence: 'issued-key' }),
    'call on a bucket with a longer name': irsa('logs', 'shipper', { evidence: 'issued-key' }),
  },
};

const china: Session = {
  role: 'arn:aws-cn:iam::777788889999:role/beijing',
  name: 'beijing',
  began: at('03:32:00'),
  key: key('beijing'),
  provider:
    'arn:aws-cn:iam::777788889999:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/CCCC0123456789ABCDEF0123456789AB',
};
const otherPartition: CorpusCase = {
  name: 'other-partition',
  why: 'In China ARNs begin with arn:aws-cn and issuers end in .com.cn.',
  records: [
    byToken({
      id: 'beijing issuance',
      session: china,
      subject: subject('shop', 'web'),
      provider: china.provider ?? '',
      account: '777788889999',
      more: { awsRegion: 'cn-north-1' },
    }),
    call({
      id: 'beijing call',
      time: at('03:32:30'),
      who: sessionIdentity(china),
      service: 'sns',
      action: 'Publish',
      request: { topicArn: 'arn:aws-cn:sns:cn-north-1:777788889999:orders' },
      account: '777788889999',
      more: { awsRegion: 'cn-north-1' },
    }),
  ],
  says: {
    'beijing issuance': irsa('shop', 'web', {
      evidence: 'own-token',
      workload_cluster_id: china.provider,
      workload_cluster: 'oidc.eks.cn-north-1.amazonaws.com.cn/id/CCCC0123456789ABCDEF0123456789AB',
    }),
    'beijing call': irsa('shop', 'web', {
      evidence: 'issued-key',
      workload_cluster_id: china.provider,
      workload_cluster: 'oidc.eks.cn-north-1.amazonaws.com.cn/id/CCCC0123456789ABCDEF0123456789AB',
      aws_region: 'cn-north-1',
      resources: ['arn:aws-cn:sns:cn-north-1:777788889999:orders'],
    }),
  },
};

const others: CorpusCase = {
  name: 'other-callers',
  why: 'Everybody who is no workload: a service, a linked role, the root user, another account.',
  records: [
    call({
      id: 'service call',
      time: at('03:33:00'),
      who: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
      service: 'sts',
      action: 'AssumeRole',
      request: { roleArn: role('web'), roleSessionName: 'i-0123456789abcdef1' },
      response: {
        credentials: {
          accessKeyId: key('ec2'),
          sessionToken: 'FAKESESSIONTOKEN',
          expiration: 'Oct 5, 2026, 9:33:00 AM',
        },
      },
    }),
    call({
      id: 'linked role call',
      time: at('03:33:10'),
      who: {
        ...sessionIdentity({
          role: role('aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling'),
          name: 'AutoScaling',
          began: at('03:33:00'),
          key: null,
        }),
        invokedBy: 'autoscaling.amazonaws.com',
      },
      service: 'ec2',
      action: 'RunInstances',
    }),
    call({
      id: 'root call',
      time: at('03:33:20'),
      who: {
        type: 'Root',
        principalId: APPS,
        arn: `arn:aws:iam::${APPS}:root`,
        accountId: APPS,
        accessKeyId: '',
      },
      service: 'iam',
      action: 'GetAccountSummary',
    }),
    call({
      id: 'stranger call',
      time: at('03:33:30'),
      who: { type: 'AWSAccount', principalId: 'AROASTRANGERXXXXXXXXX:x', accountId: '210987654321' },
      service: 's3',
      action: 'GetObject',
      request: { bucketName: 'public', key: 'a' },
    }),
  ],
  says: {
    'service call': { ...NOBODY, principal_class: 'service' },
    'linked role call': { ...NOBODY, principal_class: 'service' },
    'root call': { ...NOBODY, principal_class: 'person', access_key_id: null },
    'stranger call': { ...NOBODY, principal_class: 'account' },
  },
};

const ancient = (): Json => {
  const {
    eventID: _id,
    recipientAccountId: _account,
    eventCategory: _category,
    managementEvent: _management,
    ...rest
  } = call({ id: 'ancient', time: at('03:34:00'), who: alice, service: 'iam', action: 'ListUsers' });
  return { ...rest, eventVersion: '1.0' };
};
const versionOne: CorpusCase = {
  name: 'version-1.0',
  why: 'The first records had no eventID: equal content is the same record. Twice in the trail, once in the answer.',
  records: [ancient(), ancient(), { ...ancient(), requestID: idOf('another ancient request') }],
  says: {},
};

const late = call({
  id: 'restated',
  time: at('03:35:00'),
  who: alice,
  service: 'ec2',
  action: 'DescribeInstances',
});
const restated: CorpusCase = {
  name: 'addendum',
  why: 'CloudTrail may deliver a record again with what it has learnt meanwhile. The restatement stands for the record.',
  records: [
    {
      ...late,
      errorCode: 'Server.InternalError',
      addendum: {
        reason: 'UPDATED_DATA',
        updatedFields: 'errorCode',
        originalRequestID: late.requestID,
        originalEventID: late.eventID,
      },
    },
    late,
  ],
  says: { restated: { ...NOBODY, error_code: 'Server.InternalError', principal_class: 'person' } },
};

const insight: CorpusCase = {
  name: 'insight',
  why: 'Insight records count calls and are none. They are skipped by name.',
  records: [
    {
      eventVersion: '1.11',
      eventTime: at('03:36:00'),
      awsRegion: 'us-west-2',
      eventID: idOf('insight'),
      eventType: 'AwsCloudTrailInsight',
      recipientAccountId: APPS,
      sharedEventID: idOf('insight pair'),
      insightDetails: {
        state: 'Start',
        eventSource: 's3.amazonaws.com',
        eventName: 'GetBucketAcl',
        insightType: 'ApiCallRateInsight',
        insightContext: {
          statistics: { baseline: { average: 0.1 }, insight: { average: 9 }, insightDuration: 1 },
        },
      },
      eventCategory: 'Insight',
    },
  ],
  says: {},
};

const scanner: Session = {
  role: role('audit-scanner'),
  name: 'botocore-session-1791171600',
  began: at('03:40:00'),
  key: key('audit-scanner'),
  provider: PROVIDER,
};
const scan = (id: string, time: string, of: Partial<Call>): Json =>
  call({ id, time, who: sessionIdentity(scanner), service: 's3', action: 'ListBuckets', ...of });
const spellings: CorpusCase = {
  name: 'spellings-of-refusal',
  why: 'Each service spells a refusal in its own way, and a failure may be none: an object that is missing, or the wrong password of a user of Cognito.',
  records: [
    byToken({
      id: 'scanner issuance',
      session: scanner,
      subject: subject('audit', 'scanner'),
      provider: PROVIDER,
    }),
    ...['03:41:00', '03:41:10'].map((time) =>
      scan(`scanner in EC2 ${time}`, at(time), {
        service: 'ec2',
        action: 'DescribeInstances',
        error: 'Client.UnauthorizedOperation',
        message: 'You are not authorized to perform this operation.',
      }),
    ),
    scan('scanner in DynamoDB', at('03:41:20'), {
      service: 'dynamodb',
      action: 'Scan',
      request: { tableName: 'ledger' },
      error: 'AccessDeniedException',
    }),
    scan('scanner in SNS', at('03:41:30'), {
      service: 'sns',
      action: 'Publish',
      request: { topicArn: `arn:aws:sns:us-west-2:${APPS}:audit` },
      error: 'AuthorizationError',
    }),
    scan('scanner in API Gateway', at('03:41:35'), {
      service: 'execute-api',
      action: 'Invoke',
      error: 'ForbiddenException',
    }),
    getObject({
      id: 'scanner misses an object',
      time: at('03:41:40'),
      who: sessionIdentity(scanner),
      bucket: 'audit-log',
      key: 'missing.json',
      error: 'NoSuchKey',
    }),
    scan('scanner knows a wrong password', at('03:41:50'), {
      service: 'cognito-idp',
      action: 'AdminInitiateAuth',
      error: 'NotAuthorizedException',
      message: 'Incorrect username or password.',
    }),
    scan('scanner lists', at('03:42:00'), { action: 'ListObjectsV2', request: { bucketName: 'audit-log' } }),
    ...['a.json', 'b.json'].map((object, second) =>
      getObject({
        id: `scanner reads ${object}`,
        time: at(`03:42:1${second}`),
        who: sessionIdentity(scanner),
        bucket: 'audit-log',
        key: object,
      }),
    ),
    scan('scanner reads a function', at('03:42:20'), {
      service: 'lambda',
      action: 'GetFunction20150331v2',
      request: { functionName: 'resize' },
    }),
    scan('scanner measures', at('03:42:30'), { service: 'monitoring', action: 'PutMetricData' }),
  ],
  says: {
    'scanner in EC2 03:41:00': irsa('audit', 'scanner', { error_code: 'Client.UnauthorizedOperation' }),
    'scanner lists': irsa('audit', 'scanner', { resources: ['arn:aws:s3:::audit-log'] }),
  },
};

const thumbnail = (second: number): Session => ({
  role: role('thumbnails'),
  name: `17911718${second}0000000000`,
  began: at(`03:43:${second}0`),
  key: key(`thumbnails-${'abcde'[second]}`),
  provider: PROVIDER,
});
const clientPerRequest: CorpusCase = {
  name: 'client-per-request',
  why: 'A process that makes a client for each request takes new credentials for each, though the old ones would have lived for an hour.',
  records: [
    ...[0, 1, 2, 3, 4].map((second) =>
      byToken({
        id: `thumbnails issuance ${second}`,
        session: thumbnail(second),
        subject: subject('web', 'thumbnails'),
        provider: PROVIDER,
      }),
    ),
    getObject({
      id: 'thumbnails call',
      time: at('03:43:41'),
      who: sessionIdentity(thumbnail(4)),
      bucket: 'images',
      key: '1.png',
    }),
  ],
  says: { 'thumbnails call': irsa('web', 'thumbnails', { evidence: 'issued-key' }) },
};

const mailer: Session = {
  role: role('mailer'),
  name: 'botocore-session-1791171840',
  began: at('03:44:00'),
  key: key('mailer'),
  provider: PROVIDER,
};
const foreignQueue: CorpusCase = {
  name: 'queue-of-another-account',
  why: "A queue's own policy lets a role of another account in. Only the caller's account has the record; the queue's ARN tells whose it is.",
  records: [
    byToken({
      id: 'mailer issuance',
      session: mailer,
      subject: subject('orders', 'mailer'),
      provider: PROVIDER,
    }),
    call({
      id: 'mailer call',
      time: at('03:44:10'),
      who: sessionIdentity(mailer),
      service: 'sqs',
      action: 'SendMessage',
      request: { queueUrl: `https://sqs.us-west-2.amazonaws.com/${DATA}/letters` },
    }),
    call({
      id: 'mailer call at home',
      time: at('03:44:20'),
      who: sessionIdentity(mailer),
      service: 'sqs',
      action: 'ReceiveMessage',
      request: { queueUrl: `https://sqs.us-west-2.amazonaws.com/${APPS}/outbox` },
    }),
  ],
  says: {
    'mailer call': irsa('orders', 'mailer', { resources: [`arn:aws:sqs:us-west-2:${DATA}:letters`] }),
  },
};

const mounted: Session = {
  role: role('billing-secrets'),
  name: '1791171900000000000',
  began: at('03:45:00'),
  key: key('billing'),
  provider: PROVIDER,
};
const mountedSecret: CorpusCase = {
  name: 'secrets-store-csi-driver',
  why: "The driver fetches a secret as the pod's ServiceAccount, from its own pod. Only the user agent of the issuance tells.",
  records: [
    byToken({
      id: 'driver issuance',
      session: mounted,
      subject: subject('billing', 'api'),
      provider: PROVIDER,
      more: {
        userAgent:
          'aws-sdk-go/1.55.5 (go1.22.5; linux; amd64) secrets-store-csi-driver-provider-aws/1.0.r2-72-gfb78a36',
      },
    }),
    call({
      id: 'driver call',
      time: at('03:45:10'),
      who: sessionIdentity(mounted),
      service: 'secretsmanager',
      action: 'GetSecretValue',
      request: { secretId: 'billing/key' },
    }),
    call({
      id: 'driver denied call',
      time: at('03:45:20'),
      who: sessionIdentity(mounted),
      service: 'secretsmanager',
      action: 'GetSecretValue',
      request: { secretId: 'billing/root' },
      error: 'AccessDeniedException',
    }),
  ],
  says: {
    'driver issuance': irsa('billing', 'api', { is_delegated: true }),
    'driver call': irsa('billing', 'api', { is_delegated: true, evidence: 'issued-key' }),
  },
};

const nightly = (began: string, word: string | null): Session => ({
  role: role('nightly-report'),
  name: `botocore-session-${began.replaceAll(':', '')}`,
  began: at(began),
  key: word === null ? null : key(`nightly-${word}`),
  provider: PROVIDER,
  hours: 0.25,
});
const goneQuiet: CorpusCase = {
  name: 'refused-renewal',
  why: 'A trust policy changes under a running workload: it renewed its credentials, and then every attempt fails while the last key runs out.',
  records: [
    ...(
      [
        ['03:05:30', 'one', undefined],
        ['03:19:00', 'two', undefined],
        ['03:33:30', null, 'AccessDenied'],
        ['03:34:30', null, 'AccessDenied'],
      ] as const
    ).map(([began, word, error]) =>
      byToken({
        id: `nightly at ${began}`,
        session: nightly(began, word),
        subject: subject('nightly', 'report'),
        provider: PROVIDER,
        ...(error === undefined ? {} : { error }),
      }),
    ),
  ],
  says: {
    'nightly at 03:19:00': irsa('nightly', 'report', { evidence: 'own-token', error_code: null }),
    'nightly at 03:34:30': irsa('nightly', 'report', { evidence: 'own-token', error_code: 'AccessDenied' }),
  },
};

const EXPORTER: Session = {
  role: role('billing-exporter'),
  name: 'botocore-session-1791171840',
  began: at('03:44:00'),
  key: key('billing'),
  provider: PROVIDER,
};
const fromElsewhere = (address: string) => ({ sourceIPAddress: address });

const carriedOff: CorpusCase = {
  name: 'key-used-from-elsewhere',
  why: "A pod's credentials are carried off: the same key calls from the cluster's NAT gateway and from addresses of nobody's network. The key still names the pod's workload, not who holds it.",
  records: [
    byToken({
      id: 'billing begins',
      session: EXPORTER,
      subject: subject('billing', 'exporter'),
      provider: PROVIDER,
    }),
    getObject({
      id: 'billing from inside',
      time: at('03:44:10'),
      who: sessionIdentity(EXPORTER),
      bucket: 'invoices',
      key: '2026/10.csv',
    }),
    getObject({
      id: 'billing from elsewhere',
      time: at('03:45:10'),
      who: sessionIdentity(EXPORTER),
      bucket: 'invoices',
      key: '2026/10.csv',
      more: fromElsewhere('198.51.100.23'),
    }),
    call({
      id: 'billing from elsewhere, refused',
      time: at('03:45:20'),
      who: sessionIdentity(EXPORTER),
      service: 'iam',
      action: 'ListUsers',
      error: 'AccessDenied',
      more: fromElsewhere('2001:db8:0:7::17'),
    }),
  ],
  says: {
    'billing from elsewhere': irsa('billing', 'exporter', {
      evidence: 'issued-key',
      confidence: 'exact',
    }),
  },
};

const podOnNode: CorpusCase = {
  name: 'pod-on-the-role-of-its-node',
  why: "A pod without a role of its own reaches the instance's metadata and calls as the node. Nothing names it, but no node reads such a bucket.",
  records: [
    getObject({
      id: 'call as the node',
      time: at('03:46:00'),
      who: nodeIdentity(),
      bucket: 'backups',
      key: 'etcd.snap',
    }),
    call({
      id: 'agent of the node',
      time: at('03:46:10'),
      who: nodeIdentity(),
      service: 'ssmmessages',
      action: 'CreateControlChannel',
    }),
  ],
  says: { 'call as the node': { ...NOBODY, principal_class: 'node' } },
};

export const CASES: readonly CorpusCase[] = [
  irsaCase,
  irsaDenied,
  maskedName,
  podIdentity,
  podWithoutTags,
  forwarded,
  chain,
  crossChain,
  impostor,
  personOnPodRole,
  node,
  github,
  sameSecond,
  withoutIssuance,
  podName,
  bareResponse,
  otherPartition,
  others,
  versionOne,
  restated,
  insight,
  spellings,
  clientPerRequest,
  foreignQueue,
  mountedSecret,
  goneQuiet,
  podOnNode,
  carriedOff,
];

/** A digest file: signatures over log files, delivered beside them. It holds no records. */
export const DIGEST_FILE: Json = {
  awsAccountId: APPS,
  digestStartTime: at('02:00:00'),
  digestEndTime: at('03:00:00'),
  digestS3Bucket: 'trail',
  digestS3Object: `AWSLogs/${APPS}/CloudTrail-Digest/us-west-2/2026/10/05/${APPS}_CloudTrail-Digest_us-west-2_trail_us-west-2_20261005T030000Z.json.gz`,
  digestPublicKeyFingerprint: '00112233445566778899aabbccddeeff',
  digestSignatureAlgorithm: 'SHA256withRSA',
  newestEventTime: at('02:59:00'),
  oldestEventTime: at('02:01:00'),
  previousDigestS3Bucket: null,
  logFiles: [
    {
      s3Bucket: 'trail',
      s3Object: 'a.json.gz',
      hashValue: '00',
      hashAlgorithm: 'SHA-256',
      newestEventTime: at('02:59:00'),
      oldestEventTime: at('02:01:00'),
    },
  ],
};

/** Every record of the corpus, in the order of the cases. */
export const RECORDS: readonly Json[] = CASES.flatMap(({ records }) => records);
