// Owns what records do on the live path: issuances go into the ledger, failures become metrics and are noted
// for what is told of them, each record once. The same for events, one at a time and in no order, and for whole log files.

import { each } from '../each.ts';
import type { KnownClusters } from '../identity/cluster.ts';
import { keepIssuance } from '../identity/inherit.ts';
import { readIssuance } from '../identity/issuance.ts';
import type { Failures, Handled, Ledger, Metrics, Renewals, Roles } from '../ports.ts';
import { isDenied } from '../trail/denial.ts';
import { recordId, type TrailRecord } from '../trail/record.ts';
import { type Effect, effectOf, effectOfIssued, isAssumption, isIssued, type Task } from './effect.ts';
import type { Failure, Sighting } from './failure.ts';
import type { KnownCauses } from './known-causes.ts';
import { type Datum, datum, type Named, summed } from './metrics.ts';
import { renewalsOf } from './renewal.ts';

export interface Delivery {
  /** What is delivered again where it could not be handled: a message's id. */
  readonly messageId: string;
  readonly record: TrailRecord;
  /** When it came to the queue, epoch milliseconds; null where that is not known. */
  readonly sentAt: number | null;
  /** When a function had it first, epoch milliseconds; null where that is not known. */
  readonly receivedAt: number | null;
  /** Nothing more is waited for: who is unknown now stays unknown. */
  readonly isLastTry: boolean;
}

export interface WatchPorts {
  readonly ledger: Ledger;
  readonly handled: Handled;
  readonly metrics: Metrics;
  readonly failures: Pick<Failures, 'note'>;
  readonly renewals: Pick<Renewals, 'note'>;
  readonly roles: Roles;
}

export interface WatchOptions {
  /**
   * Two functions share the records of the event path; each takes its own, and counts the others that come to it. What `all` passes
   * over is counted with its file.
   */
  readonly takes: 'assumptions' | 'denials' | 'all';
  readonly clusters: KnownClusters;
  readonly named: Named;
}

export interface Watched {
  /** Records that had their effect now. */
  readonly handled: number;
  /** Records that had it before, or stand twice in this batch. */
  readonly duplicates: number;
  /** Records that are nothing to this function. */
  readonly passed: number;
  /** To be delivered again: their issuance may still come, another worker has them, or something failed. */
  readonly retry: ReadonlySet<string>;
  /** What failed first, where something did: of records that are in `retry`, else what came after all were counted. */
  readonly failure: unknown;
}

/**
 * Handles a batch. All issuances are stored before anyone is named. A record is done only when its failure is noted and its
 * metrics are out: if the worker dies before, it is handled again, and no more than this batch's metrics are counted twice.
 */
export async function watch(
  deliveries: readonly Delivery[],
  ports: WatchPorts,
  options: WatchOptions,
): Promise<Watched> {
  const taken = deliveries.filter(({ record }) => isTaken(record, options.takes));
  const tasks = tasksOf(options.takes === 'all' ? taken : deliveries, options);
  const batch = new Batch();
  const { begun, done } = await begin(batch, tasks, ports);
  const effects = await effectsOf(batch, begun, ports, options);
  await each(noted(effects), ({ failure, sightings, whose }) =>
    ports.failures.note(failure, sightings).catch((error: unknown) => {
      for (const task of whose) batch.failed.set(task, error);
    }),
  );
  const good = effects.filter(({ task }) => !batch.failed.has(task));
  const late = await publish(batch, good, ports);
  for (const task of batch.failed.keys()) {
    batch.comesBack(task);
    // Where this fails, too, the record is free again after a while.
    await ports.handled.giveUp(task.id).catch(() => {});
  }
  return {
    handled: good.filter(({ task }) => isOurs(task) && !batch.failed.has(task)).length,
    duplicates: taken.length - tasks.filter(isOurs).length + done.filter(isOurs).length,
    passed: deliveries.length - taken.length,
    retry: batch.retry,
    failure: [...batch.failed.values()][0] ?? late,
  };
}

/** What becomes of the records of a batch: one that fails, fails alone. */
class Batch {
  readonly retry = new Set<string>();
  readonly failed = new Map<Task, unknown>();

  /** Does the work for those that have not failed yet. */
  async forEach(tasks: readonly Task[], work: (task: Task) => Promise<unknown>): Promise<void> {
    await each(
      tasks.filter((task) => !this.failed.has(task)),
      (task) => work(task).catch((error: unknown) => this.failed.set(task, error)),
    );
  }

  comesBack({ messageIds }: Task): void {
    for (const messageId of messageIds) this.retry.add(messageId);
  }
}

/** Takes the records that nobody has, and stores all issuances among them; `done` had their effect before. */
async function begin(
  batch: Batch,
  tasks: readonly Task[],
  { handled, ledger }: Pick<WatchPorts, 'handled' | 'ledger'>,
): Promise<{ begun: Task[]; done: Task[] }> {
  const begun: Task[] = [];
  const done: Task[] = [];
  await batch.forEach(tasks, async (task) => {
    const state = await handled.begin(task.id);
    if (state === 'done') done.push(task);
    else if (state === 'busy') batch.comesBack(task);
    else {
      begun.push(task);
      if (task.issuance !== null) await keepIssuance(task.issuance, ledger);
    }
  });
  return { begun, done };
}

/** What the records do, now that all issuances are stored; those whose session may still be issued come back. */
async function effectsOf(
  batch: Batch,
  begun: readonly Task[],
  ports: WatchPorts,
  options: WatchOptions,
): Promise<Effect[]> {
  const causes: KnownCauses = new Map();
  const stored = begun.filter((task) => !batch.failed.has(task));
  const effects = stored.filter(isIssued).map((task) => effectOfIssued(task, options.named));
  const others = stored.filter((task) => !isIssued(task));
  await batch.forEach(others, async (task) => {
    const effect = await effectOf(task, ports, options, causes);
    if (effect !== null) effects.push(effect);
    else {
      batch.comesBack(task);
      await ports.handled.giveUp(task.id);
    }
  });
  return effects;
}

/**
 * Puts the metrics, and ends the records once they are out. Returns what failed after that, null where nothing did: it is told, and
 * nothing comes back for it, since it would be counted twice.
 */
async function publish(batch: Batch, good: readonly Effect[], ports: WatchPorts): Promise<unknown> {
  let late: unknown = null;
  const after = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      late ??= error;
    });
  try {
    const marks = await counted(good, ports);
    const issuances = good.flatMap(({ task }) => (task.issuance?.isIssued ? [task.issuance] : []));
    await each(renewalsOf(issuances), (renewal) => after(ports.renewals.note(renewal)));
    await each([...good.map(({ task }) => task.id), ...marks], (id) => after(ports.handled.end(id)));
  } catch (error) {
    for (const { task } of good) batch.failed.set(task, error);
  }
  return late;
}

const isOurs = ({ isSkipped }: Task) => !isSkipped;

function tasksOf(deliveries: readonly Delivery[], { takes, clusters }: WatchOptions): Task[] {
  const tasks = new Map<string, Task>();
  for (const { messageId, record, sentAt, receivedAt, isLastTry } of deliveries) {
    const isSkipped = !isTaken(record, takes);
    const own = `record ${recordId(record)}`;
    const id = isSkipped ? `skipped by ${takes} ${own}` : own;
    const known = tasks.get(id);
    if (known === undefined)
      tasks.set(id, {
        id,
        record,
        isSkipped,
        issuance: isSkipped ? null : readIssuance(record, clusters),
        sentAt,
        receivedAt,
        messageIds: [messageId],
        isLastTry,
      });
    else {
      known.messageIds.push(messageId);
      known.isLastTry ||= isLastTry;
    }
  }
  return [...tasks.values()];
}

/**
 * Counts what a file holds besides records that are kept, once for the file, however often it comes. `at` is when it was delivered.
 * Returns whether it is counted: another worker may have begun to, and died of it.
 */
export async function countUnkept(
  { handled, metrics }: Pick<WatchPorts, 'handled' | 'metrics'>,
  file: { path: string; at: number; skipped: number; rejected: number },
): Promise<boolean> {
  const data = [
    datum('RecordsSkipped', file.at, {}, file.skipped),
    datum('RecordsRejected', file.at, {}, file.rejected),
  ].filter(({ count }) => count > 0);
  const id = `file ${file.path}`;
  if (data.length === 0) return true;
  const state = await handled.begin(id);
  if (state !== 'begun') return state === 'done';
  try {
    await metrics.put(data);
  } catch (error) {
    await handled.giveUp(id).catch(() => {});
    throw error;
  }
  // The file does not come back for this: it would be counted twice.
  await handled.end(id).catch(() => {});
  return true;
}

/**
 * Puts the metrics, all of them or none up to the 1,000 data that CloudWatch takes at once; returns the markers to end with the
 * records.
 */
async function counted(
  effects: readonly Effect[],
  { handled, metrics }: Pick<WatchPorts, 'handled' | 'metrics'>,
): Promise<string[]> {
  const once = new Map(effects.flatMap((effect) => (effect.once === null ? [] : [effect.once])));
  const marks: string[] = [];
  const begun: Datum[] = [];
  await each(once, async ([id, one]) => {
    if ((await handled.begin(id)) !== 'begun') return;
    marks.push(id);
    begun.push(one);
  });
  try {
    await metrics.put(summed([...effects.flatMap(({ data }) => data), ...begun]));
  } catch (error) {
    await each(marks, (id) => handled.giveUp(id).catch(() => {}));
    throw error;
  }
  return marks;
}

interface Noted {
  readonly failure: Failure;
  readonly sightings: Sighting[];
  readonly whose: Task[];
}

/** Each failure once, with all records of it in this batch. */
function noted(effects: readonly Effect[]): Iterable<Noted> {
  const found = new Map<string, Noted>();
  for (const { failure, task } of effects) {
    if (failure === null) continue;
    const { eventId, eventTime: at } = task.record;
    const known = found.get(failure.id) ?? { failure, sightings: [], whose: [] };
    known.sightings.push({ recordId: task.id, eventId, at });
    known.whose.push(task);
    found.set(failure.id, known);
  }
  return found.values();
}

function isTaken(record: TrailRecord, takes: WatchOptions['takes']): boolean {
  if (isAssumption(record))
    return takes !== 'denials' && (record.assumption !== null || record.errorCode !== null);
  return takes !== 'assumptions' && record.principal.type === 'AssumedRole' && isDenied(record.errorCode);
}
