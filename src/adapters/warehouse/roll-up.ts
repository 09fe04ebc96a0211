// Keeps the attributed history: a day at a time is read from the log files, attributed, and merged into its tables.
// A day that was rolled up less than a day after its end is done again later, for what was delivered late.
import { ParameterError } from '../../catalogue/errors.ts';
import { relationAsked, statementWithin } from '../compose-over-tables.ts';
import type { Settings } from '../settings-file.ts';
import {
  type AttributedRange,
  countIn,
  type Places,
  type ReadSums,
  statedLayout,
  withAttributedRange,
} from './attribute-log-files.ts';
import { FINAL_AFTER_MS } from './history-days.ts';
import {
  ASSUMPTION_FAILURES,
  CALLS,
  HISTORY_TABLES,
  type HistoryTable,
  mergeStatement,
  ROLL_UPS,
  removeStatement,
  SESSIONS,
  TRAIL_DAYS,
} from './history-tables.ts';
import type { LogFileLayout, RowPer } from './log-file-table.ts';
import { type Warehouse, WarehouseError } from './warehouse.ts';

const DAY_MS = 86_400_000;

/** Makes what a history needs, where it is not there. */
export async function makeHistory(warehouse: Warehouse, places: Places): Promise<void> {
  for (const statement of historyStatements(warehouse, places)) await warehouse.run(statement);
}

/**
 * The same, and the table of the log files anew, which holds nothing of its own: one that is there knows only the accounts, regions and
 * days that it was made with. Throws ParameterError where another table bears its name.
 */
export async function remakeHistory(warehouse: Warehouse, places: Places): Promise<void> {
  const layout = statedLayout(places);
  // What cannot be made is refused here, while the table still stands.
  const statements = historyStatements(warehouse, places);
  if (await isLogFileTable(warehouse, layout)) await warehouse.run(`drop table ${layout.table}`);
  for (const statement of statements) await warehouse.run(statement);
}

/** What tables of log files have, and hardly any other. */
const TELLING: Readonly<Record<RowPer, string>> = {
  file: 'records',
  record: 'useridentity, requestparameters',
};

/** False where there is no table. Throws ParameterError where it is another one. */
async function isLogFileTable(warehouse: Warehouse, { table, rowPer }: LogFileLayout): Promise<boolean> {
  try {
    await warehouse.run(`select ${TELLING[rowPer]}, account, region, day, "$path" from ${table} where 1 = 0`);
    return true;
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
    if (error.code === 'table-missing') return false;
    if (error.code !== 'statement-refused') throw error;
    throw new ParameterError(
      `${table} exists and is not a podtrail log file table; it was not touched: make the tables elsewhere (--database on Athena, --log-files on Trino)`,
    );
  }
}

/** The statements that make the tables over a delivery bucket, in order. */
export function historyStatements({ ddl }: Pick<Warehouse, 'ddl'>, places: Places): string[] {
  const layout = statedLayout(places);
  const schemas = new Set([layout.table.slice(0, layout.table.lastIndexOf('.')), places.history]);
  return [
    ...[...schemas].map((schema) => ddl.createSchema(schema)),
    ddl.createLogFileTable(layout),
    ...HISTORY_TABLES.map((table) => ddl.createHistoryTable(places.history, table)),
  ];
}

export interface RolledUpDay {
  /** `2026-10-05`. */
  day: string;
  sums: ReadSums;
  calls: number;
  isFinal: boolean;
}

/**
 * Rolls up a day of UTC, `2026-10-05`. Broken off at any moment, it leaves a history that answers, and can be done again. Throws
 * WarehouseError.
 */
export async function rollUpDay(
  warehouse: Warehouse,
  places: Places,
  day: string,
  { settings, now }: { settings: Settings; now: Date },
): Promise<RolledUpDay> {
  const begin = new Date(`${day}T00:00:00Z`);
  const end = new Date(begin.getTime() + DAY_MS);
  return withAttributedRange(
    warehouse,
    places,
    { range: { since: begin, until: end }, settings, now },
    async (attributed) => {
      const isFinal = now.getTime() >= end.getTime() + FINAL_AFTER_MS;
      const calls = await keepDay(attributed, places.history, { begin, end, at: now, isFinal });
      return { day, sums: attributed.sums, calls, isFinal };
    },
  );
}

/** Joins the history's small files from a day on, which `since` is a moment of, and drops what no snapshot needs. Throws WarehouseError. */
export async function tidyHistory(warehouse: Warehouse, places: Places, since: Date): Promise<void> {
  // Engines rewrite whole partitions only, and no partition is longer than a day.
  const day = `${since.toISOString().slice(0, 10)} 00:00:00`;
  for (const table of HISTORY_TABLES) {
    await runToTheEnd(warehouse, warehouse.ddl.compact(places.history, table, day));
    await runToTheEnd(warehouse, warehouse.ddl.expire(places.history, table));
  }
}

/** A run of Athena tidies a hundred partitions, which are the hours of four days: so many runs are enough for a year. */
const MOST_RUNS = 100;

/** Runs a statement until it has no more to do: one that has fails with MORE_RUNS_NEEDED. */
async function runToTheEnd(warehouse: Warehouse, statement: string): Promise<void> {
  for (let runs = 1; ; runs += 1) {
    try {
      await warehouse.run(statement);
      return;
    } catch (error) {
      const hasMore = error instanceof WarehouseError && error.code === 'more-runs-needed';
      if (!hasMore || runs === MOST_RUNS) throw error;
    }
  }
}

/** Only its records issue sessions, or fail to. */
const OF_STS = "event_source = 'sts.amazonaws.com'";

interface DayToKeep {
  begin: Date;
  end: Date;
  at: Date;
  isFinal: boolean;
}

/** Merges what the attributed tables say of one day; returns how many calls the day has in the history. */
async function keepDay({ tables, sums }: AttributedRange, history: string, day: DayToKeep): Promise<number> {
  const range = { since: day.begin, until: day.end };
  const select = async (into: string, name: string) => {
    const { sql, bound } = statementWithin(relationAsked(`sources/trino/${name}.sql`), range);
    await tables.make(into, sql, bound);
  };
  const boundsOf = ({ time }: HistoryTable) =>
    `kept.${time} >= timestamp '${sqlTime(day.begin)}'\n  and kept.${time} < timestamp '${sqlTime(day.end)}'`;
  const merge = (table: HistoryTable, from: string) =>
    tables.run(mergeStatement(history, table, from, boundsOf(table)));
  /** What a record was that has been restated since: nothing goes for records that were not read this time. */
  const remove = (table: HistoryTable, from: string) =>
    tables.run(removeStatement(history, table, from, boundsOf(table)));
  await select('fresh_calls', 'day-calls');
  await merge(CALLS, 'fresh_calls where is_in_calls');
  await remove(CALLS, 'select record_key from fresh_calls where not is_in_calls');
  await select('fresh_sessions', 'day-sessions');
  await merge(SESSIONS, 'fresh_sessions');
  await remove(
    SESSIONS,
    `select record_key as session_key from fresh_calls where ${OF_STS} and record_key not in (select session_key from fresh_sessions)`,
  );
  await select('fresh_failures', 'day-failures');
  await merge(ASSUMPTION_FAILURES, 'fresh_failures');
  await remove(
    ASSUMPTION_FAILURES,
    `select record_key from fresh_calls where ${OF_STS} and record_key not in (select record_key from fresh_failures)`,
  );
  await select('fresh_days', 'day-trail');
  await merge(TRAIL_DAYS, 'fresh_days');
  const [counted] = await tables.rows('select count_if(is_in_calls) as calls from fresh_calls');
  const calls = countIn(counted, 'calls');
  await merge(ROLL_UPS, `(${rollUpRow(day, sums, calls)}) as done`);
  return calls;
}

/** A select of the row that says that the day is done. */
function rollUpRow({ begin, at, isFinal }: DayToKeep, sums: ReadSums, calls: number): string {
  const said = Object.entries({
    day: `timestamp '${sqlTime(begin)}'`,
    rolled_up_at: `timestamp '${sqlTime(at)}'`,
    is_final: String(isFinal),
    files: sums.files,
    read: sums.read,
    kept: sums.kept,
    outside: sums.outside,
    duplicate: sums.duplicate,
    rejected: sums.rejected,
    calls,
  }).map(([name, value]) => `${typeof value === 'number' ? `cast(${value} as bigint)` : value} as ${name}`);
  return `select ${said.join(', ')}`;
}

function sqlTime(time: Date): string {
  return time.toISOString().replace('T', ' ').slice(0, 19);
}
