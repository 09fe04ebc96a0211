// Owns every seam that a test may replace: what the core asks of the world, in the core's own terms.
import type { Issuance } from './identity/issuance.ts';

/**
 * The sessions known to have been issued. CloudTrail delivers in no order, so that an issuance may come after the calls
 * made with it: an empty answer means "not seen yet".
 */
export interface Ledger {
  /** Keeps an issuance with its caller; the same `id` again replaces it, as when a record is delivered twice. */
  store(issuance: Issuance): Promise<void>;
  /** All issuances of this key: one, unless several accounts' copies of one call were read. */
  issuancesByKey(accessKeyId: string): Promise<readonly Issuance[]>;
  /** All issuances for this role at this very time, in epoch milliseconds. */
  issuancesByStart(roleArn: string, startedAt: number): Promise<readonly Issuance[]>;
}
