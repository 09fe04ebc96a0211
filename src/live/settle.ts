// Owns what becomes of failures that were noted: what is told of them, once each, when they are over, and what many have in common.
// Nothing here depends on the order in which records came, only on which had come by then.

import { each } from '../each.ts';
import type { Failures, Findings, Handled, Metrics, Renewals, Shared } from '../ports.ts';
import { type Group, groupKeys, groupsOf, isMany, levelOf, sharedFinding } from './escalation.ts';
import { type Failure, hashOf, type Seen, whose } from './failure.ts';
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

/** How a failure was told last. */
export interface Told {
  /** By itself, or as one of many. */
  readonly how: 'alone' | 'together';
  /** The `settledTo` of then: what comes after another end is another matter. */
  readonly settledTo: number;
  /** The day (UTC) on which it was. */
  readonly day: string;
}

/** A failure that is not told as over. */
export interface NotedFailure {
  readonly failure: Failure;
  /** How it was told last, if it was, be it before its last end. */
  readonly told: Told | null;
  /** Changes whenever it is noted. */
  readonly version: string;
}

export interface Unsettled extends NotedFailure {
  /** What was noted of it since it was last over; null where that is nothing new. */
  readonly seen: Seen | null;
  /** Until when it was told as over before, as event time in epoch milliseconds; 0 where it never was. */
  readonly settledTo: number;
}

export interface Settled {
  open: number;
  closed: number;
  /** Groups of many that are open. */
  shared: number;
  stopped: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Longer than a crash loop waits, and than most jobs. */
const QUIET_MS = 6 * HOUR_MS;
/** A success may be another pod's: it counts when the failing one, which tries again within five minutes, has had its time. */
const HOLD_MS = 10 * MINUTE_MS;
/** What one run takes at most; each begins at another place. */
const MOST_FAILURES = 5_000;
/** Renewals are looked through so often. */
const RENEWALS_EVERY_MS = 15 * MINUTE_MS;

type Sighted = Unsettled & { readonly seen: Seen };

/**
 * `now` is when this run was due, epoch milliseconds. Throws what failed first, after all else is done; run again, it goes on where
 * it was.
 */
export async function settle(ports: SettlePorts, now: number): Promise<Settled> {
  const faults: unknown[] = [];
  const attempt: Attempt = (work) => work().catch((error: unknown) => void faults.push(error));
  const { isMore, open, over } = await collected(ports, now, attempt);
  const untold = [...open, ...over].filter(({ told }) => told === null);
  const justOver = over.filter(({ told, seen }) => told === null && now - seen.lastAt < HOUR_MS);
  const groups = groupsOf([...open, ...justOver]);
  const shared = await tellGroups(groups, ports, { now, isMore, attempt });
  const isTogether = ({ failure }: Sighted) => groupKeys(failure).some(({ key }) => shared.has(key));
  let areCounted = false;
  await attempt(async () => {
    areCounted = await countNew(untold, ports, now);
  });
  // Whose workload may not be counted stays untold: the next run publishes nothing twice, and counts it.
  const isKept = ({ told }: Sighted) => told !== null || areCounted;
  await each(open, (one) =>
    attempt(async () => {
      const telling = await tellOpen(one, isTogether(one), ports, now);
      if (telling !== null && isKept(one)) await ports.failures.tell(one.failure.id, telling);
    }),
  );
  await each(over, (one) =>
    attempt(async () => {
      const { failure, seen, told, settledTo, closed } = one;
      const isOfMany = told === null ? justOver.includes(one) && isTogether(one) : told.how === 'together';
      const telling = `${failure.id} closed ${settledTo} ${seen.lastAt}`;
      const isTold = isOfMany || (await publishOnce(workloadFinding(failure, seen, closed), ports, telling));
      if (isTold && isKept(one)) await ports.failures.settle(one, seen.lastAt);
    }),
  );
  const isQuarter = Math.floor(now / MINUTE_MS) % (RENEWALS_EVERY_MS / MINUTE_MS) === 0;
  const stopped = isQuarter ? await tellStopped(ports, now, attempt) : 0;
  if (isMore) faults.push(new Error(`more than ${MOST_FAILURES} failures are open: some are told later`));
  // An alarm misses it where anything went wrong.
  if (faults.length > 0) throw faults[0];
  await ports.metrics.put([datum('OpenFindings', now, {}, open.length)]);
  return { open: open.length, closed: over.length, shared: shared.size, stopped };
}

async function collected({ failures, renewals }: SettlePorts, now: number, attempt: Attempt) {
  const noted: NotedFailure[] = [];
  let isMore = false;
  for await (const one of failures.unsettled(hashOf(timeOf(now)))) {
    isMore = noted.length === MOST_FAILURES;
    if (isMore) break;
    noted.push(one);
  }
  const open: Sighted[] = [];
  const over: (Sighted & { closed: Closing })[] = [];
  const sort = async (of: NotedFailure) => {
    const one = await failures.read(of);
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
  };
  await each(noted, (one) => attempt(() => sort(one)));
  return { isMore, open, over };
}

/** By event time; of denied calls, whose successes no one watches, only quiet tells. */
function closingOf({ lastAt }: Seen, succeededAt: number | null, now: number): Closing | null {
  if (succeededAt !== null && succeededAt > lastAt && now - lastAt > HOLD_MS)
    return { by: 'success', at: timeOf(succeededAt) };
  return now - lastAt > QUIET_MS ? { by: 'quiet', at: timeOf(lastAt + QUIET_MS) } : null;
}

/** What is told as one is told by itself when it is so no more. Returns how it is told by this run; null where it is not. */
async function tellOpen(
  one: Sighted,
  isTogether: boolean,
  ports: SettlePorts,
  now: number,
): Promise<Told | null> {
  const { failure, seen, told, settledTo } = one;
  const day = dayOf(now);
  if (isTogether && told?.how !== 'alone') return told === null ? { how: 'together', settledTo, day } : null;
  const isTold = told?.how === 'alone';
  if (isTold && told.day >= day) return null;
  const telling = `${failure.id} open ${isTold ? day : settledTo}`;
  const isPublished = await publishOnce(workloadFinding(failure, seen, null), ports, telling);
  return isPublished ? { how: 'alone', settledTo, day } : null;
}

/**
 * Counts, before any of it is told, the workloads that have not failed for long. Returns whether all are counted: another run may
 * have begun one, and died of it.
 */
async function countNew(untold: readonly Sighted[], ports: SettlePorts, now: number): Promise<boolean> {
  const { handled, metrics } = ports;
  const named = untold.filter(({ failure }) => failure.workload !== null);
  const marks = new Set(named.map(({ failure }) => `failing ${whose(failure)}`));
  const isNew: string[] = [];
  let areAll = true;
  await each(marks, async (mark) => {
    const state = await handled.begin(mark);
    if (state === 'begun') isNew.push(mark);
    // Known for as long again.
    else if (state === 'done') await handled.end(mark);
    else areAll = false;
  });
  try {
    await metrics.put([datum('NewFailingWorkloads', now, {}, isNew.length)]);
  } catch (error) {
    await each(isNew, (mark) => handled.giveUp(mark).catch(() => {}));
    throw error;
  }
  await each(isNew, (mark) => handled.end(mark));
  return areAll;
}

/** Tells of groups that have become many, or more, on each day, and when they are over; returns the keys of those told as one. */
async function tellGroups(
  groups: ReadonlyMap<string, Group>,
  ports: SettlePorts,
  run: { now: number; isMore: boolean; attempt: Attempt },
): Promise<Set<string>> {
  const known = new Map((await ports.failures.shared()).map((one) => [one.key, one]));
  const shared = new Set<string>();
  for (const key of new Set([...known.keys(), ...groups.keys()])) {
    const before = known.get(key);
    const group = groups.get(key);
    if (group !== undefined && isMany(group, before !== undefined)) {
      if (before !== undefined) shared.add(key);
      await run.attempt(async () => {
        if (await isGroupTold(group, before, ports, run.now)) shared.add(key);
      });
    } else if (before !== undefined && run.isMore) shared.add(key);
    else if (before !== undefined)
      await run.attempt(async () => {
        if (await publishOnce(sharedFinding(before.group, 'closed'), ports, `${key} ${before.since} closed`))
          await ports.failures.unshare(key);
      });
  }
  return shared;
}

async function isGroupTold(
  group: Group,
  before: Shared | undefined,
  ports: SettlePorts,
  now: number,
): Promise<boolean> {
  const today = dayOf(now);
  const since = before?.since ?? group.seen.firstAt;
  const isGrown = before === undefined || levelOf(group) > levelOf(before.group);
  const telling = `${group.key} ${since} ${isGrown ? levelOf(group) : today}`;
  if (isGrown || before.day < today)
    if (!(await publishOnce(sharedFinding(group, 'open'), ports, telling))) return false;
  const largest = before === undefined || group.size > before.group.size ? group : before.group;
  await ports.failures.share({ key: group.key, since, day: today, group: largest });
  return true;
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
