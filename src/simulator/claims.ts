// Owns what evidence can say about a session: the workload that a token's subject or session tags name.

import type { Session } from './sessions.ts';
import type { Mechanism, Pod, Provider } from './world.ts';

/** A workload as evidence names it; what the evidence leaves open is null. */
export interface Claim {
  readonly cluster_id: string;
  readonly cluster: string;
  readonly namespace: string | null;
  readonly service_account: string | null;
  readonly pod: string | null;
  readonly pod_uid: string | null;
  readonly mechanism: Mechanism;
}

const SUBJECT = /^system:serviceaccount:([^:]+):([^:]+)$/;

export function providerClaim(provider: Provider): Claim {
  return {
    cluster_id: provider.clusterId,
    cluster: provider.clusterName,
    namespace: null,
    service_account: null,
    pod: null,
    pod_uid: null,
    mechanism: 'irsa',
  };
}

/** The workload that a token's subject names; null for a subject of another kind. */
export function tokenClaim(provider: Provider, subject: string): Claim | null {
  const [, namespace, serviceAccount] = SUBJECT.exec(subject) ?? [];
  if (namespace === undefined || serviceAccount === undefined) return null;
  return { ...providerClaim(provider), namespace, service_account: serviceAccount };
}

/** The workload that EKS Auth's session tags name. */
export function tagsClaim({ name, uid, workload }: Pod): Claim {
  return {
    cluster_id: workload.cluster.arn,
    cluster: workload.cluster.name,
    namespace: workload.namespace,
    service_account: workload.serviceAccount,
    pod: name,
    pod_uid: uid,
    mechanism: 'pod-identity',
  };
}

/** What a session's issuance says by itself; null for one that is no pod's own. */
export function issuanceClaim(session: Session): Claim | null {
  if (session.origin === 'web-identity' && session.provider && session.subject !== null) {
    return tokenClaim(session.provider, session.subject);
  }
  return session.origin === 'pod-identity' && session.isTagged && session.pod ? tagsClaim(session.pod) : null;
}

/** Equal for claims of one subject on one cluster, whichever pod they name. */
export function subjectKey(claim: Claim): string {
  return `${claim.cluster_id} ${claim.namespace} ${claim.service_account}`;
}

export function withoutPod(claim: Claim): Claim {
  return { ...claim, pod: null, pod_uid: null };
}

/** What claims of one subject have in common: its pod only when all name the same. */
export function commonClaim(claims: readonly Claim[]): Claim | null {
  const [first, ...others] = claims;
  if (!first || others.some((claim) => subjectKey(claim) !== subjectKey(first))) return null;
  const samePod = others.every((claim) => claim.pod_uid === first.pod_uid);
  return samePod ? first : withoutPod(first);
}
