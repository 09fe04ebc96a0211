// Owns the shape of the truth that comes with a simulated trail: who made a call, and what the trail proves of it.

import type { Claim } from './claims.ts';
import type { Mechanism } from './world.ts';

export type Provable = 'exact' | 'inferred' | 'ambiguous' | 'unknown';

export type Evidence =
  | 'own-token'
  | 'session-tags'
  | 'issued-key'
  | 'session-start'
  | 'chained'
  | 'role-subject'
  | 'session-name'
  | 'provider';

export interface TrueWorkload {
  readonly cluster_id: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly service_account: string;
  readonly pod: string;
  readonly pod_uid: string;
  readonly mechanism: Mechanism;
}

export interface EventTruth {
  readonly event_id: string;
  readonly recipient_account_id: string;
  readonly aws_region: string;
  /** Who really made the call; null when it was no Kubernetes workload. A delegate counts as the subject that it acts as. */
  readonly workload: TrueWorkload | null;
  /** What the delivered trail proves by the evidence ladder. */
  readonly provable: Provable;
  readonly evidence: Evidence | null;
  /** The workload that the evidence names; null when it is ambiguous or unknown. Differs from `workload` where it misleads. */
  readonly says: Claim | null;
  /** When it is ambiguous, the workloads that the evidence leaves open. */
  readonly candidates: readonly Claim[];
  /**
   * Role ARNs from the first role that the evidence shows to the calling one; for an issuance, the role asked for. The calling
   * role alone where several paths fit, and none where nothing is known.
   */
  readonly hops: readonly string[];
  /** The scenario's name, for counting. */
  readonly why: string;
}
