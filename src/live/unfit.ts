// Owns how faults of what podtrail's answers rest on are told: each once a day while it lasts, with its meaning and remedy.
import type { Findings, Handled } from '../ports.ts';
import type { Finding } from './finding.ts';
import { publishOnce } from './publish-once.ts';

/** What is looked for: its name, whether it is so, what follows from it, and what mends it. */
export type Check<Fault> = readonly [fault: Fault, isSo: boolean, meaning: string, remedy: string];

export interface ToldFault<Fault> {
  readonly id: string;
  readonly day: string;
  readonly fault: Fault;
  readonly meaning: string;
  readonly remedy: string;
}

/** Those that are so, in their order; `of` is what has them. */
export function faultsOf<Fault extends string>(
  of: string,
  checks: readonly Check<Fault>[],
  now: number,
): ToldFault<Fault>[] {
  const day = new Date(now).toISOString().slice(0, 10);
  // The remedy tells faults of one kind apart; a meaning may hold the words of an error, which change.
  return checks.flatMap(([fault, isSo, meaning, remedy]) =>
    isSo ? [{ id: [of, fault, remedy, day].join(' '), day, fault, meaning, remedy }] : [],
  );
}

/** Each once, however often it is found; ends with the first that cannot be published. */
export async function publishAll(
  found: readonly Finding[],
  ports: { handled: Handled; findings: Findings },
): Promise<void> {
  for (const finding of found) await publishOnce(finding, ports);
}
