// Owns the reading of an attempt to assume a role: who is named by it, by which mechanism, and which session it began.
// The same in SQL: queries/models/issuances.sql.
import { type Assumption, type Principal, recordId, type TrailRecord } from '../trail/record.ts';
import {
  type Cluster,
  clusterOfProvider,
  clusterOfTags,
  type KnownClusters,
  NO_CLUSTER,
  readProvider,
} from './cluster.ts';
import { readSubject, type Subject } from './subject.ts';
import type { Workload } from './workload.ts';

/**
 * How a session was begun; `assumed` names nobody by itself, but its caller may be somebody. `bucket-session` begins none: its
 * caller goes on with a further key.
 */
export type Mechanism = 'irsa' | 'web-identity' | 'pod-identity' | 'assumed' | 'bucket-session';

export interface Issuance {
  /** The record, as it is told from others: event id (or content hash), recipient account and region. */
  readonly id: string;
  /** Whether a session began; an attempt that failed names its subject all the same. */
  readonly isIssued: boolean;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
  readonly sharedEventId: string | null;
  /** Who asked for the session; through it a chain is followed to the session before. */
  readonly caller: Principal;
  readonly roleArn: string | null;
  readonly roleSessionName: string | null;
  readonly issuedKeyId: string | null;
  readonly assumedRoleId: string | null;
  readonly mechanism: Mechanism;
  /** The ARN of the OIDC provider that vouched for a web identity. */
  readonly provider: string | null;
  readonly cluster: Cluster;
  readonly subject: Subject | null;
  readonly pod: string | null;
  readonly podUid: string | null;
  /** Whether a known delegate acted as a ServiceAccount that is not its own; null where that can't be read. */
  readonly isDelegated: boolean | null;
}

type Claim = Pick<Issuance, 'mechanism' | 'cluster' | 'subject' | 'pod' | 'podUid'>;

const NOBODY = { cluster: NO_CLUSTER, subject: null, pod: null, podUid: null } as const;
const NO_KNOWN_CLUSTERS: KnownClusters = new Map();

/** The issuance, or failed attempt at one, that a record is; null where it is any other call. */
export function readIssuance(record: TrailRecord, known: KnownClusters = NO_KNOWN_CLUSTERS): Issuance | null {
  const { principal, assumption } = record;
  if (assumption === null) return null;
  const { roleArn, roleSessionName, issuedKeyId, expiresAt, assumedRoleId } = assumption;
  const provider = readProvider(principal, assumption);
  const { mechanism, cluster, subject, pod, podUid } = readClaim(record.eventName, {
    principal,
    assumption,
    cluster: clusterOfProvider(provider, known),
  });
  return {
    id: recordId(record),
    isIssued: record.errorCode === null,
    issuedAt: record.eventTime,
    expiresAt,
    sharedEventId: record.sharedEventId,
    caller: principal,
    roleArn,
    roleSessionName,
    issuedKeyId,
    assumedRoleId,
    mechanism,
    provider,
    cluster,
    subject,
    pod,
    podUid,
    isDelegated: readDelegation(roleSessionName, record.userAgent),
  };
}

/** Null where the issuance itself names nobody. */
export function workloadOf({ cluster, subject }: Pick<Issuance, 'cluster' | 'subject'>): Workload | null {
  return subject && { clusterId: cluster.id, cluster: cluster.name, ...subject };
}

/** Role ARNs as far as the issuance itself shows them: the calling role, unless a token vouched for the caller, and the role asked for. */
export function hopsOf({ mechanism, caller, roleArn }: Issuance): string[] {
  const callerRole = mechanism === 'pod-identity' || mechanism === 'assumed' ? caller.sessionIssuerArn : null;
  return [callerRole, roleArn].filter((arn) => arn !== null);
}

function readClaim(
  eventName: string,
  from: { principal: Principal; assumption: Assumption; cluster: Cluster },
): Claim {
  if (eventName === 'AssumeRoleWithWebIdentity')
    return tokenClaim(from.principal, from.assumption, from.cluster);
  if (eventName === 'AssumeRole' && isPodIdentity(from.principal, from.assumption))
    return tagsClaim(from.assumption);
  if (eventName === 'CreateSession') return { mechanism: 'bucket-session', ...NOBODY };
  return { mechanism: 'assumed', ...NOBODY };
}

function tokenClaim({ userName }: Principal, { tokenSubject }: Assumption, cluster: Cluster): Claim {
  const subject = readSubject(userName, tokenSubject);
  const mechanism = subject === null ? 'web-identity' : 'irsa';
  return { mechanism, cluster, subject: subject === 'disputed' ? null : subject, pod: null, podUid: null };
}

/**
 * EKS Auth assumes the role of an association for a pod, and says so by `invokedBy`, which nobody but AWS can write; tags
 * alone prove nothing. For an association with a target role it then assumes that one with the first session, and
 * where the tags don't come with it the chain leads to the pod.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
 */
function isPodIdentity({ invokedBy, sessionIssuerArn }: Principal, { tagNamespace }: Assumption): boolean {
  return invokedBy === 'pods.eks.amazonaws.com' && (tagNamespace !== null || sessionIssuerArn === null);
}

/**
 * An association may switch the tags off (`disableSessionTags`), and then nobody is named.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
function tagsClaim(assumption: Assumption): Claim {
  const { tagNamespace: namespace, tagServiceAccount: serviceAccount } = assumption;
  const cluster = clusterOfTags(assumption);
  if (namespace === null || serviceAccount === null) return { ...NOBODY, mechanism: 'pod-identity', cluster };
  const subject = { namespace, serviceAccount };
  return {
    mechanism: 'pod-identity',
    cluster,
    subject,
    pod: assumption.tagPodName,
    podUid: assumption.tagPodUid,
  };
}

/** The constant that External Secrets names its sessions by: https://github.com/external-secrets/external-secrets */
export const DELEGATE_SESSION_NAME = 'external-secrets-provider-aws';
/** Stands in the user agent: https://github.com/aws/secrets-store-csi-driver-provider-aws */
const DELEGATE_USER_AGENT = 'secrets-store-csi-driver-provider-aws';

function readDelegation(sessionName: string | null, userAgent: string | null): boolean | null {
  if (userAgent?.includes(DELEGATE_USER_AGENT)) return true;
  return sessionName === null ? null : sessionName === DELEGATE_SESSION_NAME;
}
