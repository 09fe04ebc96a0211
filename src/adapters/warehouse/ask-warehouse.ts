// Asks a question of an engine over object storage: of the attributed history where it covers the range, else of the log files.
import { type ComposedQuery, compose, type Relation } from '../../catalogue/compose.ts';
import { ParameterError } from '../../catalogue/errors.ts';
import { type QueryColumn, type Question, rangeBinds } from '../../catalogue/query-file.ts';
import type { ReportRow } from '../../report/columns.ts';
import type { TimeRange } from '../../trail/keys.ts';
import {
  boundValue,
  OF_CALLS,
  type Statement,
  statementWithin,
  timeText,
  type Values,
} from '../compose-over-tables.ts';
import { readRelation } from '../query-files.ts';
import type { Settings } from '../settings-file.ts';
import { type Places, type ReadSums, withAttributedRange } from './attribute-log-files.ts';
import { type Coverage, coverageOf, daysLacking, daysOfHistory } from './history-days.ts';
import { CALLS, HISTORY_TABLES, TRAIL_DAYS } from './history-tables.ts';
import { type Warehouse, WarehouseError, type WarehouseRow } from './warehouse.ts';

/** `auto` is the history where it has all of the range, to its last moment, else the log files. */
export const SOURCES = ['auto', 'history', 'logs'] as const;
export type Source = (typeof SOURCES)[number];

/** What an answer is from. */
export type AnsweredFrom = { source: 'history'; coverage: Coverage } | { source: 'logs'; sums: ReadSums };

export interface WarehouseQuestion {
  question: Question;
  values: Values;
  source: Source;
  settings: Settings;
  now: Date;
}

export interface Listener {
  /** Called once, before the first row. */
  from(from: AnsweredFrom): void;
  /** Called before log files are read, which costs; what it throws ends the question. */
  beforeLogFiles(range: Required<TimeRange>): Promise<void>;
}

/** The rows of the answer. Throws WarehouseError. */
export async function* askWarehouse(
  warehouse: Warehouse,
  places: Places,
  asked: WarehouseQuestion,
  listener: Listener,
): AsyncGenerator<ReportRow> {
  const { question, values, source } = asked;
  if (source !== 'logs') {
    const coverage = await coverageIn(warehouse, places, asked);
    const lacking = coverage === null ? [] : daysLacking(coverage);
    const isWhole = coverage !== null && lacking.length === 0;
    if (source === 'auto' && places.layout === null && !isWhole) throw incomplete(lacking);
    if (coverage !== null && (source === 'history' || isWhole)) {
      listener.from({ source: 'history', coverage });
      const { sql, bound } = historyStatement(question, values, places.history);
      yield* typedRows(question, warehouse.within(places.history).rows(sql, bound));
      return;
    }
  }
  const range = closedRange(values, asked.now);
  await listener.beforeLogFiles(range);
  // Rows come while the tables stand: a queue would hold them all.
  const { sql, bound } = statementWithin(question, values);
  yield* whileOpen((use) =>
    withAttributedRange(
      warehouse,
      places,
      { range, settings: asked.settings, now: asked.now },
      async (attributed) => {
        listener.from({ source: 'logs', sums: attributed.sums });
        await use(typedRows(question, attributed.tables.warehouse.rows(sql, bound)));
      },
    ),
  );
}

/** The error where neither the history nor the log files can be asked; `lacking` is empty where there is no history. */
function incomplete(lacking: readonly string[]): WarehouseError {
  const [first] = lacking;
  const lacks =
    first === undefined
      ? 'there is no history'
      : `the history lacks ${lacking.length === 1 ? '1 day' : `${lacking.length} days`} (first: ${first})`;
  return new WarehouseError(
    'history-incomplete',
    `${lacks}: roll up what is asked for, ask for what is there (--source history), or give --bucket, --accounts and --regions`,
  );
}

const NO_HISTORY = new Set(['table-missing', 'catalog-missing']);

/** What the history has of the range; null where there is no history and another source may do. */
async function coverageIn(
  warehouse: Warehouse,
  places: Places,
  { values, source, now }: WarehouseQuestion,
): Promise<Coverage | null> {
  try {
    const days = await daysOfHistory(warehouse, places.history);
    if (days.length === 0 && source === 'auto') return null;
    return coverageOf(days, rangeOf(values), now);
  } catch (error) {
    const isMissing = error instanceof WarehouseError && NO_HISTORY.has(error.code);
    if (source === 'auto' && isMissing) return null;
    throw error;
  }
}

function rangeOf({ since, until }: Values): TimeRange {
  return {
    ...(since instanceof Date ? { since } : {}),
    ...(until instanceof Date ? { until } : {}),
  };
}

/** Throws ParameterError where the range has no beginning: all log files of all time would be read. */
export function closedRange(values: Values, now: Date): Required<TimeRange> {
  const { since, until = now } = rangeOf(values);
  if (since === undefined)
    throw new ParameterError(
      'reading log files needs --since, since every byte read costs; --source history asks all days that are rolled up',
    );
  return { since, until };
}

/** The statement that asks the history; what it reads is bounded by literals, by which every engine prunes partitions. */
export function historyStatement(question: Question, values: Values, history: string): Statement {
  const { since, until } = rangeOf(values);
  const literals = [since, until].map((end) => (end === undefined ? null : `timestamp '${timeText(end)}'`));
  const { sql, binds } = overHistory(question, history, literals, []);
  return { sql, bound: binds.map((name) => boundValue(name, values[name] ?? null)) };
}

/** The same for any range, with a `?` for each end of it. */
export function composeOverHistory(question: Question, history: string): ComposedQuery {
  return overHistory(question, history, ['cast(? as timestamp)', 'cast(? as timestamp)'], rangeBinds);
}

/** The tables that the range is applied to before questions read them; they read the range of the others themselves. */
const RANGED = [CALLS, TRAIL_DAYS];
/** What is read of the calls by another name. */
const OF_CALLS_NAMES = ['callers', 'call_callers', 'call_attributions', 'counted_calls'];

/** The history's tables stand under the plain names of the relations that questions read. */
function overHistory(
  question: Question,
  history: string,
  [since = null, until = null]: readonly (string | null)[],
  binds: readonly string[],
): ComposedQuery {
  const isRanged = since !== null || until !== null;
  const ranged: Relation[] = RANGED.map((table) => {
    const time = `r.${table.time}`;
    const bounds = [
      // A day that the range begins in is told whole.
      ...(since === null
        ? []
        : [`${time} >= ${table === TRAIL_DAYS ? `date_trunc('day', ${since})` : since}`]),
      ...(until === null ? [] : [`${time} < ${until}`]),
    ];
    const sql = `select r.*\nfrom ${history}.${table.name} as r\nwhere ${bounds.join('\n  and ')}`;
    return { name: table.name, file: { id: `history/${table.name}`, uses: [], binds, sql } };
  });
  const relations: Relation[] = [
    ...(isRanged ? ranged : []),
    { name: 'callers', file: readRelation('sources/trino/history-callers.sql') },
    { name: 'call_callers', file: readRelation('sources/trino/history-call-callers.sql') },
    { name: 'call_attributions', file: readRelation(OF_CALLS) },
    { name: 'counted_calls', file: readRelation('models/counted-calls.sql') },
  ];
  const names = new Set(relations.map(({ name }) => name));
  const tables = HISTORY_TABLES.map(({ name }) => name).filter((name) => !names.has(name));
  // What a question does not read itself, it can be given only where a relation that it reads does.
  const reads = new Set(['calls', 'trail_days', ...OF_CALLS_NAMES]);
  const isBound = binds.length > 0 && question.uses.some((name) => reads.has(name));
  const params = question.params.filter(
    ({ name }) =>
      isBound || question.binds.includes(name) || !(rangeBinds as readonly string[]).includes(name),
  );
  return compose({ ...question, params }, relations, tables);
}

/** The tables of the history that a question reads. */
export function historyTablesOf({ uses }: Question): string[] {
  return HISTORY_TABLES.map(({ name }) => name).filter(
    (name) =>
      uses.includes(name) || (name === CALLS.name && uses.some((used) => OF_CALLS_NAMES.includes(used))),
  );
}

async function* typedRows(
  question: Question,
  pages: AsyncIterable<WarehouseRow[]>,
): AsyncGenerator<ReportRow> {
  for await (const page of pages) for (const row of page) yield typedRow(question.columns, row);
}

/** A row as every engine's answers are typed, of columns as these engines give them. */
export function typedRow(columns: readonly QueryColumn[], row: WarehouseRow): ReportRow {
  return Object.fromEntries(
    columns.map(({ name, type }) => {
      const value = row[name] ?? null;
      if (typeof value !== 'string') return [name, value];
      if (type === 'time') return [name, new Date(`${value.replace(' ', 'T').slice(0, 23)}Z`)];
      return [name, type === 'json' || type === 'texts' ? JSON.parse(value) : value];
    }),
  );
}

/**
 * The items that `open` hands over while what it opened is open, one at a time: it goes on, and closes, when all were taken or
 * nobody takes more. Where they fail, what is open is told so.
 */
async function* whileOpen<T>(
  open: (use: (items: AsyncIterable<T>) => Promise<void>) => Promise<void>,
): AsyncGenerator<T> {
  let hand: (items: AsyncIterable<T>) => void = () => {};
  const given = new Promise<AsyncIterable<T>>((resolve) => {
    hand = resolve;
  });
  let close: (fault?: { error: unknown }) => void = () => {};
  const closed = new Promise<{ error: unknown } | undefined>((resolve) => {
    close = resolve;
  });
  const opened = open(async (items) => {
    hand(items);
    const fault = await closed;
    if (fault !== undefined) throw fault.error;
  });
  try {
    const items = await Promise.race([given, opened.then(() => null)]);
    if (items !== null) yield* items;
  } catch (error) {
    close({ error });
    throw error;
  } finally {
    close();
    await opened;
  }
}
