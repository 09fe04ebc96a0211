// Asks a question of Athena or Trino for podtrail ask, or says what asking would run; tells what the answer is from.
import { readSettings } from '../src/adapters/settings-file.ts';
import { sourceLines } from '../src/adapters/warehouse/answer-source.ts';
import {
  type AnsweredFrom,
  askWarehouse,
  closedRange,
  historyStatement,
  historyTablesOf,
  type Source,
} from '../src/adapters/warehouse/ask-warehouse.ts';
import { readStatement, statedLayout } from '../src/adapters/warehouse/attribute-log-files.ts';
import {
  MOST_READ_BESIDES,
  MOST_STATEMENTS,
  MOST_TIMES_READ,
  type ScanEstimate,
} from '../src/adapters/warehouse/estimate-scan.ts';
import { partitionFolders, partitionsOf } from '../src/adapters/warehouse/log-file-table.ts';
import type { WarehouseEngine } from '../src/adapters/warehouse/places.ts';
import { literal, WarehouseError } from '../src/adapters/warehouse/warehouse.ts';
import { ParameterError } from '../src/catalogue/errors.ts';
import type { ParamValues } from '../src/catalogue/param-values.ts';
import type { Engine, Question } from '../src/catalogue/query-file.ts';
import { escapeForTerminal } from '../src/report/escape.ts';
import type { Format } from '../src/report/format-rows.ts';
import type { TimeRange } from '../src/trail/keys.ts';
import { tellEnd, writeRows } from './answer.ts';
import type { Io } from './io.ts';
import { bytesText, type OpenWarehouse, openWarehouse, tell, type WarehouseFlags } from './warehouse.ts';

export interface EngineAsked {
  question: Question;
  values: ParamValues;
  source: Source;
  format: Format | undefined;
  isDryRun: boolean;
}

/** Returns the exit code: 3 where what the answer was read from was rejected in part. */
export async function askEngine(
  engine: WarehouseEngine,
  asked: EngineAsked,
  flags: WarehouseFlags,
  io: Io,
): Promise<number> {
  const open = await openWarehouse(engine, flags, io);
  try {
    if (asked.isDryRun) {
      io.stdout.write(await dryRun(open, asked, io.now()));
      return 0;
    }
    const { question, values, source, format } = asked;
    let from: AnsweredFrom | null = null;
    const rows = askWarehouse(
      open.warehouse,
      open.places,
      { question, values, source, settings: readSettings(flags.config), now: io.now() },
      {
        from: (said) => {
          from = said;
          open.clear();
        },
        beforeLogFiles: (range) => refuseTooMuch(open, range, io),
      },
    );
    const count = await writeRows(question, rows, format, io);
    if (from !== null) for (const line of sourceLines(from, open.places)) tell(open, io, line);
    tellEnd(io, { rows: count, values, hadRecords: hadRecords(from) });
    return wasRejected(from) ? 3 : 0;
  } finally {
    open.close();
  }
}

/** Whether there was a record to answer from. A history does not count them: a day of the range is taken for one that has some. */
function hadRecords(from: AnsweredFrom | null): boolean {
  if (from === null) return true;
  return from.source === 'logs' ? from.sums.kept > 0 : from.coverage.hasDays;
}

function wasRejected(from: AnsweredFrom | null): boolean {
  return from?.source === 'logs' && from.sums.rejected > 0;
}

/** With a ceiling, what is to be read at most is looked up before it is. Throws WarehouseError where it is more. */
async function refuseTooMuch(open: OpenWarehouse, range: Required<TimeRange>, io: Io): Promise<void> {
  if (open.maxScanBytes === undefined) return;
  try {
    const estimate = await open.estimate(range, io.now());
    if (estimate.mostBytes > open.maxScanBytes)
      throw new WarehouseError(
        'scan-limit',
        `nothing was run: ${estimateText(estimate, open)}, more than --max-scan allows: ask for a shorter time range, fewer accounts or regions, or allow more`,
      );
  } catch (error) {
    if (!(error instanceof WarehouseError) || error.code !== 'estimate') throw error;
    tell(open, io, `how much is to be read is not known (${error.message}); --max-scan cancels what runs`);
  }
}

function estimateText(estimate: ScanEstimate, { priceOf }: OpenWarehouse): string {
  const { files, listed, partitions } = estimate;
  if (files === 0 && listed < partitions)
    return `no log file lies in ${listed} of ${partitions} partitions, which were looked at: what the others hold is not known`;
  const how =
    listed === partitions ? 'all partitions listed' : `estimated from ${listed} of ${partitions} partitions`;
  const most = `${bytesText(estimate.mostBytes)}${priceOf(estimate.mostBytes, MOST_STATEMENTS.logs)}`;
  return `the log files hold ${bytesText(estimate.bytes)} in ${files} files (${how}); with temporary tables at most ${MOST_TIMES_READ} times that and ${bytesText(MOST_READ_BESIDES)} are read: ${most}`;
}

/** In one line of a comment, and harmless to a terminal. */
function inLine(text: string): string {
  return escapeForTerminal(text.replace(/[\r\n\u0085\u2028\u2029]+/g, ' '));
}

/** What would be run, whole, with its values; nothing is. */
async function dryRun(open: OpenWarehouse, asked: EngineAsked, now: Date): Promise<string> {
  const { places } = open;
  const { question, values, source } = asked;
  const parts: string[] = [];
  if (source !== 'logs') {
    const { sql, bound } = historyStatement(question, values, places.history);
    const size = await open.sizeOfHistory(historyTablesOf(question)).then(
      (bytes) =>
        `at most ${bytesText(bytes)}, all that its tables have in S3${open.priceOf(bytes, MOST_STATEMENTS.history)}`,
      (error: Error) => `how much that reads at most is not known: ${error.message}`,
    );
    parts.push(
      `-- From the history in ${places.history}${source === 'auto' ? ', where it has the range to its last moment' : ''}`,
      `-- ${inLine(size)}`,
      ...bound.map((value, index) => `-- ? ${index + 1}: ${inLine(literal(value))}`),
      sql,
      '',
    );
  }
  if (source === 'logs' || (source === 'auto' && places.layout !== null)) {
    const range = closedRange(values, now);
    const layout = statedLayout(places);
    const partitions = partitionsOf(layout, range, now);
    const { firstDay, lastDay, accounts, regions } = partitions;
    const count = partitionFolders(layout, partitions).length;
    const size = await open.estimate(range, now).then(
      (estimate) => estimateText(estimate, open),
      (error: Error) => `how much that reads at most is not known: ${error.message}`,
    );
    parts.push(
      `-- From the log files${source === 'auto' ? ', otherwise' : ''}: read once by the statement below, then attributed in temporary tables`,
      `-- Partitions: days ${firstDay} to ${lastDay}, ${accounts.length} accounts, ${regions.length} regions: ${count} at most`,
      `-- ${inLine(size)}`,
      readStatement(places, { range, now }),
      '',
    );
  }
  return parts.join('\n');
}

/** The engine that `--engine` names; null for the embedded one. Throws ParameterError where paths or a store stand beside it. */
export function engineOf(
  flags: { engine: Engine; store?: string },
  paths: readonly string[],
): WarehouseEngine | null {
  const { engine } = flags;
  if (engine === 'duckdb') return null;
  if (flags.store !== undefined || paths.length > 0)
    throw new ParameterError(
      `--engine ${engine} asks the tables that "podtrail ${engine} init" makes: give no paths and no --store`,
    );
  return engine;
}
