// A small trail written by hand: one of each case that a reader of answers should know, with the note why it is there.
const PROVIDER =
  'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C';
const CLUSTER = 'arn:aws:eks:us-west-2:111122223333:cluster/prod-1';

export type RecordFields = Record<string, unknown>;
let made = 0;

export function record(fields: RecordFields): RecordFields {
  made += 1;
  return {
    eventVersion: '1.08',
    eventTime: '2026-10-05T03:10:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    awsRegion: 'us-west-2',
    sourceIPAddress: '203.0.113.89',
    userAgent: 'aws-sdk-java/2.20.74',
    requestParameters: null,
    responseElements: null,
    eventID: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    recipientAccountId: '111122223333',
    ...fields,
  };
}

export function roleArn(name: string, account = '111122223333'): string {
  return `arn:aws:iam::${account}:role/${name}`;
}

/** The identity of a role session's calls. */
export function session(role: string, name: string, began: string, more: RecordFields = {}): RecordFields {
  const { federated, ...rest } = more;
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE${role.toUpperCase()}:${name}`,
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
    accountId: '111122223333',
    accessKeyId: `ASIAEXAMPLE${role.toUpperCase()}`,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: roleArn(role), accountId: '111122223333', userName: role },
      webIdFederationData: federated === undefined ? {} : { federatedProvider: federated, attributes: {} },
      attributes: { creationDate: began, mfaAuthenticated: 'false' },
    },
    ...rest,
  };
}

/** A successful or, with an error code, refused `AssumeRoleWithWebIdentity` of a ServiceAccount. */
export function webIdentity(
  subject: string,
  role: string,
  name: string,
  at: string,
  errorCode: string | null = null,
): RecordFields {
  const [namespace, account] = subject.split('/');
  const userName = `system:serviceaccount:${namespace}:${account}`;
  return record({
    eventTime: at,
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoleWithWebIdentity',
    userIdentity: {
      type: 'WebIdentityUser',
      principalId: `${PROVIDER}:sts.amazonaws.com:${userName}`,
      userName,
      identityProvider: PROVIDER,
    },
    requestParameters: { roleArn: roleArn(role), roleSessionName: name },
    ...(errorCode === null
      ? {
          responseElements: {
            credentials: {
              accessKeyId: `ASIAEXAMPLE${role.toUpperCase()}`,
              sessionToken: 'SECRETSESSIONTOKEN',
              expiration: 'Oct 5, 2026, 4:00:00 AM',
            },
            subjectFromWebIdentityToken: userName,
            assumedRoleUser: {
              assumedRoleId: `AROAEXAMPLE${role.toUpperCase()}:${name}`,
              arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
            },
            provider: PROVIDER,
            audience: 'sts.amazonaws.com',
          },
        }
      : { errorCode, errorMessage: 'An unknown error occurred' }),
    resources: [{ accountId: '111122223333', type: 'AWS::IAM::Role', ARN: roleArn(role) }],
  });
}

function getObject(bucket: string, key: string, fields: RecordFields): RecordFields {
  return record({
    requestParameters: { bucketName: bucket, key },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` },
      { accountId: '111122223333', type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
    ...fields,
  });
}

const BEGAN = '2026-10-05T03:00:00Z';

/** By name, so that a test can say which record it means. */
export const SMALL_TRAIL = {
  /** The issuance that names frontend/api; its token must never be seen again. */
  issuance: webIdentity('frontend/api', 'frontend-api', 'aws-sdk-java-1709630105164', BEGAN),
  /** A call of that session: named by its key. */
  call: getObject('pii-exports', 'a/b.csv', {
    userIdentity: session('frontend-api', 'aws-sdk-java-1709630105164', BEGAN, { federated: PROVIDER }),
  }),
  /** A longer bucket name, which a question for pii-exports must not find. */
  otherBucket: getObject('pii-exports-2', 'a', {
    userIdentity: session('frontend-api', 'aws-sdk-java-1709630105164', BEGAN, { federated: PROVIDER }),
  }),
  /** A service acts for the session with a key of its own: named by role and start. */
  onBehalf: record({
    eventSource: 'kms.amazonaws.com',
    eventName: 'Decrypt',
    userIdentity: session('frontend-api', 'aws-sdk-java-1709630105164', BEGAN, {
      federated: PROVIDER,
      accessKeyId: 'ASIAEXAMPLEOTHER',
      invokedBy: 'secretsmanager.amazonaws.com',
    }),
    resources: [
      {
        accountId: '111122223333',
        type: 'AWS::KMS::Key',
        ARN: 'arn:aws:kms:us-west-2:111122223333:key/0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
      },
    ],
  }),
  /** EKS assumes a role for a pod, with its tags: pod and uid are proven. */
  podIssuance: record({
    eventTime: BEGAN,
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    userIdentity: { type: 'AWSService', invokedBy: 'pods.eks.amazonaws.com' },
    sourceIPAddress: 'pods.eks.amazonaws.com',
    requestParameters: {
      roleArn: roleArn('reports'),
      roleSessionName: 'eks-prod-1-builder-0-498124c2-a555-40bf-9059-ca9a26821eb0',
      tags: Object.entries({
        'eks-cluster-arn': CLUSTER,
        'eks-cluster-name': 'prod-1',
        'kubernetes-namespace': 'reports',
        'kubernetes-service-account': 'builder',
        'kubernetes-pod-name': 'builder-0',
        'kubernetes-pod-uid': '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
      }).map(([key, value]) => ({ key, value })),
    },
    responseElements: {
      credentials: {
        accessKeyId: 'ASIAEXAMPLEREPORTS',
        sessionToken: 'SECRETSESSIONTOKEN',
        expiration: 'Oct 5, 2026, 9:00:00 AM',
      },
      assumedRoleUser: {
        assumedRoleId: 'AROAEXAMPLEREPORTS:eks-prod-1-builder-0-498124c2-a555-40bf-9059-ca9a26821eb0',
      },
    },
  }),
  podCall: getObject('pii-exports', 'c.csv', {
    userIdentity: session('reports', 'eks-prod-1-builder-0-498124c2-a555-40bf-9059-ca9a26821eb0', BEGAN),
  }),
  /** That pod's session becomes a role of another account … */
  chain: record({
    eventTime: '2026-10-05T03:05:00Z',
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    sharedEventID: 'c30ac43f-e051-426b-94bc-ab73b05e34e9',
    userIdentity: session('reports', 'eks-prod-1-builder-0-498124c2-a555-40bf-9059-ca9a26821eb0', BEGAN),
    requestParameters: { roleArn: roleArn('reader', '444455556666'), roleSessionName: 'chain' },
    responseElements: {
      credentials: { accessKeyId: 'ASIAEXAMPLECHAIN', sessionToken: 'SECRETSESSIONTOKEN' },
      assumedRoleUser: { assumedRoleId: 'AROAEXAMPLEREADER:chain' },
    },
  }),
  /** … of which that account has its own copy, without the caller's key … */
  chainCopy: record({
    eventTime: '2026-10-05T03:05:00Z',
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    sharedEventID: 'c30ac43f-e051-426b-94bc-ab73b05e34e9',
    recipientAccountId: '444455556666',
    userIdentity: {
      type: 'AWSAccount',
      principalId: 'AROAEXAMPLEREPORTS:eks-prod-1-builder-0-498124c2-a555-40bf-9059-ca9a26821eb0',
      accountId: '111122223333',
    },
    requestParameters: { roleArn: roleArn('reader', '444455556666'), roleSessionName: 'chain' },
  }),
  /** … and calls with the key of the second role. */
  chainCall: record({
    eventSource: 'dynamodb.amazonaws.com',
    eventName: 'GetItem',
    recipientAccountId: '444455556666',
    requestParameters: { tableName: 'orders' },
    userIdentity: session('reader', 'chain', '2026-10-05T03:05:00Z', {
      accessKeyId: 'ASIAEXAMPLECHAIN',
      arn: 'arn:aws:sts::444455556666:assumed-role/reader/chain',
      accountId: '444455556666',
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: roleArn('reader', '444455556666') },
        attributes: { creationDate: '2026-10-05T03:05:00Z' },
      },
    }),
  }),
  /** A person on the pod's role, under a name that reads like a pod's: nobody's workload. */
  person: getObject('pii-exports', 'd.csv', {
    userIdentity: session('frontend-api', 'frontend-api-7f9c4b8d6-x2klm', '2026-10-05T03:02:00Z', {
      accessKeyId: 'ASIAEXAMPLEPERSON',
    }),
  }),
  denied: webIdentity(
    'etl/loader',
    'frontend-api',
    '1699456147945229070',
    '2026-10-05T03:20:00Z',
    'AccessDenied',
  ),
  /** A secret by name, found by that name. */
  secret: record({
    eventSource: 'secretsmanager.amazonaws.com',
    eventName: 'GetSecretValue',
    requestParameters: {
      secretId: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:db/password-AbCdEf',
    },
    userIdentity: session('frontend-api', 'aws-sdk-java-1709630105164', BEGAN, { federated: PROVIDER }),
  }),
} satisfies Record<string, RecordFields>;

export { CLUSTER, PROVIDER };
