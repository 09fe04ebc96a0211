// Owns when many failures are told as one: one cause in many workloads of a cluster, or many kinds of denied calls of one workload.
import { type Workload, workloadText } from '../identity/workload.ts';
import { type Failure, hashOf, type Seen, whose } from './failure.ts';
import { type SharedFinding, sighted } from './finding.ts';

/** From so many on; over when there are so few. */
export const MANY = 5;
const FEW = 2;
const MOST_EXAMPLES = 20;
/** Names of Kubernetes and AWS end far below; a message holds 256 KB. */
const LONGEST_EXAMPLE = 2_000;

type One = { readonly failure: Failure; readonly seen: Seen };

/** Failures that have something in common, as they are known now. */
export interface Group {
  readonly key: string;
  readonly is: Omit<
    SharedFinding,
    'id' | 'kind' | 'state' | 'firstTime' | 'lastTime' | 'count' | 'isCounted' | 'look'
  >;
  /** Of what there are many: workloads, or failures of one. */
  readonly size: number;
  readonly seen: Omit<Seen, 'eventIds'>;
}

interface GroupKey {
  readonly key: string;
  readonly by: SharedFinding['by'];
}

/** The groups that a failure may be told with; of denied calls only those of one action have a cause in common. */
export function groupKeys(failure: Failure): GroupKey[] {
  const { kind, cause, errorCode, action, accountId, workload } = failure;
  const isCall = kind === 'call-denied';
  const what = [kind, cause?.id ?? errorCode, isCall ? action : null];
  const byCause = keyOf('cause', [...what, accountId, clusterOf(failure)]);
  return isCall && workload !== null
    ? [byCause, keyOf('workload', [kind, accountId, whose(failure)])]
    : [byCause];
}

function keyOf(by: GroupKey['by'], common: readonly (string | null)[]): GroupKey {
  return { by, key: hashOf(JSON.stringify([by, ...common])) };
}

function clusterOf({ workload, node }: Failure): string | null {
  return workload?.clusterId ?? node?.cluster ?? null;
}

/** By their keys, whatever order the failures come in. */
export function groupsOf(all: readonly One[]): Map<string, Group> {
  const byKey = new Map<string, GroupKey & { those: One[] }>();
  for (const one of all)
    for (const { key, by } of groupKeys(one.failure)) {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, { key, by, those: [one] });
      else known.those.push(one);
    }
  return new Map([...byKey].map(([key, { by, those }]) => [key, groupOf({ key, by }, those)]));
}

function groupOf({ key, by }: GroupKey, those: readonly One[]): Group {
  const who = new Map(those.map(({ failure }) => [whose(failure), failure.workload]));
  const sorted = those.map(({ failure }) => failure).sort((a, b) => (a.id < b.id ? -1 : 1));
  const [first] = sorted as [Failure];
  const { kind, cause, errorCode, accountId } = first;
  return {
    key,
    is: {
      by,
      of: kind,
      cause: by === 'cause' ? cause : null,
      errorCode: by === 'cause' ? errorCode : null,
      accountId,
      cluster: clusterOf(first),
      workloads: who.size,
      failures: those.length,
      examples: examplesOf([...who].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, workload]) => workload)),
      actions: [...new Set(sorted.map(({ action }) => action))]
        .filter((action) => action.length <= LONGEST_EXAMPLE)
        .sort()
        .slice(0, MOST_EXAMPLES),
    },
    size: by === 'cause' ? who.size : those.length,
    seen: {
      firstAt: Math.min(...those.map(({ seen }) => seen.firstAt)),
      lastAt: Math.max(...those.map(({ seen }) => seen.lastAt)),
      count: those.reduce((sum, { seen }) => sum + seen.count, 0),
      isCounted: those.every(({ seen }) => seen.isCounted),
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

/** Whether it is, or still is, told as one. */
export function isMany(group: Group | undefined, isKnown: boolean): boolean {
  return group !== undefined && group.size >= (isKnown ? FEW + 1 : MANY);
}

/** It is told again when it has doubled: 5, 10, 20, and so on. */
export function levelOf({ size }: Pick<Group, 'size'>): number {
  return size < MANY ? 0 : 1 + Math.floor(Math.log2(size / MANY));
}

/** The one finding for all failures of a group. */
export function sharedFinding(group: Group, state: SharedFinding['state']): SharedFinding {
  const { key, is, seen } = group;
  return {
    id: key,
    kind: 'many-failing',
    ...is,
    state,
    ...sighted(seen, is.by === 'workload' ? (is.examples[0] ?? null) : null),
  };
}
