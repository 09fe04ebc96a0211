// Asks a question of a store: strings it together with the store's relations, binds its values, and yields typed rows.
import { DuckDBTimestampValue, type DuckDBValue } from '@duckdb/node-api';
import type { Askable } from '../../catalogue/compose.ts';
import type { ReportColumn, ReportRow } from '../../report/columns.ts';
import { callsStatement, isRanged, READY, statementOf, type Values } from '../compose-over-tables.ts';
import { askCounted, askEach, COUNTED } from './counted-records.ts';
import { isOutOfMemory } from './memory.ts';
import { narrowTo, widen } from './narrow.ts';
import { type Row, type Store, StoreError } from './store.ts';

/** A question of the catalogue, or what else has a text, a name and typed columns. */
export interface AskedOfStore extends Askable {
  readonly name: string;
  readonly columns: readonly ReportColumn[];
}

/**
 * The rows of an answer, one by one; the store must not be used otherwise until they end. Throws StoreError where the answer does not fit
 * the memory that a question may take.
 */
export async function* askStore(
  store: Store,
  question: AskedOfStore,
  values: Values,
): AsyncGenerator<ReportRow> {
  try {
    yield* answerOf(store, question, values);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    throw new StoreError(
      'out-of-memory',
      `${question.name} needs more than ${store.memoryMiB} MiB of memory here: ask for a shorter time range`,
      { cause: error },
    );
  }
}

async function* answerOf(store: Store, question: AskedOfStore, values: Values): AsyncGenerator<ReportRow> {
  await store.prepareForQuestions();
  if (question.name === EVERY_CALL) return yield* askInPages(store, question, values);
  const readsCalls = question.uses.some((name) => READS_CALLS.includes(name));
  const isNarrow = readsCalls && (await narrowTo(store, values));
  const isCounted = !isRanged(values) && question.uses.includes(COUNTED) && (await askCounted(store));
  try {
    const ready = [...(isNarrow || !isRanged(values) ? READY : []), ...(isCounted ? [COUNTED] : [])];
    const { sql, bound } = statementOf(question, values, ready);
    yield* rowsOf(store, question, sql, bound);
  } finally {
    if (isNarrow) await widen(store);
    if (isCounted) await askEach(store);
  }
}

/** Relations whose rows are records, whatever else they read. */
const READS_CALLS = ['calls', 'call_attributions', COUNTED, 'trail_days'];

/** The one question whose answer is as long as the records; its rows are in the order of time first. */
const EVERY_CALL = 'attributed-calls';
const PAGE_ROWS = 50_000;

/**
 * Asks of all calls without sorting them all at once, which takes memory that grows with them: the calls are attributed
 * once, and the question is then asked of them page by page in the order of time.
 */
async function* askInPages(store: Store, question: AskedOfStore, values: Values): AsyncGenerator<ReportRow> {
  const { sql, bound } = callsStatement(values);
  await store.run(`create or replace temp table attributed as ${sql}`, bound);
  try {
    const pages = await store.all(`
      select min(event_time)::varchar as first, max(event_time)::varchar as last from (
        select event_time, calls, ((sum(calls) over (order by event_time) - calls) / ${PAGE_ROWS})::bigint as page
        from (select event_time, count(*) as calls from attributed group by event_time))
      group by page order by page`);
    for (const { first, last } of pages) {
      await store.run(`create or replace temp view calls as
        select * from attributed where event_time between timestamp '${first}' and timestamp '${last}'`);
      yield* rowsOf(store, question, question.sql, []);
    }
  } finally {
    await store.run('drop view if exists calls; drop table if exists attributed');
  }
}

async function* rowsOf(
  store: Store,
  question: AskedOfStore,
  sql: string,
  bound: DuckDBValue[],
): AsyncGenerator<ReportRow> {
  for await (const rows of store.rows(sql, bound)) {
    for (const row of rows) yield reportRow(question.columns, row);
  }
}

function reportRow(columns: readonly ReportColumn[], row: Row): ReportRow {
  const typed: ReportRow = {};
  for (const { name, type } of columns) {
    const value = row[name];
    if (value instanceof DuckDBTimestampValue) typed[name] = new Date(Number(value.micros / 1000n));
    else if ((type === 'json' || type === 'texts') && typeof value === 'string')
      typed[name] = JSON.parse(value);
    else typed[name] = value ?? null;
  }
  return typed;
}

/** Whether questions see a record in the store at all; to be asked where an answer has ended. */
export async function hasRecords(store: Store): Promise<boolean> {
  return (await store.all('select 1 from attributed_records limit 1')).length > 0;
}
