// Owns what fails: which records are of one failure, whatever order they come in, and what is known of all of them together.
import { createHash } from 'node:crypto';
import type { Certainty } from '../diagnosis/cause.ts';
import type { Attribution } from '../identity/attribution.ts';
import { type Workload, workloadText } from '../identity/workload.ts';
import type { TrailRecord } from '../trail/record.ts';

export type FailureKind = 'assumption-failed' | 'call-denied';

/**
 * One cause, workload (or node) and role. All of it is alike in each of its records, so that any of them gives the same, but for a
 * cause that IAM could make surer for some of them: `id` goes by what the record alone tells of the cause.
 */
export interface Failure {
  readonly id: string;
  readonly kind: FailureKind;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly workload: Workload | null;
  /** Where no workload is named: the cluster that a node asked for a pod's credentials of, and the node. */
  readonly node: { readonly cluster: string | null; readonly instance: string | null } | null;
  readonly confidence: Attribution['confidence'];
  readonly roleArn: string | null;
  /** `sts:AssumeRoleWithWebIdentity`: the service's name as CloudTrail writes it, and the action. */
  readonly action: string;
  readonly errorCode: string;
  /** Of the catalogue (docs/causes.md), the likeliest as it was judged by the record; null where nothing of it fits. */
  readonly cause: { readonly id: string; readonly certainty: Certainty } | null;
}

/** One record of a failure. */
export interface Sighting {
  /** The record, as it is told from others. */
  readonly recordId: string;
  readonly eventId: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What the records of a failure are together. */
export interface Seen {
  /** Epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  /** Whether these are all, or `MOST_COUNTED` of more. */
  readonly isCounted: boolean;
  /** Of the earliest. */
  readonly eventIds: readonly string[];
}

/** Each run reads the records of each open failure; so many say enough. */
export const MOST_COUNTED = 10_000;

/**
 * The failure that a record is one sighting of. Its id is that of everything equal but time: `byRecord`, the cause as the record alone
 * tells it, is in it, since what IAM says besides (`cause`) may differ from one sighting to the next.
 */
export function failureOf(
  kind: FailureKind,
  record: TrailRecord,
  { workload, confidence }: Pick<Attribution, 'workload' | 'confidence'>,
  roleArn: string | null,
  { cause, byRecord }: { cause: Failure['cause']; byRecord: Failure['cause'] },
): Failure {
  const is = {
    kind,
    accountId: record.recipientAccountId,
    region: record.awsRegion,
    workload,
    node: workload === null && kind === 'assumption-failed' ? nodeOf(record) : null,
    confidence,
    roleArn,
    action: `${record.eventSource.replace(/[.]amazonaws[.]com(\.cn)?$/, '')}:${record.eventName}`,
    errorCode: record.errorCode ?? 'unstated',
  };
  return { id: hashOf(JSON.stringify({ ...is, cause: byRecord })), ...is, cause };
}

/** A node's session is named after its instance: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html */
function nodeOf({ resources, principal }: TrailRecord): Failure['node'] {
  const name = principal.sessionName ?? '';
  return {
    cluster: resources.find((arn) => /^arn:[^:]+:eks:[^:]*:[^:]*:cluster[/]/.test(arn)) ?? null,
    instance: /^i-[0-9a-f]{8,17}$/.test(name) ? name : null,
  };
}

/** Whom a failure is of, as far as a record says; equal for equal ones. */
export function whose({ workload, node, roleArn }: Failure): string {
  return workload === null ? JSON.stringify([node, roleArn]) : workloadText(workload);
}

/** The less, the surer its cause is. */
export function certaintyOf({ cause }: Failure): number {
  return cause === null ? 3 : ['proven', 'likely', 'possible'].indexOf(cause.certainty);
}

/** 128 bits in hex: ids of failures are compared, and never taken apart. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
