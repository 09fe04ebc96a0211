// Words the statements that differ by engine as Athena does: Hive DDL for log files, Athena's own for Iceberg tables.
import type { ColumnType, HistoryTable } from '../warehouse/history-tables.ts';
import { LOG_FIELDS, locationTemplate } from '../warehouse/log-file-table.ts';
import { type Ddl, WarehouseError } from '../warehouse/warehouse.ts';

const TYPES: Record<ColumnType, string> = {
  text: 'string',
  integer: 'bigint',
  time: 'timestamp',
  boolean: 'boolean',
  texts: 'array<string>',
};

/**
 * `location` is where the history's files go, ending in a slash: `s3://bucket/podtrail/`. Making its tables without one throws
 * WarehouseError.
 */
export function athenaDdl(location: string | null): Ddl {
  const placed = () => {
    if (location !== null && /^s3:\/\/[^'"`\s]+\/$/.test(location)) return location;
    throw new WarehouseError(
      'history-location',
      "where do the history's files go? give --location s3://bucket/podtrail/",
    );
  };
  return {
    createSchema: (name) => `create database if not exists ${name}`,
    dropSchema: (name) => `drop database if exists ${name}`,
    createTableAs: (name, sql) =>
      `create table ${name} with (format = 'PARQUET', write_compression = 'ZSTD') as ${sql}`,
    createLogFileTable: (layout) => `create external table if not exists ${layout.table} (
  records array<struct<${LOG_FIELDS.map((field) => `${field}:string`).join(', ')}>>
)
partitioned by (account string, region string, day string)
row format serde 'org.openx.data.jsonserde.JsonSerDe'
with serdeproperties ('ignore.malformed.json' = 'true')
location '${layout.root}AWSLogs/'
tblproperties (
  'projection.enabled' = 'true',
  'projection.account.type' = 'enum',
  'projection.account.values' = '${layout.accounts.join(',')}',
  'projection.region.type' = 'enum',
  'projection.region.values' = '${layout.regions.join(',')}',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '${layout.firstDay.replaceAll('-', '/')},NOW+1DAY',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = '${locationTemplate(layout)}'
)`,
    createHistoryTable: (schema, table) => `create table if not exists ${schema}.${table.name} (
${columnLines(table)}
)
partitioned by (day(${table.dayOf}))
location '${placed()}${table.name}/'
tblproperties ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'zstd')`,
    compact: (schema, table, since) =>
      `optimize ${schema}.${table.name} rewrite data using bin_pack where ${table.dayOf} >= timestamp '${since}'`,
    expire: (schema, table) => `vacuum ${schema}.${table.name}`,
  };
}

function columnLines({ columns }: HistoryTable): string {
  return Object.entries(columns)
    .map(([name, type]) => `  ${name} ${TYPES[type]}`)
    .join(',\n');
}
