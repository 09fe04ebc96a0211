// Owns the shape of an answer to "whose call was this?" on the live path.
import type { Mechanism } from './issuance.ts';
import type { Workload } from './workload.ts';

/** The rungs of the evidence ladder that stand on issuances alone, whatever other records are at hand. */
export type LiveEvidence = 'own-token' | 'session-tags' | 'issued-key' | 'session-start' | 'chained';

export interface Attribution {
  /** `exact` names the workload, `ambiguous` its candidates, `unknown` nobody. */
  readonly confidence: 'exact' | 'ambiguous' | 'unknown';
  readonly evidence: LiveEvidence | null;
  readonly workload: Workload | null;
  readonly candidates: readonly Workload[];
  /** How the first session was begun; null where it is open. */
  readonly mechanism: Mechanism | null;
  readonly pod: string | null;
  readonly podUid: string | null;
  /** Role ARNs from the workload's first role to the calling one; the calling one alone where the way is open. */
  readonly hops: readonly string[];
  /** Whether a known delegate acted as a ServiceAccount that is not its own. */
  readonly isDelegated: boolean;
}

export const UNKNOWN: Attribution = Object.freeze({
  confidence: 'unknown',
  evidence: null,
  workload: null,
  candidates: [],
  mechanism: null,
  pod: null,
  podUid: null,
  hops: [],
  isDelegated: false,
});
