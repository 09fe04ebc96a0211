// Owns how workloads renew their credentials: what each batch of issuances adds to it, and when one that renewed has stopped.
import type { Issuance } from '../identity/issuance.ts';
import { workloadOf } from '../identity/issuance.ts';
import { type Workload, workloadText } from '../identity/workload.ts';

/** The sessions that a workload took of a role. Times are epoch milliseconds. */
export interface Renewal {
  readonly workload: Workload;
  readonly roleArn: string;
  readonly lastAt: number;
  /** When the last of them ends; null where no record says. */
  readonly endsAt: number | null;
  /** In which periods any was taken; a period is as long as its session lasts: `60/497721`, minutes and number. */
  readonly periods: readonly string[];
}

export const renewalKey = (workload: Workload, roleArn: string) => `${workloadText(workload)} ${roleArn}`;

/** One for each workload and role that these issuances name. */
export function renewalsOf(issuances: readonly Issuance[]): Renewal[] {
  const found = new Map<string, Renewal & { lastAt: number; endsAt: number | null; periods: string[] }>();
  for (const issuance of issuances) {
    const workload = workloadOf(issuance);
    const { roleArn, issuedAt, expiresAt } = issuance;
    if (workload === null || roleArn === null) continue;
    const key = renewalKey(workload, roleArn);
    const period = periodOf(issuedAt, expiresAt);
    const periods = period === null ? [] : [period];
    const known = found.get(key);
    if (known === undefined)
      found.set(key, { workload, roleArn, lastAt: issuedAt, endsAt: expiresAt, periods });
    else {
      known.lastAt = Math.max(known.lastAt, issuedAt);
      known.endsAt = latest(known.endsAt, expiresAt);
      if (period !== null && !known.periods.includes(period)) known.periods.push(period);
    }
  }
  return [...found.values()];
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

const MINUTE_MS = 60_000;
const QUARTER_MIN = 15;

function periodOf(issuedAt: number, expiresAt: number | null): string | null {
  if (expiresAt === null || expiresAt <= issuedAt) return null;
  // Not shorter than the session, so that who renews in time leaves no period out.
  const minutes = Math.ceil((expiresAt - issuedAt) / MINUTE_MS / QUARTER_MIN) * QUARTER_MIN;
  return `${minutes}/${Math.floor(issuedAt / MINUTE_MS / minutes)}`;
}

/** Clocks, and records that are delivered late. */
const GRACE_MS = 30 * MINUTE_MS;
/** What stopped longer ago is no news. */
const NEWS_MS = 24 * 60 * MINUTE_MS;
/** A job takes its sessions in fewer. */
const STEADY_PERIODS = 4;

/**
 * Since when the sessions followed one another without a gap until the last one ended; null where they did not, or have not
 * ended. It says that renewing stopped, not why: what is scaled down or idle stops, too.
 */
export function stoppedSince({ lastAt, endsAt, periods }: Renewal, now: number): number | null {
  if (endsAt === null || endsAt + GRACE_MS >= now || endsAt <= now - NEWS_MS) return null;
  const taken = new Set(periods);
  const begins = [...new Set(periods.map((period) => Number(period.split('/')[0])))].flatMap((minutes) => {
    const last = Math.floor(lastAt / MINUTE_MS / minutes);
    let first = last;
    while (taken.has(`${minutes}/${first}`)) first -= 1;
    return last - first >= STEADY_PERIODS ? [(first + 1) * minutes * MINUTE_MS] : [];
  });
  return begins.length === 0 ? null : Math.min(...begins);
}

const MOST_PERIODS = 64;

/** Those that say nothing more: of each length the oldest beyond a number. */
export function needlessPeriods(periods: readonly string[]): string[] {
  const number = (period: string) => Number(period.split('/')[1]);
  const byLength = new Map<string, string[]>();
  for (const period of periods) {
    const length = period.split('/')[0] ?? '';
    byLength.set(length, [...(byLength.get(length) ?? []), period]);
  }
  return [...byLength.values()].flatMap((those) =>
    those.sort((a, b) => number(b) - number(a)).slice(MOST_PERIODS),
  );
}
