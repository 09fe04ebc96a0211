// Owns how workloads renew their credentials: what each batch of issuances adds to it, and when one that renewed has stopped.
import type { Issuance } from '../identity/issuance.ts';
import { workloadOf } from '../identity/issuance.ts';
import { type Workload, workloadText } from '../identity/workload.ts';

/** The sessions that a workload took of a role. Times are epoch milliseconds. */
export interface Renewal {
  readonly workload: Workload;
  readonly roleArn: string;
  readonly mechanism: Issuance['mechanism'];
  readonly firstAt: number;
  readonly lastAt: number;
  /** When the last of them ends; null where its record does not say. */
  readonly endsAt: number | null;
  /** Counted at least once each: more where a function died. */
  readonly sessions: number;
}

export const renewalKey = (workload: Workload, roleArn: string) => `${workloadText(workload)} ${roleArn}`;

/** One for each workload and role that these issuances name. */
export function renewalsOf(issuances: readonly Issuance[]): Renewal[] {
  const found = new Map<string, Renewal>();
  for (const issuance of issuances) {
    const workload = workloadOf(issuance);
    const { roleArn, mechanism, issuedAt, expiresAt } = issuance;
    if (workload === null || roleArn === null) continue;
    const key = renewalKey(workload, roleArn);
    const before = found.get(key);
    const isLatest = before === undefined || issuedAt >= before.lastAt;
    found.set(key, {
      workload,
      roleArn,
      mechanism,
      firstAt: Math.min(issuedAt, before?.firstAt ?? issuedAt),
      lastAt: Math.max(issuedAt, before?.lastAt ?? issuedAt),
      endsAt: isLatest ? expiresAt : before.endsAt,
      sessions: 1 + (before?.sessions ?? 0),
    });
  }
  return [...found.values()];
}

/** Clocks, and records that are delivered late. */
const GRACE_MS = 30 * 60_000;
/** What stopped longer ago is no news. */
const NEWS_MS = 24 * 3_600_000;
/** One session may be a job's, two those of a restart. */
const LEAST_SESSIONS = 3;

/**
 * Whether its sessions followed one another without a gap, as far as their number tells, and the last one has ended. It says that
 * renewing stopped, not why: what is scaled down stops, too.
 */
export function hasStopped({ firstAt, lastAt, endsAt, sessions }: Renewal, now: number): boolean {
  if (endsAt === null || sessions < LEAST_SESSIONS || endsAt <= lastAt) return false;
  const wasSteady = sessions - 1 >= (lastAt - firstAt) / (endsAt - lastAt);
  return wasSteady && endsAt + GRACE_MS < now && endsAt > now - NEWS_MS;
}
