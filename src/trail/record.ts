// A CloudTrail record as podtrail keeps it: only the fields that attribution and questions use, checked on reading.
// Secrets (session tokens, web identity tokens, client tokens) are never copied here, so nothing later can leak them.
import { createHash } from 'node:crypto';
import { isObject } from './json-text.ts';
import { type Fields, plainText, RecordFault, text, textOrShortened } from './record-fields.ts';
import { resourceArns } from './resources.ts';
import { withoutSecrets } from './secrets.ts';
import { parseExpiration, parseTime } from './times.ts';

/** `userIdentity`, flat. One value per distinct caller identity; all its members are null where the record says nothing. */
export interface Principal {
  type: string | null;
  principalId: string | null;
  arn: string | null;
  accountId: string | null;
  accessKeyId: string | null;
  userName: string | null;
  invokedBy: string | null;
  identityProvider: string | null;
  /** `sessionContext.sessionIssuer.arn`: the role, with its path. */
  sessionIssuerArn: string | null;
  /** `sessionContext.attributes.creationDate`, epoch milliseconds. */
  createdAt: number | null;
  /** `sessionContext.webIdFederationData.federatedProvider`; the object stands empty on many other sessions. */
  federatedProvider: string | null;
  ec2RoleDelivery: string | null;
  /** The role session's name, as `principalId` or, where that is masked, `arn` ends in it. */
  sessionName: string | null;
}

/** What an STS `AssumeRole*` or S3's `CreateSession` says beyond any other record; the session token is not part of it. */
export interface Assumption {
  roleArn: string | null;
  roleSessionName: string | null;
  /** `responseElements.credentials.accessKeyId`: the key handed out, null when the assumption failed. */
  issuedKeyId: string | null;
  /** Epoch milliseconds. */
  expiresAt: number | null;
  assumedRoleId: string | null;
  tokenSubject: string | null;
  /** The OIDC provider as the response names it. */
  provider: string | null;
  audience: string | null;
  requestId: string | null;
  tagClusterArn: string | null;
  tagClusterName: string | null;
  tagNamespace: string | null;
  tagServiceAccount: string | null;
  tagPodName: string | null;
  tagPodUid: string | null;
}

export interface TrailRecord {
  eventId: string | null;
  /** Hash of the whole record, only where it has no `eventID` (version 1.0), in hexadecimal. */
  contentHash: string | null;
  /** Epoch milliseconds, UTC. */
  eventTime: number;
  eventSource: string;
  eventName: string;
  awsRegion: string | null;
  recipientAccountId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  sourceIpAddress: string | null;
  userAgent: string | null;
  sharedEventId: string | null;
  addendumReason: string | null;
  /** `Data`, `NetworkActivity`, …; null for management events, which nearly all are, and before version 1.07. */
  eventCategory: string | null;
  resources: string[];
  principal: Principal;
  assumption: Assumption | null;
}

/** Either the record, or why it can't be used: one sentence that names the field and never its content. */
export type ParsedRecord = { record: TrailRecord; fault: null } | { record: null; fault: string };

/**
 * Checks and flattens one entry of `Records`. Unknown fields pass; a field that is used and has the wrong type rejects
 * the record. Accepts event versions 1.x: CloudTrail changes the major version only for incompatible records.
 */
export function parseRecord(value: Fields): ParsedRecord {
  try {
    return { record: flatten(value), fault: null };
  } catch (error) {
    if (error instanceof RecordFault) return { record: null, fault: error.message };
    throw error;
  }
}

/** What is the same of a record in every delivery and every copy of it: event id (else content), recipient account and region. */
export function recordId({ eventId, contentHash, recipientAccountId, awsRegion }: TrailRecord): string {
  return [eventId ?? contentHash, recipientAccountId, awsRegion].map((part) => part ?? '').join('/');
}

function flatten(value: Fields): TrailRecord {
  const version = text(value, 'eventVersion');
  if (version !== null && !/^1\.\d+$/.test(version)) {
    throw new RecordFault('eventVersion is not 1.x, the only major version podtrail knows');
  }
  const eventTime = parseTime(required(value, 'eventTime'));
  if (eventTime === null) throw new RecordFault('eventTime is not a time');
  const eventSource = required(value, 'eventSource');
  const eventName = required(value, 'eventName');
  const eventId = plainText(value, 'eventID');
  const awsRegion = text(value, 'awsRegion');
  const recipientAccountId = text(value, 'recipientAccountId');
  const errorCode = textOrShortened(value, 'errorCode');
  const principal = flattenPrincipal(member(value, 'userIdentity'));
  const parameters = opaque(value, 'requestParameters');
  const addendum = member(value, 'addendum');
  return {
    eventId,
    contentHash: eventId === null ? hashContent(value) : null,
    eventTime,
    eventSource,
    eventName,
    awsRegion,
    recipientAccountId,
    errorCode,
    errorMessage: harmless(textOrShortened(value, 'errorMessage')),
    sourceIpAddress: textOrShortened(value, 'sourceIPAddress'),
    userAgent: textOrShortened(value, 'userAgent'),
    sharedEventId: text(value, 'sharedEventID'),
    addendumReason: addendum === null ? null : (text(addendum, 'reason', 'addendum.') ?? 'unstated'),
    eventCategory: categoryOf(text(value, 'eventCategory')),
    resources: resourceArns(resourceEntries(value), parameters, {
      eventSource,
      eventName,
      awsRegion,
      recipientAccountId,
      callerAccountId: principal.accountId,
    }),
    principal,
    assumption: isAssumption(eventSource, eventName, errorCode)
      ? flattenAssumption(value, parameters, opaque(value, 'responseElements'))
      : null,
  };
}

function harmless(message: string | null): string | null {
  return message === null ? null : withoutSecrets(message);
}

function categoryOf(category: string | null): string | null {
  return category === 'Management' ? null : category;
}

/**
 * Whether the record is an attempt to become a role (`AssumeRole`, `AssumeRoleWithWebIdentity`, `AssumeRoleWithSAML`), or gave a
 * session a further key, for a directory bucket; where that is refused it is a call like any other.
 */
function isAssumption(eventSource: string, eventName: string, errorCode: string | null): boolean {
  if (eventSource === 's3express.amazonaws.com') return eventName === 'CreateSession' && errorCode === null;
  return eventSource === 'sts.amazonaws.com' && eventName.startsWith('AssumeRole');
}

function flattenPrincipal(identity: Fields | null): Principal {
  if (identity === null) return NOBODY;
  const context = member(identity, 'sessionContext', 'userIdentity.');
  const path = 'userIdentity.sessionContext.';
  const issuer = context && member(context, 'sessionIssuer', path);
  const attributes = context && member(context, 'attributes', path);
  const federation = context && member(context, 'webIdFederationData', path);
  const creation = attributes && text(attributes, 'creationDate', `${path}attributes.`);
  const createdAt = creation === null ? null : parseTime(creation);
  if (creation !== null && createdAt === null)
    throw new RecordFault(`${path}attributes.creationDate is not a time`);
  const type = text(identity, 'type', 'userIdentity.');
  const principalId = plainText(identity, 'principalId', 'userIdentity.');
  const arn = text(identity, 'arn', 'userIdentity.');
  return {
    type,
    principalId,
    arn,
    accountId: text(identity, 'accountId', 'userIdentity.'),
    accessKeyId: text(identity, 'accessKeyId', 'userIdentity.'),
    userName: text(identity, 'userName', 'userIdentity.'),
    invokedBy: text(identity, 'invokedBy', 'userIdentity.'),
    identityProvider: plainText(identity, 'identityProvider', 'userIdentity.'),
    sessionIssuerArn: issuer && text(issuer, 'arn', `${path}sessionIssuer.`),
    createdAt,
    federatedProvider:
      federation && plainText(federation, 'federatedProvider', `${path}webIdFederationData.`),
    ec2RoleDelivery: context && text(context, 'ec2RoleDelivery', path),
    sessionName: type === 'AssumedRole' ? sessionName(principalId, arn) : null,
  };
}

function sessionName(principalId: string | null, arn: string | null): string | null {
  const inId = principalId?.indexOf(':') ?? -1;
  if (principalId !== null && inId > 0 && inId < principalId.length - 1) return principalId.slice(inId + 1);
  return /:assumed-role\/[^/]+\/(.+)$/.exec(arn ?? '')?.[1] ?? null;
}

const NOBODY: Principal = Object.freeze({
  type: null,
  principalId: null,
  arn: null,
  accountId: null,
  accessKeyId: null,
  userName: null,
  invokedBy: null,
  identityProvider: null,
  sessionIssuerArn: null,
  createdAt: null,
  federatedProvider: null,
  ec2RoleDelivery: null,
  sessionName: null,
});

function flattenAssumption(value: Fields, request: Fields | null, response: Fields | null): Assumption {
  const inRequest = 'requestParameters.';
  const inResponse = 'responseElements.';
  const credentials = response && member(response, 'credentials', inResponse);
  const assumedRole = response && member(response, 'assumedRoleUser', inResponse);
  const expiration = credentials && text(credentials, 'expiration', `${inResponse}credentials.`);
  const tags = request === null ? EMPTY : sessionTags(request);
  return {
    roleArn: request && text(request, 'roleArn', inRequest),
    roleSessionName: request && text(request, 'roleSessionName', inRequest),
    issuedKeyId: credentials && text(credentials, 'accessKeyId', `${inResponse}credentials.`),
    expiresAt: expiration === null ? null : parseExpiration(expiration),
    assumedRoleId: assumedRole && text(assumedRole, 'assumedRoleId', `${inResponse}assumedRoleUser.`),
    tokenSubject: response && text(response, 'subjectFromWebIdentityToken', inResponse),
    provider: response && plainText(response, 'provider', inResponse),
    audience: response && text(response, 'audience', inResponse),
    requestId: textOrShortened(value, 'requestID'),
    tagClusterArn: tags.get('eks-cluster-arn') ?? null,
    tagClusterName: tags.get('eks-cluster-name') ?? null,
    tagNamespace: tags.get('kubernetes-namespace') ?? null,
    tagServiceAccount: tags.get('kubernetes-service-account') ?? null,
    tagPodName: tags.get('kubernetes-pod-name') ?? null,
    tagPodUid: tags.get('kubernetes-pod-uid') ?? null,
  };
}

/** Other tags' names are content, which no reason may hold. */
const EKS_TAGS = [
  'eks-cluster-arn',
  'eks-cluster-name',
  'kubernetes-namespace',
  'kubernetes-service-account',
  'kubernetes-pod-name',
  'kubernetes-pod-uid',
] as const;

const EMPTY: ReadonlyMap<string, string> = new Map();

/**
 * The session tags of an `AssumeRole`: `tags` (a list of key and value), and `incomingTransitiveTags` and
 * `principalTags` (maps), which stand in the same request; `tags` wins.
 */
function sessionTags(request: Fields): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of ['principalTags', 'incomingTransitiveTags']) {
    const map = member(request, name, 'requestParameters.');
    if (map === null) continue;
    for (const key of EKS_TAGS) {
      const value = plainText(map, key, `requestParameters.${name}.`);
      if (value !== null) found.set(key, value);
    }
  }
  const list = request.tags;
  if (list === undefined || list === null) return found;
  if (!Array.isArray(list)) throw new RecordFault('requestParameters.tags is not a list');
  for (const tag of list) {
    if (!isObject(tag)) throw new RecordFault('requestParameters.tags holds an entry that is not an object');
    const key = text(tag, 'key', 'requestParameters.tags.');
    const value = plainText(tag, 'value', 'requestParameters.tags.');
    if (key !== null && value !== null) found.set(key, value);
  }
  return found;
}

function required(value: Fields, name: string): string {
  const found = text(value, name);
  if (found === null) throw new RecordFault(`${name} is missing`);
  return found;
}

/** An object member, or null where it is absent. */
function member(value: Fields, name: string, path = ''): Fields | null {
  const found = value[name];
  if (found === undefined || found === null) return null;
  if (!isObject(found)) throw new RecordFault(`${path}${name} is not an object`);
  return found;
}

/** Request or response: an object, or, where CloudTrail withheld it, a text, which says nothing. */
function opaque(value: Fields, name: string): Fields | null {
  return typeof value[name] === 'string' ? null : member(value, name);
}

function resourceEntries(value: Fields): Fields[] | null {
  const found = value.resources;
  if (found === undefined || found === null) return null;
  if (!Array.isArray(found)) throw new RecordFault('resources is not a list');
  for (const entry of found) {
    if (!isObject(entry)) throw new RecordFault('resources holds an entry that is not an object');
    text(entry, 'ARN', 'resources.');
  }
  return found as Fields[];
}

function hashContent(value: Fields): string {
  try {
    return createHash('sha256').update(JSON.stringify(value)).digest('hex');
  } catch (error) {
    // JSON.stringify recurses; JSON.parse does not, so a record can be nested deeper than it can be written again.
    if (error instanceof RangeError) throw new RecordFault('nested too deeply to be identified');
    throw error;
  }
}
