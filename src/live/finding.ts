// Owns what is told of a failure: one finding for a workload, role, error and day, whatever order its records come in.
import { createHash } from 'node:crypto';
import type { Certainty } from '../diagnosis/cause.ts';
import type { Attribution } from '../identity/attribution.ts';
import type { Workload } from '../identity/workload.ts';
import type { TrailRecord } from '../trail/record.ts';
import type { IssuerFinding } from './issuer-probe.ts';
import type { ReportNotice } from './report-notice.ts';
import type { TrailFinding } from './trail-check.ts';

/** Whatever is told, of a workload, of the trail itself, of a cluster's issuer, or that an answer is there; `id` is its own. */
export type Finding = WorkloadFinding | TrailFinding | IssuerFinding | ReportNotice;

export type FindingKind = 'assumption-failed' | 'call-denied';

/**
 * Made of what all records that it stands for have alike: whichever is delivered first gives the same finding. How often and
 * since when it happens, `look` tells.
 */
export interface WorkloadFinding {
  readonly id: string;
  readonly kind: FindingKind;
  /** The day (UTC) of the event, `2026-10-05`: a failure that goes on is told again the next day. */
  readonly day: string;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly workload: Workload | null;
  readonly confidence: Attribution['confidence'];
  readonly roleArn: string | null;
  /** `sts:AssumeRoleWithWebIdentity`: the service's name as CloudTrail writes it, and the action. */
  readonly action: string;
  readonly errorCode: string;
  /** Of the catalogue (docs/causes.md), the likeliest as it was judged with the first record; null where nothing of it fits. */
  readonly cause: { readonly id: string; readonly certainty: Certainty } | null;
  /** The command that shows the records behind it. */
  readonly look: string;
}

export function findingOf(
  kind: FindingKind,
  record: TrailRecord,
  { workload, confidence }: Pick<Attribution, 'workload' | 'confidence'>,
  roleArn: string | null,
  cause: WorkloadFinding['cause'],
): WorkloadFinding {
  const day = new Date(record.eventTime).toISOString().slice(0, 10);
  const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  const question = kind === 'call-denied' ? 'denied-calls' : 'failed-assumptions';
  const told = {
    kind,
    day,
    accountId: record.recipientAccountId,
    region: record.awsRegion,
    workload,
    confidence,
    roleArn,
    action: `${record.eventSource.replace(/[.]amazonaws[.]com(\.cn)?$/, '')}:${record.eventName}`,
    errorCode: record.errorCode ?? 'unstated',
    cause,
  };
  return {
    id: createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32),
    ...told,
    look: `podtrail ask ${question} --since ${day} --until ${next}`,
  };
}
