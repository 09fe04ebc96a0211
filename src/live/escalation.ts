// Owns when one cause in many workloads is told as one: not each of them again, and not each recovery.
import { type Workload, workloadText } from '../identity/workload.ts';
import { type Failure, type FailureKind, hashOf, type Seen, whose } from './failure.ts';
import { type SharedFinding, sighted } from './finding.ts';

/** From so many workloads on. */
export const MANY = 5;
const MOST_EXAMPLES = 20;
/** Names of Kubernetes and AWS end far below; a message holds 256 KB. */
const LONGEST_EXAMPLE = 2_000;

/** All that fails of one cause, as it is known now. */
export interface Group {
  readonly key: string;
  readonly of: FailureKind;
  readonly cause: Failure['cause'];
  readonly errorCode: string;
  readonly workloads: number;
  readonly examples: readonly Workload[];
  readonly seen: Omit<Seen, 'eventIds'>;
}

/** Of denied calls, only those of one action have anything in common. */
export function groupKey({ kind, cause, errorCode, action }: Failure): string {
  return hashOf(JSON.stringify([kind, cause?.id ?? errorCode, kind === 'call-denied' ? action : null]));
}

/** By `groupKey`, whatever order they come in. */
export function groupsOf(open: readonly { failure: Failure; seen: Seen }[]): Map<string, Group> {
  const byKey = new Map<string, { failure: Failure; seen: Seen }[]>();
  for (const one of open) {
    const key = groupKey(one.failure);
    const those = byKey.get(key);
    if (those === undefined) byKey.set(key, [one]);
    else those.push(one);
  }
  return new Map([...byKey].map(([key, those]) => [key, groupOf(key, those)]));
}

function groupOf(key: string, those: readonly { failure: Failure; seen: Seen }[]): Group {
  const who = new Map(those.map(({ failure }) => [whose(failure), failure.workload]));
  const sorted = those.map(({ failure }) => failure).sort((a, b) => (a.id < b.id ? -1 : 1));
  const [{ kind, cause, errorCode }] = sorted as [Failure];
  return {
    key,
    of: kind,
    cause,
    errorCode,
    workloads: who.size,
    examples: examplesOf([...who].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, workload]) => workload)),
    seen: {
      firstAt: Math.min(...those.map(({ seen }) => seen.firstAt)),
      lastAt: Math.max(...those.map(({ seen }) => seen.lastAt)),
      count: those.reduce((sum, { seen }) => sum + seen.count, 0),
    },
  };
}

/** The first of them that a message has room for. */
export function examplesOf(sorted: readonly (Workload | null)[]): Workload[] {
  return sorted
    .flatMap((workload) => workload ?? [])
    .filter((workload) => workloadText(workload).length <= LONGEST_EXAMPLE)
    .slice(0, MOST_EXAMPLES);
}

/** It is told again when it has doubled: 5 workloads, 10, 20, and so on; 0 where it is not to be told. */
export function levelOf({ workloads }: Pick<Group, 'workloads'>): number {
  return workloads < MANY ? 0 : 1 + Math.floor(Math.log2(workloads / MANY));
}

export function sharedFinding(group: Group, state: SharedFinding['state']): SharedFinding {
  const { key, of, cause, errorCode, workloads, examples, seen } = group;
  return {
    id: key,
    kind: 'many-failing',
    of,
    cause,
    errorCode,
    state,
    workloads,
    examples,
    ...sighted(of, seen, null),
  };
}
