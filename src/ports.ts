// Owns every seam that a test may replace: what the core asks of the world, in the core's own terms.
import type { AwsFacts } from './diagnosis/facts.ts';
import type { Issuance } from './identity/issuance.ts';
import type { Finding } from './live/finding.ts';
import type { Datum } from './live/metrics.ts';

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

/**
 * What has been handled, so that a record delivered twice, or to two workers at once, has its effect once. What was begun and
 * never ended, since the worker died, may be begun again after a while.
 */
export interface Handled {
  /** `begun`: it is the caller's to do now; `done`: it was done before; `busy`: another worker has begun it. */
  begin(id: string): Promise<'begun' | 'done' | 'busy'>;
  end(id: string): Promise<void>;
  /** Gives back what was begun and could not be done. */
  giveUp(id: string): Promise<void>;
}

export interface Metrics {
  /** Puts all of the data or throws; what was put before it threw stays put. */
  put(data: readonly Datum[]): Promise<void>;
}

/** What IAM says of roles now, and of the providers of their account. */
export interface Roles {
  /** Null where it may not, or could not, be asked: the cause is then judged without. */
  of(roleArn: string): Promise<AwsFacts | null>;
}

export interface Findings {
  publish(finding: Finding): Promise<void>;
}
