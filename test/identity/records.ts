// Records as CloudTrail writes them, down to what attribution reads, with what a test is about given by name.
import { keepIssuance } from '../../src/identity/inherit.ts';
import { readIssuance } from '../../src/identity/issuance.ts';
import { parseRecord, type TrailRecord } from '../../src/trail/record.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

type Fields = Record<string, unknown>;

export const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C';
export const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
export const OTHER_ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
export const OTHER_PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${OTHER_ISSUER}`;
export const ROLE = 'arn:aws:iam::111122223333:role/apps/frontend-api';
export const SECOND_ROLE = 'arn:aws:iam::444455556666:role/shared/reader';
export const THIRD_ROLE = 'arn:aws:iam::123456789012:role/archive';
export const START = '2026-10-05T03:00:00Z';
export const KEY = 'ASIAEXAMPLEKEY000001';
export const API = 'system:serviceaccount:frontend:api';
export const WORKER = 'system:serviceaccount:orders:worker';
export const MASKED = 'HIDDEN_DUE_TO_SECURITY_REASONS';

let count = 0;

/** The record, read as podtrail reads it. */
export function read(fields: Fields): TrailRecord {
  const { record, fault } = parseRecord(fields);
  if (record === null) throw new RangeError(fault);
  return record;
}

function common(fields: Fields): TrailRecord {
  count += 1;
  return read({
    eventVersion: '1.08',
    awsRegion: 'us-west-2',
    sourceIPAddress: '203.0.113.89',
    userAgent: 'aws-sdk-go/1.45.1 (go1.21.4; linux; amd64)',
    eventID: `899f0a00-0000-4000-8000-${String(count).padStart(12, '0')}`,
    recipientAccountId: '111122223333',
    ...fields,
  });
}

interface Session {
  at?: string;
  role?: string;
  key?: string | null;
  name?: string | null;
  /** The role's own id; null leaves the whole `assumedRoleUser` out. */
  roleId?: string | null;
}

interface Assumption extends Session {
  error?: string;
  sharedEventId?: string | null;
  userAgent?: string;
  account?: string;
}

function assumption(session: Assumption, more: Fields): Fields {
  const { at = START, role = ROLE, error, sharedEventId, userAgent, account } = session;
  const { request, response, ...fields } = more as { request: Fields; response: Fields };
  return {
    eventTime: at,
    eventSource: 'sts.amazonaws.com',
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(account === undefined ? {} : { recipientAccountId: account }),
    ...(error === undefined ? {} : { errorCode: error, errorMessage: 'An unknown error occurred' }),
    sharedEventID: sharedEventId,
    requestParameters: { roleArn: role, roleSessionName: nameOf(session), ...request },
    responseElements: error === undefined ? { ...issued(session), ...response } : null,
    ...fields,
  };
}

function issued(session: Session): Fields {
  const { key = KEY, roleId = 'AROAEXAMPLEROLE000001' } = session;
  return {
    credentials: key === null ? undefined : { accessKeyId: key, expiration: 'Oct 5, 2026, 4:00:00 AM' },
    assumedRoleUser: roleId === null ? undefined : { assumedRoleId: idOf(roleId, nameOf(session)) },
  };
}

function nameOf({ name = 'botocore-session-1791169200' }: Session): string | null {
  return name;
}

function idOf(roleId: string, name: string | null): string {
  return name === null ? roleId : `${roleId}:${name}`;
}

interface Token extends Assumption {
  userName?: string | null;
  tokenSubject?: string | null;
  provider?: string | null;
  responseProvider?: string | null;
  principalId?: string;
}

/** `AssumeRoleWithWebIdentity`, by a ServiceAccount's token unless it says otherwise. */
export function byToken(token: Token = {}): TrailRecord {
  const { userName = API, tokenSubject = userName, provider = PROVIDER, responseProvider = provider } = token;
  return common(
    assumption(token, {
      eventName: 'AssumeRoleWithWebIdentity',
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: token.principalId ?? `${provider}:sts.amazonaws.com:${userName}`,
        userName,
        identityProvider: provider,
      },
      response: {
        subjectFromWebIdentityToken: tokenSubject,
        provider: responseProvider,
        audience: 'sts.amazonaws.com',
      },
    }),
  );
}

export const POD = {
  'eks-cluster-arn': 'arn:aws:eks:us-west-2:111122223333:cluster/shop',
  'eks-cluster-name': 'shop',
  'kubernetes-namespace': 'orders',
  'kubernetes-service-account': 'worker',
  'kubernetes-pod-name': 'worker-7d4b9c6f5-x2x8k',
  'kubernetes-pod-uid': '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
} as const;

type Tags = Partial<Record<keyof typeof POD, string>>;

interface ByCaller extends Assumption {
  caller: Fields;
  tags?: Tags;
  incomingTags?: Tags;
  eventName?: string;
}

/** `AssumeRole`. */
export function byCaller(options: ByCaller): TrailRecord {
  const { caller, tags = {}, incomingTags, eventName = 'AssumeRole' } = options;
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
  return common(
    assumption(options, {
      eventName,
      userIdentity: caller,
      request: { tags: list.length > 0 ? list : undefined, incomingTransitiveTags: incomingTags },
    }),
  );
}

/** `AssumeRole` by EKS Auth for the pod with these tags. */
export function forPod(options: Partial<ByCaller> = {}): TrailRecord {
  return byCaller({ tags: POD, caller: EKS_AUTH, ...options });
}

/** Any call but an assumption. */
export function call(caller: Fields): TrailRecord {
  return common({
    eventTime: '2026-10-05T03:10:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    userIdentity: caller,
    requestParameters: null,
    responseElements: null,
  });
}

export const EKS_AUTH: Fields = { type: 'AWSService', invokedBy: 'pods.eks.amazonaws.com' };
export const LAMBDA: Fields = { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' };
export const ALICE: Fields = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLEUSER000001',
  arn: 'arn:aws:iam::111122223333:user/alice',
  accountId: '111122223333',
  accessKeyId: 'AKIAEXAMPLEKEY000001',
  userName: 'alice',
};
/** How the target's account sees a caller from another one. */
export const FOREIGN: Fields = {
  type: 'AWSAccount',
  principalId: 'AROAEXAMPLEROLE000001:botocore-session-1791169200',
  accountId: '111122223333',
};

export interface Caller extends Session {
  provider?: string | null;
  principalId?: string | null;
  invokedBy?: string;
  creationDate?: string | null;
}

/** The caller that a role session is; with a provider one that began with a web identity. */
export function session(caller: Caller = {}): Fields {
  const { at = START, role = ROLE, key = KEY, provider = null, roleId = 'AROAEXAMPLEROLE000001' } = caller;
  const { creationDate = at, principalId = idOf(roleId ?? 'AROA', nameOf(caller)) } = caller;
  return {
    type: 'AssumedRole',
    principalId,
    arn: `arn:aws:sts::${role.split(':')[4]}:assumed-role/${role.split('/').at(-1)}/${nameOf(caller)}`,
    accountId: role.split(':')[4],
    accessKeyId: key,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: roleId, arn: role },
      webIdFederationData: provider === null ? {} : { federatedProvider: provider, attributes: {} },
      attributes: { creationDate, mfaAuthenticated: 'false' },
    },
    invokedBy: caller.invokedBy,
  };
}

/** The session of a pod that came with a token, as its calls show it. */
export function podSession(caller: Caller = {}): Fields {
  return session({ provider: PROVIDER, ...caller });
}

/** A ledger that has seen these records. */
export async function ledgerOf(...records: TrailRecord[]): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  for (const record of records) {
    const issuance = readIssuance(record);
    if (issuance !== null) await keepIssuance(issuance, ledger);
  }
  return ledger;
}
