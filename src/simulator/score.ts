// Holds attributed rows against the truth of a simulated trail: false claims, missed proofs, and how many were right.

import type { EventTruth } from './event-truth.ts';

/** The fields of an attributed row that the score looks at, named as `podtrail attribute` prints them. */
export interface ScoredRow {
  event_id: string | null;
  recipient_account_id: string | null;
  aws_region: string | null;
  workload_cluster_id: string | null;
  workload_namespace: string | null;
  workload_service_account: string | null;
  workload_pod: string | null;
  confidence: string;
  evidence: string | null;
  candidates: { cluster_id: string | null; namespace: string; service_account: string }[];
  hops: string[];
}

export interface Score {
  rows: number;
  /** Rows that named the workload that made the call. */
  named: number;
  /** Rows rightly left without a workload. */
  leftAlone: number;
  /** Rows that said something untrue: another workload, pod or cluster, or candidates without the true one. */
  falseClaims: Mismatch[];
  /** Rows that said less than, or on another rung than, the delivered records prove. */
  missed: Mismatch[];
  /** Truths without a row. */
  lost: number;
}

export interface Mismatch {
  truth: EventTruth;
  row: ScoredRow;
}

/** Counts rows one by one; `finish` adds the truths that no row told of. */
export class Scorer {
  readonly #truths = new Map<string, EventTruth>();
  readonly #score: Score = { rows: 0, named: 0, leftAlone: 0, falseClaims: [], missed: [], lost: 0 };

  expect(truth: EventTruth): void {
    this.#truths.set(key(truth), truth);
  }

  add(row: ScoredRow): void {
    const truth = this.#truths.get(key(row));
    this.#score.rows += 1;
    // Simulated records all carry an id: a row without a truth is a record that was never delivered.
    if (truth === undefined) throw new RangeError('a row tells of a record that the trail does not have');
    this.#truths.delete(key(row));
    if (!isTrue(row, truth)) this.#score.falseClaims.push({ truth, row });
    else if (row.workload_namespace !== null) this.#score.named += 1;
    else if (truth.workload === null) this.#score.leftAlone += 1;
    if (!isAsProven(row, truth)) this.#score.missed.push({ truth, row });
  }

  finish(): Score {
    return { ...this.#score, lost: this.#truths.size };
  }
}

function key(record: Pick<ScoredRow, 'event_id' | 'recipient_account_id' | 'aws_region'>): string {
  return `${record.event_id}/${record.recipient_account_id}/${record.aws_region}`;
}

function isTrue(row: ScoredRow, { workload }: EventTruth): boolean {
  const claims =
    row.workload_cluster_id !== null || row.workload_namespace !== null || row.candidates.length > 0;
  if (workload === null) return !claims || row.confidence === 'ambiguous';
  if (row.confidence === 'ambiguous') {
    return row.candidates.some(
      (candidate) =>
        candidate.cluster_id === workload.cluster_id &&
        candidate.namespace === workload.namespace &&
        candidate.service_account === workload.service_account,
    );
  }
  return (
    isNullOr(row.workload_cluster_id, workload.cluster_id) &&
    isNullOr(row.workload_namespace, workload.namespace) &&
    isNullOr(row.workload_service_account, workload.service_account) &&
    isNullOr(row.workload_pod, workload.pod)
  );
}

function isNullOr(claimed: string | null, actual: string): boolean {
  return claimed === null || claimed === actual;
}

function isAsProven(row: ScoredRow, truth: EventTruth): boolean {
  return (
    row.confidence === truth.provable &&
    row.evidence === truth.evidence &&
    (truth.provable === 'unknown' || row.hops.join() === truth.hops.join())
  );
}
