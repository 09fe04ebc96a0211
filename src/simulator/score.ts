// Holds attributed rows against the truth of a simulated trail: false claims, missed proofs, and how many were right.

import type { Claim } from './claims.ts';
import type { EventTruth } from './event-truth.ts';

/** The fields of an attributed row that the score looks at, named as `podtrail attribute` prints them. */
export interface ScoredRow {
  event_id: string | null;
  recipient_account_id: string | null;
  aws_region: string | null;
  workload_cluster_id: string | null;
  workload_cluster: string | null;
  workload_namespace: string | null;
  workload_service_account: string | null;
  workload_pod: string | null;
  workload_pod_uid: string | null;
  workload_mechanism: string | null;
  confidence: string;
  evidence: string | null;
  candidates: readonly Candidate[];
  hops: readonly string[];
}

type Candidate = Pick<Claim, 'cluster_id' | 'namespace' | 'service_account'>;

export interface Score {
  rows: number;
  /** Rows that named the workload that made the call. */
  named: number;
  /** Rows rightly left without a workload. */
  leftAlone: number;
  /** Rows that said something untrue: another workload, pod or cluster, or candidates without the true one. */
  falseClaims: Tally;
  /** Untrue rows that say just what the delivered records suggest; only a trail that may mislead has some. */
  misled: Tally;
  /** Rows that said less than, more than, or on another rung than, the delivered records prove. */
  missed: Tally;
  /** Truths without a row. */
  lost: number;
}

/** How many rows there were of a kind, with the first few to look at. */
export interface Tally {
  count: number;
  readonly first: Mismatch[];
}

export interface Mismatch {
  truth: EventTruth;
  row: ScoredRow;
}

const KEPT = 20;

/** Counts rows one by one; `finish` adds the truths that no row told of. */
export class Scorer {
  readonly #truths = new Map<string, EventTruth>();
  readonly #score: Score = {
    rows: 0,
    named: 0,
    leftAlone: 0,
    falseClaims: { count: 0, first: [] },
    misled: { count: 0, first: [] },
    missed: { count: 0, first: [] },
    lost: 0,
  };

  expect(truth: EventTruth): void {
    this.#truths.set(key(truth), truth);
  }

  add(row: ScoredRow): void {
    const score = this.#score;
    const truth = this.#truths.get(key(row));
    score.rows += 1;
    // Simulated records all carry an id: a row without a truth is a record that was never delivered.
    if (truth === undefined) throw new RangeError('a row tells of a record that the trail does not have');
    this.#truths.delete(key(row));
    const isProven = isAsProven(row, truth);
    if (!isProven) count(score.missed, { truth, row });
    if (!isTrue(row, truth)) {
      const isMisled = isProven && (truth.provable === 'inferred' || truth.provable === 'ambiguous');
      count(isMisled ? score.misled : score.falseClaims, { truth, row });
    } else if (row.workload_namespace !== null) score.named += 1;
    else if (truth.workload === null) score.leftAlone += 1;
  }

  finish(): Score {
    return { ...this.#score, lost: this.#truths.size };
  }
}

function count(tally: Tally, mismatch: Mismatch): void {
  tally.count += 1;
  if (tally.first.length < KEPT) tally.first.push(mismatch);
}

function key(record: Pick<ScoredRow, 'event_id' | 'recipient_account_id' | 'aws_region'>): string {
  return `${record.event_id}/${record.recipient_account_id}/${record.aws_region}`;
}

/** Whether nothing that the row says contradicts who really made the call. */
function isTrue(row: ScoredRow, { workload }: EventTruth): boolean {
  if (row.confidence === 'ambiguous') {
    return workload === null || row.candidates.some((candidate) => sameSubject(candidate, workload));
  }
  const said = claimOf(row);
  if (workload === null) return row.candidates.length === 0 && isEmpty(said);
  const { cluster_id, cluster, namespace, service_account, pod, pod_uid, mechanism } = workload;
  const actual = [cluster_id, cluster, namespace, service_account, pod, pod_uid, mechanism];
  return said.every((value, index) => value === null || value === actual[index]);
}

/** Whether the row says just what the delivered records prove: no less, no more, on the same rung. */
function isAsProven(row: ScoredRow, truth: EventTruth): boolean {
  return (
    row.confidence === truth.provable &&
    row.evidence === truth.evidence &&
    row.hops.join() === truth.hops.join() &&
    isSaidAsProven(row, truth)
  );
}

function isSaidAsProven(row: ScoredRow, { provable, says, candidates }: EventTruth): boolean {
  if (provable === 'ambiguous') {
    // How the candidates came by their credentials may be told as long as they agree.
    return claimOf(row).slice(0, -1).every(isNull) && sameCandidates(row.candidates, candidates);
  }
  if (row.candidates.length > 0) return false;
  if (says === null) return isEmpty(claimOf(row));
  const { cluster_id, cluster, namespace, service_account, pod, pod_uid, mechanism } = says;
  const proven = [cluster_id, cluster, namespace, service_account, pod, pod_uid, mechanism];
  return claimOf(row).every((value, index) => value === proven[index]);
}

/** What the row says of the caller; the mechanism comes last. */
function claimOf(row: ScoredRow): (string | null)[] {
  return [
    row.workload_cluster_id,
    row.workload_cluster,
    row.workload_namespace,
    row.workload_service_account,
    row.workload_pod,
    row.workload_pod_uid,
    row.workload_mechanism,
  ];
}

function isEmpty(claim: readonly (string | null)[]): boolean {
  return claim.every(isNull);
}

function isNull(value: string | null): boolean {
  return value === null;
}

function sameCandidates(said: readonly Candidate[], proven: readonly Candidate[]): boolean {
  const subjects = new Set(said.map(subjectOf));
  return subjects.size === proven.length && proven.every((claim) => subjects.has(subjectOf(claim)));
}

function sameSubject(one: Candidate, other: Candidate): boolean {
  return subjectOf(one) === subjectOf(other);
}

function subjectOf({ cluster_id, namespace, service_account }: Candidate): string {
  return JSON.stringify([cluster_id, namespace, service_account]);
}
