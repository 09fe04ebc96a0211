// Reads from a store what failed: each workload's attempts and denied calls, when it last succeeded, and what was changed meanwhile.
import type { Facts } from '../../diagnosis/facts.ts';
import type { ReportRow } from '../../report/columns.ts';
import type { Values } from '../compose-over-tables.ts';
import { readQuestion } from '../query-files.ts';
import { type AskedOfStore, askStore } from './ask.ts';
import {
  changeOf,
  decidingOf,
  type FailureContext,
  isDeniedRole,
  ofAttempt,
  ofDenial,
  ofRefusal,
  targetOf,
  textOf,
  workloadKey,
} from './failure-facts.ts';
import { AGENT_REFUSALS, ANSWERED, CHANGES, LAST_SESSIONS } from './failure-statements.ts';
import type { Store } from './store.ts';

/** Failing workloads that are diagnosed; those that fail least are counted only. */
const MOST = 500;

export interface FailuresRead {
  readonly failures: readonly Facts[];
  /** Failing workloads beyond those. */
  readonly left: number;
}

/** Whether a workload is asked about; of an agent's refusal neither is known. */
export type IsAsked = (namespace: string | undefined, serviceAccount: string | undefined) => boolean;

/** One for each workload, role and error; of the range that `values` has. */
export async function readFailures(
  store: Store,
  values: Values,
  isAsked: IsAsked = () => true,
): Promise<FailuresRead> {
  const span = await spanOf(store, values);
  const ask = (question: AskedOfStore) =>
    askStore(store, question, { ...values, namespace: null, limit: NO_LIMIT });
  const attempts = await worst(besideDenials(ask(readQuestion('failed-assumptions'))), isAsked);
  const refusals = await worst(ask(AGENT_REFUSALS), isAsked);
  const denied = await worst(besideAssumptions(ask(readQuestion('denied-calls'))), isAsked);
  const failing = new Set([...attempts.rows, ...denied.rows].map(workloadKey));
  const ofFailing = (row: ReportRow) => failing.has(workloadKey(row));
  const answered = denied.rows.length === 0 ? [] : await only(ask(ANSWERED), ofFailing);
  const sessions = await only(ask(LAST_SESSIONS), ofFailing);
  const deciding = new Set([attempts, refusals, denied].flatMap(({ rows }) => rows.flatMap(decidingOf)));
  const changes = (await only(ask(CHANGES), (row) => deciding.has(targetOf(row)))).map(changeOf);
  const nodeRoles = await refusedNodeRoles(ask(readQuestion('node-role-calls')));
  const context = {
    span,
    sessions,
    answered,
    changes,
    nodeRoles,
    all: [...attempts.rows, ...attempts.others],
  };
  return {
    failures: [
      ...attempts.rows.map((row) => ofAttempt(row, context)),
      ...refusals.rows.map((row) => ofRefusal(row, context)),
      ...denied.rows.map((row) => ofDenial(row, context)),
    ],
    left: attempts.left + refusals.left + denied.left,
  };
}

/** The range that was read: what was asked for, and within it what the records cover. */
async function spanOf(store: Store, values: Values): Promise<FailureContext['span']> {
  await store.prepareForQuestions();
  const [row] = await store.all(
    'select epoch_ms(min(event_time))::double as first, epoch_ms(max(event_time))::double as last from stored_records',
  );
  const end = (value: unknown, fallback: unknown) =>
    value instanceof Date ? value.getTime() : Number(fallback ?? 0);
  return {
    from: Math.max(end(values.since, row?.first), Number(row?.first ?? 0)),
    until: Math.min(end(values.until, row?.last), Number(row?.last ?? 0)),
  };
}

/** Of questions that take one: what is beyond is counted here, and not cut off by them. */
const NO_LIMIT = 2_147_483_647;

async function only(
  rows: AsyncIterable<ReportRow>,
  isWanted: (row: ReportRow) => boolean,
): Promise<ReportRow[]> {
  const kept: ReportRow[] = [];
  for await (const row of rows) if (isWanted(row)) kept.push(row);
  return kept;
}

interface Worst {
  /** Those that are asked about, and fail most. */
  readonly rows: ReportRow[];
  /** Some of those that are not asked about: they may fail alike. */
  readonly others: ReportRow[];
  readonly left: number;
}

/** The questions of failures give the most failures first. */
async function worst(rows: AsyncIterable<ReportRow>, isAsked: IsAsked): Promise<Worst> {
  const found: Worst & { left: number } = { rows: [], others: [], left: 0 };
  for await (const row of rows) {
    const list = isAsked(textOf(row.workload_namespace), textOf(row.workload_service_account))
      ? found.rows
      : found.others;
    if (list.length < MOST) list.push(row);
    else if (list === found.rows) found.left += 1;
  }
  return found;
}

/** Calls that each node's role was refused. */
async function refusedNodeRoles(rows: AsyncIterable<ReportRow>): Promise<Map<string, number>> {
  const calls = new Map<string, number>();
  for await (const { role_arn: role, error_code: error, calls: more } of rows)
    if (typeof role === 'string' && error !== null) calls.set(role, (calls.get(role) ?? 0) + Number(more));
  return calls;
}

/** Denied assumptions by token are attempts, and read as such. */
async function* besideAssumptions(rows: AsyncIterable<ReportRow>): AsyncGenerator<ReportRow> {
  for await (const row of rows)
    if (row.event_source !== 'sts.amazonaws.com' || !/^AssumeRoleWith/.test(String(row.event_name)))
      yield row;
}

/** A workload that was denied a further role is read as a denied call, which tells the role that asked and what is inferred, too. */
async function* besideDenials(rows: AsyncIterable<ReportRow>): AsyncGenerator<ReportRow> {
  for await (const row of rows) if (!isDeniedRole(row) || row.workload_namespace === null) yield row;
}
