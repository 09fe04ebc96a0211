// Owns role sessions: what one is, how its key and names are drawn, and whether the trail holds its issuance.

import { wholeSecond } from './aws-text.ts';
import type { RandomSource } from './random-source.ts';
import type { Client, Pod, Provider, Role } from './world.ts';

type Origin = 'web-identity' | 'pod-identity' | 'assumed' | 'service' | 'instance' | 'federation';

export interface Session {
  readonly origin: Origin;
  readonly key: string;
  readonly role: Role;
  readonly name: string;
  /** `AROA…:name`. */
  readonly assumedRoleId: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  /** Milliseconds by which the `creationDate` of its calls is later than `startedAt`. */
  readonly startLag: number;
  /** Provider and subject claim of a web-identity session. */
  readonly provider: Provider | null;
  readonly subject: string | null;
  /** The pod that holds the key in truth; null for a session without a Kubernetes workload. */
  readonly pod: Pod | null;
  /** Whether a Pod Identity issuance carries session tags. */
  readonly isTagged: boolean;
  readonly parent: Session | null;
  readonly roles: readonly Role[];
  readonly client: Client;
  /** What the trail holds of the issuance: the record, only the target account's copy, or nothing. */
  readonly issuance: 'delivered' | 'target-copy' | 'missing';
  /** Whether the issuance shows `assumedRoleUser`. */
  readonly showsAssumedRole: boolean;
}

export type SessionDraft = Pick<Session, 'origin' | 'role' | 'name' | 'startedAt' | 'client'> &
  Partial<Session> & { readonly seconds: number };

/** Completes a session; start and end are cut to whole seconds, as CloudTrail shows them. */
export function openSession(random: RandomSource, draft: SessionDraft): Session {
  const startedAt = wholeSecond(draft.startedAt);
  const parent = draft.parent ?? null;
  return {
    origin: draft.origin,
    key: `ASIA${random.base32(16)}`,
    role: draft.role,
    name: draft.name,
    assumedRoleId: `${draft.role.uniqueId}:${draft.name}`,
    startedAt,
    expiresAt: startedAt + draft.seconds * 1000,
    startLag: draft.startLag ?? 0,
    provider: draft.provider ?? null,
    subject: draft.subject ?? null,
    pod: draft.pod ?? parent?.pod ?? null,
    isTagged: draft.isTagged ?? false,
    parent,
    roles: parent ? [...parent.roles, draft.role] : [draft.role],
    client: draft.client,
    issuance: draft.issuance ?? 'delivered',
    showsAssumedRole: draft.showsAssumedRole ?? true,
  };
}

export function subjectClaim(namespace: string, serviceAccount: string): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`;
}

/** EKS's own form: cluster and pod name cut to ten characters, and a random UUID that is not the pod's uid. */
export function podIdentitySessionName(random: RandomSource, clusterName: string, podName: string): string {
  return `eks-${clusterName.slice(0, 10)}-${podName.slice(0, 10)}-${random.uuid()}`;
}

/** The name that the pod's workload gives its web-identity session. */
export function webIdentitySessionName(random: RandomSource, pod: Pod, at: number): string {
  const { naming, namespace, serviceAccount, sdk } = pod.workload;
  if (naming === 'pod-name') return pod.name.slice(0, 64);
  if (naming === 'convention') return `eks-${namespace}-${serviceAccount}-${Math.floor(at / 1000)}`;
  return sdk.webIdentityName(random, at);
}
