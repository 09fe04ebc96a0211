// Owns what records do on the live path: issuances go into the ledger, failures become metrics and are noted
// for what is told of them, each record once. The same for events, one at a time and in no order, and for whole log files.
import type { Attempt, AwsFacts } from '../diagnosis/facts.ts';
import { attemptOfRecord } from '../diagnosis/from-record.ts';
import { judge } from '../diagnosis/judge.ts';
import { RECORD_CAUSES } from '../diagnosis/record-causes.ts';
import { attribute } from '../identity/attribute.ts';
import type { KnownClusters } from '../identity/cluster.ts';
import { type Issuance, readIssuance, workloadOf } from '../identity/issuance.ts';
import { workloadText } from '../identity/workload.ts';
import type { Failures, Handled, Ledger, Metrics, Renewals, Roles } from '../ports.ts';
import { isDenied } from '../trail/denial.ts';
import type { TrailRecord } from '../trail/record.ts';
import { each } from './each.ts';
import { type Failure, type FailureKind, failureOf, type Sighting } from './failure.ts';
import { type Datum, datum, delayed, type NamedNamespaces, namesOf, summed } from './metrics.ts';
import { renewalsOf } from './renewal.ts';

export interface Delivery {
  /** What is delivered again where it could not be handled: a message's id. */
  readonly messageId: string;
  readonly record: TrailRecord;
  /** When it came to the queue, epoch milliseconds; null where that is not known. */
  readonly sentAt: number | null;
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
  /** Two functions share the records of the event path; each takes its own. */
  readonly takes: 'assumptions' | 'denials' | 'all';
  readonly clusters: KnownClusters;
  readonly named: NamedNamespaces;
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
  /** What failed first, where something did; no record is lost by it, all that it concerns are in `retry`. */
  readonly failure: unknown;
}

/** A record that this function takes, with all messages that brought it. */
interface Task {
  readonly id: string;
  readonly record: TrailRecord;
  readonly issuance: Issuance | null;
  readonly sentAt: number | null;
  readonly messageIds: string[];
  isLastTry: boolean;
}

/** What one record does. */
interface Effect {
  readonly task: Task;
  readonly data: readonly Datum[];
  readonly failure: Failure | null;
  /** What is counted once for several records, by a marker of it. */
  readonly once: readonly [string, Datum] | null;
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
  const tasks = tasksOf(taken, options.clusters);
  const retry = new Set<string>();
  const begun: Task[] = [];
  const effects: Effect[] = [];
  let duplicates = taken.length - tasks.length;
  const causes: KnownCauses = new Map();
  const failed = new Map<Task, unknown>();
  /** One that fails, fails alone. */
  const forEach = (some: readonly Task[], work: (task: Task) => Promise<unknown>) =>
    each(
      some.filter((task) => !failed.has(task)),
      (task) => work(task).catch((error: unknown) => failed.set(task, error)),
    );
  const comesBack = ({ messageIds }: Task) => {
    for (const messageId of messageIds) retry.add(messageId);
  };
  await forEach(tasks, async (task) => {
    const state = await ports.handled.begin(task.id);
    if (state === 'done') duplicates += 1;
    else if (state === 'busy') comesBack(task);
    else {
      begun.push(task);
      if (task.issuance !== null) await ports.ledger.store(task.issuance);
    }
  });
  const stored = begun.filter((task) => !failed.has(task));
  const [issued, others] = [stored.filter(isIssued), stored.filter((task) => !isIssued(task))];
  effects.push(...issued.map((task) => effectOfIssued(task, options.named)));
  await forEach(others, async (task) => {
    const effect = await effectOf(task, ports, options, causes);
    if (effect !== null) effects.push(effect);
    else {
      comesBack(task);
      await ports.handled.giveUp(task.id);
    }
  });
  await each(noted(effects), ({ failure, sightings, whose }) =>
    ports.failures.note(failure, sightings).catch((error: unknown) => {
      for (const task of whose) failed.set(task, error);
    }),
  );
  const good = effects.filter(({ task }) => !failed.has(task));
  // What fails when the metrics are out is told, and nothing comes back for it: it would be counted twice.
  let late: unknown = null;
  try {
    const marks = await counted(good, ports);
    const issuances = good.flatMap(({ task }) => (task.issuance?.isIssued ? [task.issuance] : []));
    const after = (work: Promise<void>) =>
      work.catch((error: unknown) => {
        late ??= error;
      });
    await each(renewalsOf(issuances), (renewal) => after(ports.renewals.note(renewal)));
    await each([...good.map(({ task }) => task.id), ...marks], (id) => after(ports.handled.end(id)));
  } catch (error) {
    for (const { task } of good) failed.set(task, error);
  }
  for (const task of failed.keys()) {
    comesBack(task);
    // Where this fails, too, the record is free again after a while.
    await ports.handled.giveUp(task.id).catch(() => {});
  }
  return {
    handled: good.filter(({ task }) => !failed.has(task)).length,
    duplicates,
    passed: deliveries.length - taken.length,
    retry,
    failure: [...failed.values()][0] ?? late,
  };
}

function tasksOf(deliveries: readonly Delivery[], clusters: KnownClusters): Task[] {
  const tasks = new Map<string, Task>();
  for (const { messageId, record, sentAt, isLastTry } of deliveries) {
    const id = recordId(record);
    const known = tasks.get(id);
    if (known === undefined)
      tasks.set(id, {
        id,
        record,
        issuance: readIssuance(record, clusters),
        sentAt,
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

/** Counts what a file holds besides records, once for the file, however often it comes. `at` is when it was delivered. */
export async function countRejected(
  { handled, metrics }: Pick<WatchPorts, 'handled' | 'metrics'>,
  file: { path: string; at: number; rejected: number },
): Promise<void> {
  const id = `file ${file.path}`;
  if ((await handled.begin(id)) !== 'begun') return;
  try {
    await metrics.put([datum('RecordsRejected', file.at, {}, file.rejected)]);
    await handled.end(id);
  } catch (error) {
    await handled.giveUp(id).catch(() => {});
    throw error;
  }
}

/** Puts the metrics, all of them or none; returns the markers to end with the records. */
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

/** A session that began: nobody else need be known for it. */
type Issued = Task & { readonly issuance: Issuance };

function isIssued(task: Task): task is Issued {
  return task.issuance !== null && task.record.errorCode === null;
}

function effectOfIssued(task: Issued, named: NamedNamespaces): Effect {
  const { record, issuance, sentAt } = task;
  const at = record.eventTime;
  const by = { ...namesOf(workloadOf(issuance), named), Mechanism: issuance.mechanism };
  const data = [
    datum('RecordsKept', at),
    ...delayed(at, sentAt),
    datum('Assumptions', at, by),
    datum('SessionsIssued', at),
  ];
  return { task, data, failure: null, once: null };
}

/** Null where it is too early to say: an issuance may still come that names the caller, or another that fits as well. */
async function effectOf(
  task: Task,
  { ledger, roles }: Pick<WatchPorts, 'ledger' | 'roles'>,
  { clusters, named }: WatchOptions,
  known: KnownCauses,
): Promise<Effect | null> {
  const { record, issuance, isLastTry, sentAt } = task;
  const at = record.eventTime;
  const kept = [datum('RecordsKept', at), ...delayed(at, sentAt)];
  const rungs = new Set<string>();
  const attribution = await attribute(record, ledger, clusters, (rung) => rungs.add(rung));
  // Later issuances change only what is not exact, or was found by a session's start anywhere on the way.
  if (!isLastTry && (attribution.confidence !== 'exact' || rungs.has('session-start'))) return null;
  const { workload, confidence } = attribution;
  // Of a person, a service or a role that pods do not use it is nothing to tell; which it is, is not known here.
  if (confidence === 'unknown' && !isOfPods(record, issuance))
    return { task, data: [...kept, datum('UnnamedDeniedCalls', at)], failure: null, once: null };
  const kind: FailureKind = isAssumption(record) ? 'assumption-failed' : 'call-denied';
  // EKS is not told the role that it is asked for a pod's credentials of, only the association is.
  const roleArn = kind === 'call-denied' ? record.principal.sessionIssuerArn : (issuance?.roleArn ?? null);
  const attempt = attemptOfRecord(record, issuance, { workload, roleArn });
  const causes = await causesOf(attempt, kind === 'assumption-failed' ? roles : null, known);
  const failure = failureOf(kind, record, attribution, roleArn, causes);
  const counted =
    kind === 'call-denied'
      ? datum('DeniedCalls', at, namesOf(workload, named))
      : datum('AssumptionFailures', at, {
          Cause: causes.cause?.id ?? UNEXPLAINED,
          ...namesOf(workload, named),
        });
  const minute = datum(kind === 'call-denied' ? 'DeniedCallMinutes' : 'AssumptionFailureMinutes', at);
  const mark = [minute.name, minute.minute, roleArn, workload && workloadText(workload)].join(' ');
  return { task, data: [...kept, counted], failure, once: [mark, minute] };
}

/** What the record alone tells of the cause, and what it is with what IAM says. */
interface Causes {
  readonly byRecord: Failure['cause'];
  readonly cause: Failure['cause'];
}

/** By what attempts alike have in common: they are judged once. */
type KnownCauses = Map<string, Promise<Causes>>;

/** The likeliest of the catalogue, whose ids are few enough for a dimension of metrics. */
function causesOf(attempt: Attempt, roles: Roles | null, known: KnownCauses): Promise<Causes> {
  const { at: _, ...alike } = attempt;
  const key = JSON.stringify([roles !== null, alike]);
  const causes = known.get(key) ?? judgedOnce(attempt, roles);
  known.set(key, causes);
  return causes;
}

async function judgedOnce(attempt: Attempt, roles: Roles | null): Promise<Causes> {
  const byRecord = judged(attempt, null);
  const aws = attempt.roleArn === undefined || roles === null ? null : await roles.of(attempt.roleArn);
  return { byRecord, cause: aws === null ? byRecord : judged(attempt, aws) };
}

function judged(attempt: Attempt, aws: AwsFacts | null): Failure['cause'] {
  const [first] = judge(aws === null ? { attempt } : { attempt, aws }, RECORD_CAUSES).found;
  return first === undefined ? null : { id: first.cause.id, certainty: first.certainty };
}

const UNEXPLAINED = 'unexplained';

/** Whether the attempt itself is one that only pods make, whoever the pod is. */
function isOfPods({ eventName }: TrailRecord, issuance: Issuance | null): boolean {
  return (
    eventName === POD_IDENTITY_AUTH ||
    issuance?.mechanism === 'irsa' ||
    issuance?.mechanism === 'pod-identity'
  );
}

/** What the Pod Identity agent asks of EKS: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html */
const POD_IDENTITY_AUTH = 'AssumeRoleForPodIdentity';

function isAssumption(record: TrailRecord): boolean {
  return record.assumption !== null || record.eventName === POD_IDENTITY_AUTH;
}

function isTaken(record: TrailRecord, takes: WatchOptions['takes']): boolean {
  if (isAssumption(record))
    return takes !== 'denials' && (record.assumption !== null || record.errorCode !== null);
  return takes !== 'assumptions' && record.principal.type === 'AssumedRole' && isDenied(record.errorCode);
}

function recordId({ eventId, contentHash, recipientAccountId, awsRegion }: TrailRecord): string {
  return ['record', eventId ?? contentHash, recipientAccountId, awsRegion].join(' ');
}
