// Judges severity: by how many workloads fail for one cause, since when, and whether any attempt still succeeds.
import type { Facts } from './facts.ts';

export type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';

/** A failure that ended so long before the end of what was read is over. */
const OVER_MS = 3_600_000;
/** IAM is eventually consistent: what has failed for less is perhaps only new. */
const NEW_MS = 5 * 60_000;
const STEPS: readonly Severity[] = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** The rule in words, for the documentation. */
export const SEVERITY_RULE = [
  'LOW: it is over: a session began after the last failure, or the last failure is an hour older than the end of what was read.',
  'MEDIUM: some attempts succeed since it began; or the logs were not read, so nothing is known about others.',
  'HIGH: one workload, of which no attempt has succeeded since it began.',
  'CRITICAL: the same for two workloads or more.',
  'One step lower where it began less than five minutes before the last failure: IAM changes take minutes to apply.',
];

/** By SEVERITY_RULE. */
export function severityOf({ trail }: Facts): Severity {
  if (trail === undefined || trail.failures === 0) return 'MEDIUM';
  const { lastSuccess, last, since, until, alsoFailing } = trail;
  if ((lastSuccess !== null && lastSuccess > last) || until - last >= OVER_MS) return 'LOW';
  if (lastSuccess !== null && lastSuccess > since) return 'MEDIUM';
  const full: Severity = alsoFailing.length > 0 ? 'CRITICAL' : 'HIGH';
  const isNew = last - since < NEW_MS && until - since < NEW_MS;
  return isNew ? (STEPS[STEPS.indexOf(full) - 1] ?? 'LOW') : full;
}

/** The most severe first; of these, those that fail most often. */
export function worstFirst(a: Ranked, b: Ranked): number {
  return (
    STEPS.indexOf(b.severity) - STEPS.indexOf(a.severity) ||
    (b.affected.failures ?? 0) - (a.affected.failures ?? 0)
  );
}

interface Ranked {
  readonly severity: Severity;
  readonly affected: { readonly failures: number | null };
}
