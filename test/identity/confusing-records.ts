// Small groups of records made to be confused: few roles, keys, seconds, names and providers, so that keys collide, copies lose
// fields, starts coincide and chains meet, fork and go in circles. A simulated trail has few of these, and no circle at all.
import fc from 'fast-check';

type Fields = Record<string, unknown>;

const START = Date.UTC(2026, 9, 5, 3);
const ACCOUNTS = ['111122223333', '444455556666'] as const;

const few = <Item>(...items: Item[]) => fc.constantFrom(...items);
const role = few(0, 1, 2);
const key = few(null, 0, 1, 2, 3);
/** Milliseconds after the group's start: mostly whole seconds, as CloudTrail writes them. */
const moment = few(0, 0, 0, 0, 1000, 2000, 3000, 2500, -500);
const sessionName = few(null, 'one', 'one', 'two', 'external-secrets-provider-aws');
const shared = few(null, null, 0, 1);
const provider = few(null, 0, 0, 1);
const error = few(null, null, null, null, null, 'AccessDenied');

const session = fc.record({
  kind: fc.constant('session' as const),
  role,
  key,
  moment,
  federated: few(null, null, 0, 1),
  name: sessionName,
  invokedBy: few(null, null, null, 'secretsmanager.amazonaws.com', 'pods.eks.amazonaws.com'),
});

const outsider = few(
  { kind: 'service' as const, service: 'pods.eks.amazonaws.com' },
  { kind: 'service' as const, service: 'pods.eks.amazonaws.com' },
  { kind: 'service' as const, service: 'lambda.amazonaws.com' },
  { kind: 'user' as const },
  { kind: 'account' as const },
  { kind: 'nobody' as const },
);

const assumption = { role, key, moment, name: sessionName, error, shared, showsId: few(true, true, false) };

const byToken = fc.record({
  ...assumption,
  kind: fc.constant('token' as const),
  userName: few('a', 'a', 'a', 'b', 'masked', null),
  tokenSubject: few('a', 'a', 'b', 'masked', null),
  identityProvider: provider,
  responseProvider: provider,
  idProvider: provider,
  userAgent: few('aws-sdk-go/1.45.1', 'aws-sdk-go-v2 app/secrets-store-csi-driver-provider-aws-1.0.0', null),
});

const byCaller = fc.record({
  ...assumption,
  kind: fc.constant('assume' as const),
  caller: fc.oneof({ weight: 3, arbitrary: session }, { weight: 2, arbitrary: outsider }),
  event: few('AssumeRole', 'AssumeRole', 'AssumeRole', 'AssumeRoleWithSAML'),
  tags: few('none', 'none', 'all', 'all', 'other-pod', 'odd', 'namespace', 'account'),
});

const call = fc.record({ kind: fc.constant('call' as const), caller: session, moment });

/** Mostly one session's, since both a key and a session must agree. */
const bucket = {
  role: few(0, 0, 0, 0, 1),
  key: few(4, 4, 4, 4, 5, 0, null),
  name: few('one', 'one', 'one', 'one', 'two', null),
};
/** Seconds: a key for a directory bucket is good for 300. */
const openedAt = few(0, 0, 0, 300, 301);

const openedBucket = fc.record({
  ...bucket,
  kind: fc.constant('opened-bucket' as const),
  caller: session,
  openedAt,
  error,
});

const bucketCall = fc.record({
  ...bucket,
  kind: fc.constant('bucket-call' as const),
  openedAt,
});

const one = fc.oneof(
  { weight: 2, arbitrary: byToken },
  { weight: 4, arbitrary: byCaller },
  { weight: 2, arbitrary: call },
  { weight: 2, arbitrary: openedBucket },
  { weight: 2, arbitrary: bucketCall },
);

export type ConfusingRecord = typeof one extends fc.Arbitrary<infer Kind> ? Kind : never;

export const confusingRecords = fc.array(one, { minLength: 2, maxLength: 12 });

/** The group as CloudTrail would write it; `group` keeps its roles, keys and ids apart from those of any other. */
export function renderGroup(records: readonly ConfusingRecord[], group: number): Fields[] {
  const names = namesOf(group);
  return records.map((record, index) => ({
    eventVersion: '1.08',
    ...renderRecord(record, names),
    awsRegion: 'us-west-2',
    sourceIPAddress: '203.0.113.89',
    eventID: `${hex(group)}-0000-4000-8000-${String(index).padStart(12, '0')}`,
    recipientAccountId: ACCOUNTS[0],
  }));
}

type Names = ReturnType<typeof namesOf>;

function namesOf(group: number) {
  const account = (index: number) => (index === 2 ? ACCOUNTS[1] : ACCOUNTS[0]);
  return {
    role: (index: number) => `arn:aws:iam::${account(index)}:role/apps/g${group}-r${index}`,
    key: (index: number) => `ASIAEXAMPLE${String(group).padStart(7, '0')}K${index}`,
    sessionId: (index: number, name: string | null) =>
      name === null ? `AROAEXAMPLE${group}R${index}` : `AROAEXAMPLE${group}R${index}:${name}`,
    provider: (index: number) => `arn:aws:iam::${ACCOUNTS[0]}:oidc-provider/${issuerOf(index)}`,
    /** Copies of one call in two accounts are of one role and time. */
    shared: ({ role, moment, shared }: AnyAssumption) =>
      `${hex(group)}-1111-4111-8111-${role}${shared}${String(moment + 1000).padStart(10, '0')}`,
  };
}

/** The first is named in the settings; both are the same in every group. */
export function issuerOf(index: number): string {
  return `oidc.eks.us-west-2.amazonaws.com/id/${String(index).repeat(32)}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function at(moment: number): string {
  return new Date(START + moment).toISOString();
}

const SUBJECTS: Readonly<Record<string, string>> = {
  a: 'system:serviceaccount:team-a:batch',
  b: 'system:serviceaccount:team:a-batch',
  masked: 'HIDDEN_DUE_TO_SECURITY_REASONS',
};

function renderRecord(record: ConfusingRecord, names: Names): Fields {
  switch (record.kind) {
    case 'call':
      return {
        userIdentity: renderCaller(record.caller, names),
        eventTime: at(record.moment),
        eventSource: 's3.amazonaws.com',
        eventName: 'ListBuckets',
      };
    case 'opened-bucket':
      return {
        userIdentity: renderCaller({ ...record.caller, role: record.role, name: record.name }, names),
        eventTime: at(record.openedAt * 1000),
        eventSource: 's3express.amazonaws.com',
        eventName: 'CreateSession',
        errorCode: record.error,
        responseElements:
          record.key === null ? null : { credentials: { accessKeyId: names.key(record.key) } },
      };
    case 'bucket-call':
      return {
        userIdentity: {
          type: 'AssumedRole',
          principalId: names.sessionId(record.role, record.name),
          accountId: ACCOUNTS[0],
          accessKeyId: record.key === null ? null : names.key(record.key),
          sessionContext: { attributes: { creationDate: at(record.openedAt * 1000) } },
        },
        eventTime: at(record.openedAt * 1000 + 500),
        eventSource: 's3express.amazonaws.com',
        eventName: 'GetObject',
      };
    case 'token':
      return {
        ...renderAssumption(record, names),
        eventName: 'AssumeRoleWithWebIdentity',
        userAgent: record.userAgent,
        userIdentity: {
          type: 'WebIdentityUser',
          principalId: `${record.idProvider === null ? 'masked' : names.provider(record.idProvider)}:sts.amazonaws.com:${record.userName}`,
          userName: record.userName === null ? null : SUBJECTS[record.userName],
          identityProvider: record.identityProvider === null ? null : names.provider(record.identityProvider),
        },
        responseElements: renderResponse(record, names, {
          subjectFromWebIdentityToken: record.tokenSubject === null ? null : SUBJECTS[record.tokenSubject],
          provider: record.responseProvider === null ? null : names.provider(record.responseProvider),
        }),
      };
    case 'assume':
      return {
        ...renderAssumption(record, names),
        eventName: record.event,
        userIdentity: renderCaller(record.caller, names),
        responseElements: renderResponse(record, names, {}),
      };
  }
}

type AnyAssumption = Extract<ConfusingRecord, { kind: 'token' | 'assume' }>;

function renderAssumption(record: AnyAssumption, names: Names): Fields {
  return {
    eventTime: at(record.moment),
    eventSource: 'sts.amazonaws.com',
    errorCode: record.error,
    sharedEventID: record.shared === null || isNobody(record) ? null : names.shared(record),
    requestParameters: {
      roleArn: names.role(record.role),
      roleSessionName: record.name,
      tags: record.kind === 'assume' ? renderTags(record.tags) : undefined,
    },
  };
}

function isNobody(record: AnyAssumption): boolean {
  return record.kind === 'assume' && record.caller.kind === 'nobody';
}

function renderResponse(record: AnyAssumption, names: Names, more: Fields): Fields | null {
  if (record.error !== null) return null;
  return {
    credentials: record.key === null ? null : { accessKeyId: names.key(record.key) },
    assumedRoleUser: record.showsId ? { assumedRoleId: names.sessionId(record.role, record.name) } : null,
    ...more,
  };
}

function renderTags(tags: string): object[] {
  const all = {
    'eks-cluster-arn': `arn:aws:eks:us-west-2:${ACCOUNTS[0]}:cluster/named`,
    'eks-cluster-name': tags === 'odd' ? 'a "quoted" \\ näme 🐳' : 'named',
    'kubernetes-namespace': 'team-a',
    'kubernetes-service-account': 'batch',
    'kubernetes-pod-name': tags === 'other-pod' ? 'batch-1' : 'batch-0',
    'kubernetes-pod-uid': tags === 'other-pod' ? null : '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
  };
  const left = Object.entries(all).filter(([name, value]) => {
    if (tags === 'none') return false;
    if (tags === 'namespace') return name === 'kubernetes-namespace' || name === 'kubernetes-pod-name';
    if (tags === 'account') return name !== 'kubernetes-namespace' && name !== 'eks-cluster-name';
    return value !== null;
  });
  return left.map(([name, value]) => ({ key: name, value }));
}

type AnyCaller = Extract<ConfusingRecord, { kind: 'assume' | 'call' }>['caller'];

function renderCaller(caller: AnyCaller, names: Names): Fields {
  switch (caller.kind) {
    case 'service':
      return { type: 'AWSService', invokedBy: caller.service };
    case 'user':
      return { type: 'IAMUser', principalId: 'AIDAEXAMPLE', accountId: ACCOUNTS[0], userName: 'alice' };
    case 'account':
      return { type: 'AWSAccount', principalId: 'AROAEXAMPLE:one', accountId: ACCOUNTS[1] };
    case 'nobody':
      return {};
    case 'session':
      return {
        type: 'AssumedRole',
        principalId: names.sessionId(caller.role, caller.name),
        accountId: ACCOUNTS[0],
        accessKeyId: caller.key === null ? null : names.key(caller.key),
        invokedBy: caller.invokedBy,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: names.role(caller.role) },
          webIdFederationData:
            caller.federated === null ? {} : { federatedProvider: names.provider(caller.federated) },
          attributes: { creationDate: at(caller.moment) },
        },
      };
  }
}
