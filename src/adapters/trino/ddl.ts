// Words the statements that differ by engine as Trino does: Hive tables for log files, Iceberg tables for the history.
import type { ColumnType, HistoryTable } from '../warehouse/history-tables.ts';
import { LOG_FIELDS, locationTemplate } from '../warehouse/log-file-table.ts';
import type { Ddl } from '../warehouse/warehouse.ts';

const TYPES: Record<ColumnType, string> = {
  text: 'varchar',
  integer: 'bigint',
  time: 'timestamp(6)',
  boolean: 'boolean',
  texts: 'array(varchar)',
};

const array = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`;

export const TRINO_DDL: Ddl = {
  createSchema: (name) => `create schema if not exists ${name}`,
  dropSchema: (name) => `drop schema if exists ${name}`,
  createTableAs: (name, sql) => `create table ${name} as ${sql}`,
  createLogFileTable: (layout) => `create table if not exists ${layout.table} (
  records array(row(${LOG_FIELDS.map((field) => `${field} varchar`).join(', ')})),
  account varchar with (partition_projection_type = 'enum', partition_projection_values = ${array(layout.accounts)}),
  region varchar with (partition_projection_type = 'enum', partition_projection_values = ${array(layout.regions)}),
  day varchar with (
    partition_projection_type = 'date',
    partition_projection_format = 'yyyy/MM/dd',
    partition_projection_range = array['${layout.firstDay.replaceAll('-', '/')}', 'NOW+1DAY'],
    partition_projection_interval = 1,
    partition_projection_interval_unit = 'DAYS'
  )
)
with (
  format = 'OPENX_JSON',
  external_location = '${layout.root}AWSLogs/',
  partitioned_by = array['account', 'region', 'day'],
  partition_projection_enabled = true,
  partition_projection_location_template = '${locationTemplate(layout)}',
  extra_properties = map(array['ignore.malformed.json'], array['true'])
)`,
  createHistoryTable: (schema, table) => `create table if not exists ${schema}.${table.name} (
${columnLines(table)}
)
with (format = 'PARQUET', partitioning = array['${table.per}(${table.time})'])`,
  compact: (schema, table, since) =>
    `alter table ${schema}.${table.name} execute optimize where ${table.time} >= timestamp '${since}'`,
  expire: (schema, table) =>
    `alter table ${schema}.${table.name} execute expire_snapshots(retention_threshold => '7d')`,
};

function columnLines({ columns }: HistoryTable): string {
  return Object.entries(columns)
    .map(([name, type]) => `  ${name} ${TYPES[type]}`)
    .join(',\n');
}
