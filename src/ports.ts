// The ports: what the core asks of the world, and what tests replace.
import type { AwsFacts } from './diagnosis/facts.ts';
import type { Heir } from './identity/inherit.ts';
import type { Issuance } from './identity/issuance.ts';
import type { Inheritance, KeptIssuance } from './identity/root.ts';
import type { Workload } from './identity/workload.ts';
import type { Group } from './live/escalation.ts';
import type { Failure, Sighting } from './live/failure.ts';
import type { Finding } from './live/finding.ts';
import type { Datum } from './live/metrics.ts';
import type { Renewal } from './live/renewal.ts';
import type { NotedFailure, Told, Unsettled } from './live/settle.ts';

/**
 * The sessions known to have been issued. CloudTrail delivers in no order, so that an issuance may come after the calls
 * made with it: an empty answer means "not seen yet".
 */
export interface Ledger {
  /** Keeps an issuance with its caller; the same `id` again replaces it and what it inherited, as when a record is delivered twice. */
  store(issuance: Issuance): Promise<void>;
  /** Keeps what a session inherits, where it is kept by its key: nothing replaces `disputed`, which alone replaces a root. */
  inherit(heir: Heir, inherited: Inheritance): Promise<void>;
  /** All issuances of this key: one, unless several accounts' copies of one call were read. */
  issuancesByKey(accessKeyId: string): Promise<readonly KeptIssuance[]>;
  /** All issuances for this role at this very time, in epoch milliseconds; what they inherited is told by key only. */
  issuancesByStart(roleArn: string, startedAt: number): Promise<readonly KeptIssuance[]>;
  /** Those of the sessions that were begun with this key and may inherit from its session. */
  issuancesByCaller(accessKeyId: string): Promise<readonly Issuance[]>;
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

/** What failed and is not over. Watchers note, one function settles; noting a record again changes nothing. */
export interface Failures {
  note(failure: Failure, sightings: readonly Sighting[]): Promise<void>;
  /** Those that are not over; those whose ids are behind `from` first. */
  unsettled(from: string): AsyncIterable<NotedFailure>;
  /** What its records are by now. */
  read(noted: NotedFailure): Promise<Unsettled>;
  /** Keeps how it was told. */
  tell(id: string, told: Told): Promise<void>;
  /** All of it until `to`, event time in epoch milliseconds, is over. What was noted since it was read stays unsettled. */
  settle(one: Unsettled, to: number): Promise<void>;
  /** Groups that are told as one. */
  shared(): Promise<readonly Shared[]>;
  share(shared: Shared): Promise<void>;
  unshare(key: string): Promise<void>;
}

export interface Shared {
  readonly key: string;
  /** Epoch milliseconds, which tell this time from another. */
  readonly since: number;
  /** The day (UTC) on which it was told last. */
  readonly day: string;
  /** As it was when it was largest. */
  readonly group: Group;
}

/** How workloads renew their credentials. The order of noting changes nothing. */
export interface Renewals {
  note(renewal: Renewal): Promise<void>;
  /** When the workload last got credentials of this role, epoch milliseconds; null where that is not known. */
  lastOf(workload: Workload, roleArn: string): Promise<number | null>;
  all(): AsyncIterable<{ renewal: Renewal; told: ToldStopped | null }>;
  tell(workload: Workload, roleArn: string, told: ToldStopped | null): Promise<void>;
  /** Drops periods that say nothing more. */
  forget(workload: Workload, roleArn: string, periods: readonly string[]): Promise<void>;
}

export interface ToldStopped {
  /** The issuance after which it was told as stopped, epoch milliseconds. */
  readonly at: number;
  /** Since when it had renewed without a gap. */
  readonly since: number;
  readonly how: 'alone' | 'together';
}
