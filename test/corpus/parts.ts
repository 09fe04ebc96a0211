// What CloudTrail's records are made of, as the records of the corpus share it. Field names, their order and the shape of
// their values follow real records; every account, address, key and token is made up.
import { createHash } from 'node:crypto';
import type { Json } from '../support/scratch.ts';

export type { Json };

export const APPS = '111122223333';
export const DATA = '444455556666';
export const ARCHIVE = '123456789012';
export const REGION = 'us-west-2';

/** Starts every secret of the corpus, so that a leak can be searched for. */
export const SECRET_MARK = 'FAKESESSIONTOKEN';
export const MASKED = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** A stable id for a name: records are looked up by what they are called here. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A time of the corpus' day, `03:00:00`. */
export function at(time: string): string {
  return `2026-10-05T${time}Z`;
}

export function key(word: string): string {
  return `ASIA${word.toUpperCase().replaceAll('-', '').padEnd(16, '7').slice(0, 16)}`;
}

export function roleId(arn: string): string {
  const name = arn.split('/').at(-1) ?? '';
  return `AROA${name
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, '')
    .padEnd(17, 'X')
    .slice(0, 17)}`;
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function assumedRoleArn(role: string, session: string): string {
  const [, partition] = role.split(':');
  return `arn:${partition}:sts::${accountOf(role)}:assumed-role/${role.split('/').at(-1)}/${session}`;
}

/** How STS writes the end of a session: `Oct 5, 2026, 4:00:00 AM`. */
function expiration(began: string, hours = 1): string {
  const end = new Date(new Date(began).getTime() + hours * 3_600_000);
  const hour = end.getUTCHours();
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${hour % 12 || 12}:${two(end.getUTCMinutes())}:${two(end.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
  return `Oct ${end.getUTCDate()}, 2026, ${clock}`;
}

export interface Session {
  role: string;
  name: string;
  began: string;
  /** Null where the record shows none. */
  key: string | null;
  /** Only of a session that began with a web identity. */
  provider?: string;
  /** How long its key works; an hour, unless it says otherwise. */
  hours?: number;
}

/** `userIdentity` of a call by a role session. */
export function sessionIdentity({ role, name, began, key, provider }: Session): Json {
  return {
    type: 'AssumedRole',
    principalId: `${roleId(role)}:${name}`,
    arn: assumedRoleArn(role, name),
    accountId: accountOf(role),
    ...(key === null ? {} : { accessKeyId: key }),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId(role),
        arn: role,
        accountId: accountOf(role),
        userName: role.split('/').at(-1),
      },
      // CloudTrail writes the member on many sessions that are nobody's web identity, and leaves it empty.
      webIdFederationData: provider === undefined ? {} : { federatedProvider: provider, attributes: {} },
      attributes: { creationDate: began, mfaAuthenticated: 'false' },
    },
  };
}

/** `userIdentity` of a caller from another account, as the target's copy of a record shows it. */
export function foreignIdentity({ role, name }: Session): Json {
  return { type: 'AWSAccount', principalId: `${roleId(role)}:${name}`, accountId: accountOf(role) };
}

export interface Call {
  id: string;
  time: string;
  who: Json;
  service: string;
  action: string;
  request?: Json | null;
  response?: Json | null;
  resources?: Json[];
  error?: string;
  message?: string;
  account?: string;
  more?: Json;
}

/** One record, with what every record has. */
export function call({
  id,
  time,
  who,
  service,
  action,
  request = null,
  response = null,
  resources,
  error,
  message,
  account = APPS,
  more = {},
}: Call): Json {
  const isData = service === 's3' && /^(Get|Put|Delete|Copy|Head)Object/.test(action);
  return {
    eventVersion: '1.11',
    userIdentity: who,
    eventTime: time,
    eventSource: `${service}.amazonaws.com`,
    eventName: action,
    awsRegion: REGION,
    sourceIPAddress: '203.0.113.89',
    userAgent: 'aws-sdk-go-v2/1.32.4 os/linux lang/go#1.23.2 md/GOOS#linux md/GOARCH#arm64',
    ...(error === undefined
      ? {}
      : {
          errorCode: error,
          errorMessage: message ?? `User is not authorized to perform: ${service}:${action}`,
        }),
    requestParameters: request,
    responseElements: response,
    requestID: idOf(`request of ${id}`),
    eventID: idOf(id),
    readOnly: /^(Get|List|Describe|Head|Assume)/.test(action),
    ...(resources === undefined ? {} : { resources }),
    eventType: 'AwsApiCall',
    managementEvent: !isData,
    recipientAccountId: account,
    eventCategory: isData ? 'Data' : 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${service}.${REGION}.amazonaws.com`,
    },
    ...more,
  };
}

interface Assumption {
  id: string;
  /** The session that comes of it; `began` is the time of the record. */
  session: Session;
  error?: string;
  account?: string;
  more?: Json;
}

function credentials({ key, began, hours }: Session): Json {
  return {
    accessKeyId: key,
    sessionToken: `${SECRET_MARK}IQoJb3JpZ2luX2VjEJf//////////wEaCXVzLXdlc3QtMiJHMEUCIQ`,
    expiration: expiration(began, hours),
  };
}

function assumed(session: Session): Json {
  return {
    assumedRoleId: `${roleId(session.role)}:${session.name}`,
    arn: assumedRoleArn(session.role, session.name),
  };
}

function roleResource(role: string): Json[] {
  return [{ accountId: accountOf(role), type: 'AWS::IAM::Role', ARN: role }];
}

export interface TokenAssumption extends Assumption {
  subject: string;
  /** How CloudTrail names the caller; the subject, unless it is masked. */
  userName?: string;
  provider: string;
  audience?: string;
  response?: Json;
}

/** `AssumeRoleWithWebIdentity`, successful where there is no error. */
export function byToken({
  id,
  session,
  subject,
  userName = subject,
  provider,
  audience = 'sts.amazonaws.com',
  error,
  account,
  more,
  response = {},
}: TokenAssumption): Json {
  return call({
    id,
    time: session.began,
    who: {
      type: 'WebIdentityUser',
      principalId: userName === subject ? `${provider}:${audience}:${subject}` : MASKED,
      userName,
      identityProvider: provider,
    },
    service: 'sts',
    action: 'AssumeRoleWithWebIdentity',
    request: { roleArn: session.role, roleSessionName: session.name },
    response:
      error === undefined
        ? {
            credentials: credentials(session),
            subjectFromWebIdentityToken: subject,
            assumedRoleUser: assumed(session),
            provider,
            audience,
            ...response,
          }
        : null,
    resources: roleResource(session.role),
    ...(error === undefined ? {} : { error, message: 'An unknown error occurred' }),
    ...(account === undefined ? {} : { account }),
    more: {
      ...(error === undefined
        ? {
            additionalEventData: {
              identityProviderConnectionVerificationMethod: 'IAMTrustStore',
              RequestDetails: { awsServingRegion: REGION, endpointType: 'regional' },
            },
          }
        : {}),
      ...more,
    },
  });
}

export interface PodTags {
  clusterArn: string;
  namespace: string;
  serviceAccount: string;
  pod: string;
  podUid: string;
}

function tagList({
  clusterArn,
  namespace,
  serviceAccount,
  pod,
  podUid,
}: PodTags): { key: string; value: string }[] {
  return [
    { key: 'eks-cluster-arn', value: clusterArn },
    { key: 'eks-cluster-name', value: clusterArn.split('/').at(-1) ?? '' },
    { key: 'kubernetes-namespace', value: namespace },
    { key: 'kubernetes-service-account', value: serviceAccount },
    { key: 'kubernetes-pod-name', value: pod },
    { key: 'kubernetes-pod-uid', value: podUid },
  ];
}

export interface RoleAssumption extends Assumption {
  who: Json;
  tags?: PodTags;
}

/** `AssumeRole`. */
export function byCaller({ id, session, who, tags, error, account, more }: RoleAssumption): Json {
  const list = tags && tagList(tags);
  return call({
    id,
    time: session.began,
    who,
    service: 'sts',
    action: 'AssumeRole',
    request: {
      roleArn: session.role,
      roleSessionName: session.name,
      durationSeconds: 3600,
      ...(list === undefined ? {} : { tags: list, transitiveTagKeys: list.map((tag) => tag.key) }),
    },
    response:
      error === undefined ? { credentials: credentials(session), assumedRoleUser: assumed(session) } : null,
    resources: roleResource(session.role),
    ...(error === undefined ? {} : { error }),
    ...(account === undefined ? {} : { account }),
    ...(more === undefined ? {} : { more }),
  });
}

/** `AssumeRole` by EKS Auth, for a pod. */
export function forPod(assumption: Omit<RoleAssumption, 'who'>): Json {
  return byCaller({
    ...assumption,
    who: { type: 'AWSService', invokedBy: 'pods.eks.amazonaws.com' },
    more: {
      sourceIPAddress: 'pods.eks.amazonaws.com',
      userAgent: 'pods.eks.amazonaws.com',
      ...assumption.more,
    },
  });
}

/** `GetObject`, as a data event. */
export function getObject(of: {
  id: string;
  time: string;
  who: Json;
  bucket: string;
  key: string;
  error?: string;
  account?: string;
  more?: Json;
}): Json {
  const { bucket, key: object, ...rest } = of;
  return call({
    ...rest,
    service: 's3',
    action: 'GetObject',
    request: { bucketName: bucket, Host: `${bucket}.s3.${REGION}.amazonaws.com`, key: object },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${object}` },
      { accountId: of.account ?? APPS, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
  });
}
