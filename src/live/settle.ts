// Owns what becomes of failures that were noted: what is told of them, once each, when they are over, and what many have in common.
// Nothing here depends on the order in which records came, only on which had come by then.
import type { Failures, Findings, Handled, Metrics, Renewals } from '../ports.ts';
import { each } from './each.ts';
import { type Group, groupKey, groupsOf, levelOf, sharedFinding } from './escalation.ts';
import { type Failure, type Seen, whose } from './failure.ts';
import { type Closing, timeOf, workloadFinding } from './finding.ts';
import { datum } from './metrics.ts';
import { publishOnce } from './publish-once.ts';
import { type Attempt, tellStopped } from './stopped.ts';

export interface SettlePorts {
  readonly failures: Failures;
  readonly renewals: Renewals;
  readonly handled: Handled;
  readonly metrics: Metrics;
  readonly findings: Findings;
}

/** A failure that is not told as over. */
export interface Unsettled {
  readonly failure: Failure;
  /** What was noted of it since it was last over; null where that is nothing new. */
  readonly seen: Seen | null;
  /** Whether it was told by itself, or as one of many. */
  readonly told: 'alone' | 'together' | null;
  /** Changes whenever it is noted. */
  readonly version: number;
  /** Until when it was told as over before, as event time in epoch milliseconds; 0 where it never was. */
  readonly settledTo: number;
}

export interface Settled {
  open: number;
  closed: number;
  /** Groups of many that are open. */
  shared: number;
  stopped: number;
  /** Whether there is more than one run takes. */
  isMore: boolean;
}

/** Longer than a crash loop waits, and than most jobs. */
const QUIET_MS = 6 * 3_600_000;
/** What one run takes at most; the rest waits until some of it is over. */
const MOST_FAILURES = 5_000;
/** Renewals are looked through so often. */
const RENEWALS_EVERY_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

type Sighted = Unsettled & { readonly seen: Seen };

/**
 * `now` is when this run was due, epoch milliseconds. Throws what failed first, after all else is done; run again, it goes on where
 * it was.
 */
export async function settle(ports: SettlePorts, now: number): Promise<Settled> {
  const faults: unknown[] = [];
  const attempt: Attempt = (work) => work().catch((error: unknown) => void faults.push(error));
  const { isMore, open, over } = await collected(ports, now);
  const shared = await tellGroups(groupsOf(open), ports, attempt);
  const isTogether = (failure: Failure) => shared.has(groupKey(failure));
  const isNew = new Set<string>();
  const noteNew = async ({ failure }: Sighted) => {
    if (failure.workload === null) return;
    const mark = `failing ${whose(failure)}`;
    if (isNew.has(mark)) return;
    if ((await ports.handled.begin(mark)) === 'begun') isNew.add(mark);
    // Known for as long again.
    else await ports.handled.end(mark);
  };
  await each(open, (one) =>
    attempt(async () => {
      const { failure, seen, told, settledTo } = one;
      const finding = workloadFinding(failure, seen, null);
      if (told === null) {
        await noteNew(one);
        const how = isTogether(failure) ? 'together' : 'alone';
        if (how === 'alone' && !(await publishOnce(finding, ports, `${failure.id} open ${settledTo}`)))
          return;
        await ports.failures.tell(failure.id, how);
      } else if (told === 'alone' && dayOf(seen.firstAt) < dayOf(now))
        await publishOnce(finding, ports, `${failure.id} open ${dayOf(now)}`);
    }),
  );
  await each(over, (one) =>
    attempt(async () => {
      const { failure, seen, told, settledTo, closed } = one;
      if (told === null) await noteNew(one);
      const telling = `${failure.id} closed ${settledTo}`;
      const isTold =
        told === 'together' || (await publishOnce(workloadFinding(failure, seen, closed), ports, telling));
      if (isTold) await ports.failures.settle(one, seen.lastAt);
    }),
  );
  const stopped =
    Math.floor(now / MINUTE_MS) % (RENEWALS_EVERY_MS / MINUTE_MS) === 0
      ? await tellStopped(ports, now, attempt)
      : 0;
  await attempt(async () => {
    await ports.metrics.put([
      datum('OpenFindings', now, {}, open.length),
      datum('NewFailingWorkloads', now, {}, isNew.size),
    ]);
    for (const mark of isNew) await ports.handled.end(mark);
  });
  if (faults.length > 0) throw faults[0];
  return { open: open.length, closed: over.length, shared: shared.size, stopped, isMore };
}

async function collected({ failures, renewals }: SettlePorts, now: number) {
  const ids: string[] = [];
  let isMore = false;
  for await (const id of failures.unsettled()) {
    isMore = ids.length === MOST_FAILURES;
    if (isMore) break;
    ids.push(id);
  }
  const open: Sighted[] = [];
  const over: (Sighted & { closed: Closing })[] = [];
  await each(ids, async (id) => {
    const one = await failures.read(id);
    if (one === null) return;
    const { failure, seen, settledTo } = one;
    if (seen === null) return failures.settle(one, settledTo);
    const { workload, roleArn, kind } = failure;
    const succeededAt =
      kind === 'assumption-failed' && workload !== null && roleArn !== null
        ? await renewals.lastOf(workload, roleArn)
        : null;
    const closed = closingOf(seen, succeededAt, now);
    if (closed === null) open.push({ ...one, seen });
    else over.push({ ...one, seen, closed });
  });
  return { isMore, open, over };
}

/** By event time; of denied calls, whose successes no one watches, only quiet tells. */
function closingOf({ lastAt }: Seen, succeededAt: number | null, now: number): Closing | null {
  if (succeededAt !== null && succeededAt > lastAt) return { by: 'success', at: timeOf(succeededAt) };
  return now - lastAt > QUIET_MS ? { by: 'quiet', at: timeOf(lastAt + QUIET_MS) } : null;
}

/** Tells of groups that have become many, or more, or are over; returns the keys of those that are told as one. */
async function tellGroups(
  groups: ReadonlyMap<string, Group>,
  ports: SettlePorts,
  attempt: Attempt,
): Promise<Set<string>> {
  const shared = new Set<string>();
  const known = new Map((await ports.failures.shared()).map((one) => [one.key, one]));
  for (const [key, group] of groups) {
    const before = known.get(key);
    const level = levelOf(group);
    if (before === undefined && level === 0) continue;
    shared.add(key);
    await attempt(async () => {
      const since = before?.since ?? group.seen.firstAt;
      if (level > (before === undefined ? 0 : levelOf(before.group)))
        if (!(await publishOnce(sharedFinding(group, 'open'), ports, `${key} ${since} ${level}`))) return;
      if (before === undefined || group.workloads > before.group.workloads)
        await ports.failures.share({ key, since, group });
    });
  }
  for (const { key, since, group } of known.values())
    if (!groups.has(key))
      await attempt(async () => {
        if (await publishOnce(sharedFinding(group, 'closed'), ports, `${key} ${since} closed`))
          await ports.failures.unshare(key);
      });
  return shared;
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
