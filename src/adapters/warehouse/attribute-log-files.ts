// Attributes a time range straight from the delivered log files: read once into tables of its own, which are dropped afterwards.
import { randomUUID } from 'node:crypto';
import { ParameterError } from '../../catalogue/errors.ts';
import type { TimeRange } from '../../trail/keys.ts';
import { type ResourceRule, resourceRules } from '../../trail/resource-rules.ts';
import { type BoundValue, callsStatement, timeText } from '../compose-over-tables.ts';
import { deriveCallers, deriveInferences } from '../derive-callers.ts';
import { readRelation } from '../query-files.ts';
import { settingTables } from '../setting-tables.ts';
import type { Settings } from '../settings-file.ts';
import { type LogFileLayout, logFilesIn, neededTimes, partitionsOf, type RowPer } from './log-file-table.ts';
import { allRows, literal, type Warehouse } from './warehouse.ts';

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
  /** The engine, with the tables of the range by their plain names; `records`, `inferences` and `calls` are of this range alone. */
  warehouse: Warehouse;
  /** The schema in which they stand. */
  schema: string;
  sums: ReadSums;
  /** Makes these three of a part of what was read. */
  narrow(range: Required<TimeRange>): Promise<void>;
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
  const schema = `${places.scratch}${randomUUID().replaceAll('-', '')}`;
  await engine.run(engine.ddl.createSchema(schema));
  const tables = new ScratchTables(engine.within(schema));
  try {
    const sums = await read(tables, reading, asked.settings);
    await deriveCallers(tables);
    const narrow = (range: Required<TimeRange>) => narrowTo(tables, range);
    await narrow(asked.range);
    return await work({ warehouse: tables.warehouse, schema, sums, narrow });
  } finally {
    await tables.dropAll();
    await engine.withoutLimits().run(engine.ddl.dropSchema(schema));
  }
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
    'where does the trail deliver? give --bucket, --accounts and --regions, or put them into the settings file',
  );
}

async function read(tables: ScratchTables, reading: string, settings: Settings): Promise<ReadSums> {
  await tables.make('resource_rules', rowsStatement(RULE_COLUMNS, ruleRows()));
  await tables.make('log_file_records', reading);
  for (const name of ['settled-records', 'deliveries', 'principals', 'assumptions'])
    await tables.make(name.replaceAll('-', '_'), readRelation(`sources/trino/${name}.sql`).sql);
  await tables.make('records', 'select * from settled_records');
  for (const { name, columns, rows } of settingTables(settings)) {
    const values = rows.map((row) => columns.map((column) => row[column] ?? null));
    await tables.make(name, rowsStatement(columns, values));
  }
  const [sums] = await tables.rows(readRelation('sources/trino/log-file-counts.sql').sql);
  return {
    files: Number(sums?.files),
    read: Number(sums?.read),
    kept: Number(sums?.kept),
    outside: Number(sums?.outside),
    duplicate: Number(sums?.duplicate),
    rejected: Number(sums?.rejected),
    rejectedPath: (sums?.rejected_path ?? null) as string | null,
  };
}

/** Callers are told by all records that were read, look-back and late delivery included; what is asked is the range. */
async function narrowTo(tables: ScratchTables, range: Required<TimeRange>): Promise<void> {
  const [since, until] = [timeText(range.since), timeText(range.until)];
  await deriveInferences(tables, { since, until });
  await tables.make(
    'records',
    `select * from attributed_records where event_time >= timestamp '${since}' and event_time < timestamp '${until}'`,
  );
  // Engines plan and read a relation anew each time that a statement names it.
  await tables.make('calls', callsStatement().sql);
}

/** The tables of one schema, each remembered, so that all can be dropped: engines drop no schema that holds some. */
class ScratchTables {
  readonly warehouse: Warehouse;
  readonly #made = new Set<string>();

  constructor(warehouse: Warehouse) {
    this.warehouse = warehouse;
  }

  async make(name: string, sql: string, values: readonly BoundValue[] = []): Promise<void> {
    if (this.#made.has(name)) await this.warehouse.run(`drop table if exists ${name}`);
    this.#made.add(name);
    await this.warehouse.run(this.warehouse.ddl.createTableAs(name, sql), values);
  }

  makeTable(name: string, sql: string, values: readonly (string | null)[]): Promise<void> {
    return this.make(name, sql, values);
  }

  async run(sql: string, values: readonly (string | null)[] = []): Promise<void> {
    await this.warehouse.run(sql, values);
  }

  rows(sql: string): Promise<Record<string, unknown>[]> {
    return allRows(this.warehouse, sql);
  }

  attributeRecords(): Promise<void> {
    return this.make('attributed_records', readRelation('sources/trino/attributed-records.sql').sql);
  }

  async dropAll(): Promise<void> {
    for (const name of this.#made) await this.warehouse.withoutLimits().run(`drop table if exists ${name}`);
  }
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

/** A select of these rows of texts, in their order by `place`. */
function rowsStatement(columns: readonly string[], rows: readonly (string | null)[][]): string {
  const names = ['place', ...columns].join(', ');
  const values = rows.length === 0 ? [columns.map(() => null)] : rows;
  const listed = values.map((row, place) => `(${place}, ${row.map(asText).join(', ')})`);
  return `select ${names} from (values ${listed.join(', ')}) as r(${names})${rows.length === 0 ? ' where 1 = 0' : ''}`;
}

/** Typed, since a column of nulls alone has no type that a table can have. */
function asText(value: string | null): string {
  return value === null ? literal(null) : `cast(${literal(value)} as varchar)`;
}
