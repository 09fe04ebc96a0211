// Runs Athena's statements on a real Trino: Hive DDL and Athena's words for Iceberg are put into Trino's, all else goes as it is.
// Athena has one catalog where Trino has two: the history stands in iceberg, all else in hive.
import type { AthenaResult, Execute } from '../support/athena-server.ts';

const HISTORY = /\bpodtrail\.(calls|sessions|assumption_failures|trail_days|roll_ups)\b/g;

export function executeOn(url: string): Execute {
  return async ({ sql, parameters, database }) => {
    const schema = database === 'podtrail' ? 'iceberg.podtrail' : `hive.${database}`;
    let result: AthenaResult = { columns: [], rows: [], scannedBytes: 0 };
    for (const statement of translated(sql)) {
      const body =
        parameters.length === 0
          ? statement
          : `execute immediate '${statement.replaceAll("'", "''")}' using ${parameters.join(', ')}`;
      result = await statementOn(url, schema, body);
    }
    return result;
  };
}

function translated(sql: string): string[] {
  const text = sql
    .replace(HISTORY, 'iceberg.podtrail.$1')
    .replace(/\bpodtrail\.(log_files|delivered_records)\b/g, 'hive.podtrail.$1');
  const database = /^create database if not exists (\w+)$/.exec(text)?.[1];
  if (database !== undefined)
    return ['hive', 'iceberg'].map((catalog) => `create schema if not exists ${catalog}.${database}`);
  if (text.startsWith('drop database'))
    return [text.replace(/^drop database if exists (\w+)$/, 'drop schema if exists hive.$1')];
  if (text.startsWith('create external table')) return [logFileTable(text)];
  if (text.includes("'table_type' = 'ICEBERG'")) return [icebergTable(text)];
  const rewrite = /^optimize (\S+) rewrite data using bin_pack where (.+)$/.exec(text);
  if (rewrite !== null) return [`alter table ${rewrite[1]} execute optimize where ${rewrite[2]}`];
  const vacuum = /^vacuum (\S+)$/.exec(text);
  if (vacuum !== null)
    return [`alter table ${vacuum[1]} execute expire_snapshots(retention_threshold => '7d')`];
  return [text.replace("with (format = 'PARQUET', write_compression = 'ZSTD')", "with (format = 'PARQUET')")];
}

function logFileTable(text: string): string {
  const property = (name: string) => {
    const value = new RegExp(`'${name.replaceAll('.', '[.]')}' = '([^']*)'`).exec(text)?.[1];
    if (value === undefined) throw new RangeError(`the table has no property ${name}`);
    return value;
  };
  const list = (name: string) =>
    property(name)
      .split(',')
      .map((value) => `'${value}'`)
      .join(', ');
  const columns =
    /^create external table if not exists \S+ \(\n(.*?)\n\)\npartitioned by/s.exec(text)?.[1] ?? '';
  const isOpenX = text.includes("serde 'org.openx.data.jsonserde.JsonSerDe'");
  const read = isOpenX
    ? `format = 'OPENX_JSON', extra_properties = map(array['ignore.malformed.json'], array['${property('ignore.malformed.json')}'])`
    : // Nobody but Athena has CloudTrailInputFormat; what it makes of a file is written beforehand, one record a line.
      "format = 'JSON'";
  const name = /^create external table if not exists (\S+)/.exec(text)?.[1];
  const location = /\nlocation '([^']*)'/.exec(text)?.[1];
  return `create table if not exists ${name} (${typesOfTrino(columns)},
    account varchar with (partition_projection_type = 'enum', partition_projection_values = array[${list('projection.account.values')}]),
    region varchar with (partition_projection_type = 'enum', partition_projection_values = array[${list('projection.region.values')}]),
    day varchar with (partition_projection_type = 'date', partition_projection_format = '${property('projection.day.format')}',
      partition_projection_range = array[${list('projection.day.range')}], partition_projection_interval = 1, partition_projection_interval_unit = '${property('projection.day.interval.unit')}'))
    with (${read}, external_location = '${location}', partitioned_by = array['account', 'region', 'day'], partition_projection_enabled = true,
      partition_projection_location_template = '${property('storage.location.template')}')`;
}

/** `a struct<b:string>` as `a row(b varchar)`. */
function typesOfTrino(columns: string): string {
  return columns
    .replaceAll('struct<', 'row(')
    .replaceAll('array<', 'array(')
    .replaceAll('map<string,string>', 'map(varchar, varchar)')
    .replaceAll('>', ')')
    .replace(/(\w+):/g, '$1 ')
    .replace(/\bstring\b/g, 'varchar');
}

function icebergTable(text: string): string {
  const partition = /\npartitioned by \(((?:day|hour)\(\w+\))\)/.exec(text)?.[1];
  const columns = /^create table if not exists \S+ \(\n(.*?)\n\)\npartitioned by/s.exec(text)?.[1];
  const name = /^create table if not exists (\S+)/.exec(text)?.[1];
  const typed = (columns ?? '')
    .replaceAll('array<string>', 'array(varchar)')
    .replace(/ string\b/g, ' varchar')
    .replace(/ timestamp\b/g, ' timestamp(6)');
  return `create table if not exists ${name} (${typed}) with (format = 'PARQUET', partitioning = array['${partition}'])`;
}

interface Page {
  nextUri?: string;
  columns?: { name: string; type: string }[];
  data?: unknown[][];
  error?: { errorName: string; message: string };
  stats?: { physicalInputBytes?: number };
}

/** The columns that a statement would give, by Trino's analysis alone: nothing is run. */
export async function columnsOf(url: string, schema: string, sql: string): Promise<AthenaResult['columns']> {
  const prepared = { 'X-Trino-Prepared-Statement': `asked=${encodeURIComponent(sql)}` };
  const { columns, rows } = await statementOn(url, schema, 'describe output asked', prepared);
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  const [named, typed] = [at('Column Name'), at('Type')];
  return rows.map((row) => ({ name: row[named] ?? '', type: row[typed] ?? '' }));
}

async function statementOn(
  url: string,
  schema: string,
  body: string,
  more: Record<string, string> = {},
): Promise<AthenaResult> {
  const [catalog, name] = schema.split('.');
  const headers = {
    ...more,
    'X-Trino-User': 'athena',
    'X-Trino-Catalog': catalog ?? '',
    'X-Trino-Schema': name ?? '',
    'X-Trino-Time-Zone': 'UTC',
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
  };
  let page = (await (await fetch(`${url}/v1/statement`, { method: 'POST', body, headers })).json()) as Page;
  const result: AthenaResult = { columns: [], rows: [], scannedBytes: 0 };
  for (;;) {
    if (page.error !== undefined) throw new Error(`${page.error.errorName}: ${page.error.message}`);
    result.columns = (page.columns ?? []).map((column) => ({
      name: column.name,
      type: column.type.replace(/\(.*/, ''),
    }));
    result.scannedBytes = page.stats?.physicalInputBytes ?? 0;
    for (const row of page.data ?? [])
      result.rows.push(row.map((value) => (value === null ? null : String(value))));
    if (page.nextUri === undefined) return result;
    page = (await (await fetch(page.nextUri)).json()) as Page;
  }
}
