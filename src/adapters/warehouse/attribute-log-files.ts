// Attributes a time range straight from the delivered log files: read once into tables of its own, which are dropped afterwards.
import { ParameterError } from '../../catalogue/errors.ts';
import type { TimeRange } from '../../trail/keys.ts';
import { type ResourceRule, resourceRules } from '../../trail/resource-rules.ts';
import { callsStatement, timeText } from '../compose-over-tables.ts';
import { deriveCallers, deriveInferences } from '../derive-callers.ts';
import { readRelation } from '../query-files.ts';
import { settingTables } from '../setting-tables.ts';
import type { Settings } from '../settings-file.ts';
import { type LogFileLayout, logFilesIn, neededTimes, partitionsOf, type RowPer } from './log-file-table.ts';
import { type ScratchTables, withScratchTables } from './scratch-tables.ts';
import { type Warehouse, WarehouseError, type WarehouseRow } from './warehouse.ts';

/** Where the engine keeps what podtrail reads and writes; names as statements write them. */
export interface Places {
  /** Null where it is not said, which is enough to ask the history. */
  layout: LogFileLayout | null;
  /** The schema of the history. */
  history: string;
  /** The beginning of the name of a schema that lives as long as one command. */
  scratch: string;
}

/** What was read: `read` = `kept` + `outside` + `duplicate` + `rejected`. */
export interface ReadSums {
  files: number;
  read: number;
  kept: number;
  /** Distinct records of the same folders whose times neither the range nor its look-back has. */
  outside: number;
  duplicate: number;
  rejected: number;
  /** One file that holds what was rejected. */
  rejectedPath: string | null;
}

export interface AttributedRange {
  /** The tables of the range; `records`, `inferences` and `calls` are of this range alone. */
  tables: ScratchTables;
  sums: ReadSums;
}

export interface RangeToRead {
  range: Required<TimeRange>;
  settings: Settings;
  now: Date;
}

/**
 * Does the work with the attributed tables of a range, and drops them, however it ends. Throws ParameterError, before anything is
 * run, where the log files cannot be read.
 */
export async function withAttributedRange<T>(
  engine: Warehouse,
  places: Places,
  asked: RangeToRead,
  work: (attributed: AttributedRange) => Promise<T>,
): Promise<T> {
  const reading = readStatement(places, asked);
  return withScratchTables(engine, places.scratch, async (tables) => {
    const sums = await read(tables, reading, asked.settings);
    await deriveCallers(tables);
    await narrowTo(tables, asked.range);
    return work({ tables, sums });
  });
}

/** The statement that reads the log files of a range, the one that costs. Throws ParameterError where they cannot be read. */
export function readStatement(places: Places, asked: Pick<RangeToRead, 'range' | 'now'>): string {
  const layout = statedLayout(places);
  const partitions = partitionsOf(layout, asked.range, asked.now);
  const { since, until } = neededTimes(asked.range);
  const steps = [
    `times_to_read as (\nselect timestamp '${timeText(since)}' as since, timestamp '${timeText(until)}' as until\n)`,
    `log_files as (\n${logFilesIn(layout, partitions)}\n)`,
    `delivered as (\n${readRelation(DELIVERED[layout.rowPer]).sql}\n)`,
    readRelation('sources/trino/log-file-records.sql').sql.replace(/^with\s+/, ''),
  ];
  return `with ${steps.join(',\n')}`;
}

const DELIVERED: Readonly<Record<RowPer, string>> = {
  file: 'sources/trino/delivered-by-file.sql',
  record: 'sources/athena/delivered-by-record.sql',
};

/** Throws ParameterError where it is not said where the trail delivers. */
export function statedLayout({ layout }: Places): LogFileLayout {
  if (layout !== null) return layout;
  throw new ParameterError(
    'unknown trail location: give --bucket, --accounts and --regions, or put them into the settings file',
  );
}

async function read(tables: ScratchTables, reading: string, settings: Settings): Promise<ReadSums> {
  await tables.makeRows('resource_rules', RULE_COLUMNS, ruleRows());
  await tables.make('log_file_records', reading);
  for (const name of ['settled-records', 'deliveries', 'principals', 'assumptions'])
    await tables.make(name.replaceAll('-', '_'), readRelation(`sources/trino/${name}.sql`).sql);
  await tables.make('records', 'select * from settled_records');
  for (const { name, columns, rows } of settingTables(settings)) {
    const values = rows.map((row) => columns.map((column) => row[column] ?? null));
    await tables.makeRows(name, columns, values);
  }
  const [sums] = await tables.rows(readRelation('sources/trino/log-file-counts.sql').sql);
  return {
    files: countIn(sums, 'files'),
    read: countIn(sums, 'read'),
    kept: countIn(sums, 'kept'),
    outside: countIn(sums, 'outside'),
    duplicate: countIn(sums, 'duplicate'),
    rejected: countIn(sums, 'rejected'),
    rejectedPath: (sums?.rejected_path ?? null) as string | null,
  };
}

/** A count of a row that every engine gives. Throws WarehouseError where it is not there. */
export function countIn(row: WarehouseRow | undefined, name: string): number {
  const count = row?.[name];
  if (typeof count === 'number' || typeof count === 'bigint') return Number(count);
  throw new WarehouseError('statement-failed', `the engine gave no "${name}" where that is counted`);
}

/**
 * Makes `records`, `inferences` and `calls` of a part of what was read: callers are told by all of that, look-back and late
 * delivery included.
 */
export async function narrowTo(tables: ScratchTables, range: Required<TimeRange>): Promise<void> {
  const [since, until] = [timeText(range.since), timeText(range.until)];
  await deriveInferences(tables, { since, until });
  await tables.make(
    'records',
    `select * from attributed_records where event_time >= timestamp '${since}' and event_time < timestamp '${until}'`,
  );
  // Engines plan and read a relation anew each time that a statement names it.
  await tables.make('calls', callsStatement().sql);
}

const RULE_COLUMNS = [
  'event_source',
  'parameter',
  'form',
  'service',
  'before',
  'own_kind',
  'owner_parameter',
  'event_names',
];

function ruleRows(): (string | null)[][] {
  return [...resourceRules].flatMap(([source, rules]) => rules.map((rule) => ruleRow(source, rule)));
}

function ruleRow(source: string, rule: ResourceRule): (string | null)[] {
  const names = rule.eventNames === null ? null : [...rule.eventNames].join(' ');
  return [
    source,
    rule.parameter,
    rule.form,
    rule.service,
    rule.before,
    rule.kindOfItsOwn,
    rule.ownerParameter,
    names,
  ];
}
