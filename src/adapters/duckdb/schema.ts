// Owns the tables of a store and the columns of the parts that the workers write for it.
// Raw tables hold what was read; derived tables are written by queries/models and rebuilt after each load.
import { SETTING_TABLES } from '../setting-tables.ts';

/** Raised when a table changes in a way that an older podtrail's store does not have. */
export const STORE_VERSION = 7;

export interface PartColumn {
  name: string;
  type: 'text' | 'integer' | 'time';
}

const text = (...names: string[]): PartColumn[] => names.map((name) => ({ name, type: 'text' }));
const integer = (...names: string[]): PartColumn[] => names.map((name) => ({ name, type: 'integer' }));
const time = (...names: string[]): PartColumn[] => names.map((name) => ({ name, type: 'time' }));

/** `file_no` and `record_index` place a record in its log file; `principal_no` is its caller's number within the load. */
export const PART_COLUMNS = {
  records: [
    ...integer('file_no', 'record_index', 'principal_no'),
    ...time('event_time'),
    ...text('event_id', 'content_hash', 'recipient_account_id', 'aws_region', 'event_source', 'event_name'),
    ...text('error_code', 'error_message', 'source_ip_address', 'shared_event_id'),
    ...text('addendum_reason', 'event_category', 'assumed_role_arn', 'resources'),
  ],
  principals: [
    ...integer('principal_no'),
    ...text('identity_type', 'principal_id', 'arn', 'account_id', 'access_key_id', 'user_name', 'invoked_by'),
    ...text('identity_provider', 'session_issuer_arn'),
    ...time('created_at'),
    ...text('federated_provider', 'ec2_role_delivery', 'session_name'),
  ],
  assumptions: [
    ...integer('file_no', 'record_index', 'principal_no'),
    ...time('event_time'),
    ...text('event_id', 'recipient_account_id', 'aws_region', 'event_name', 'error_code', 'error_message'),
    ...text(
      'source_ip_address',
      'user_agent',
      'shared_event_id',
      'role_arn',
      'role_session_name',
      'issued_key_id',
    ),
    ...time('expires_at'),
    ...text('assumed_role_id', 'token_subject', 'provider', 'audience', 'request_id'),
    ...text('tag_cluster_arn', 'tag_cluster_name', 'tag_namespace', 'tag_service_account'),
    ...text('tag_pod_name', 'tag_pod_uid'),
  ],
  rejected_records: [...integer('file_no', 'record_index'), ...text('reason')],
} as const satisfies Record<string, PartColumn[]>;

export type PartTable = keyof typeof PART_COLUMNS;
export const PART_TABLES = Object.keys(PART_COLUMNS) as PartTable[];

const SQL_TYPES = { text: 'varchar', integer: 'bigint', time: 'timestamp' } as const;

function columns(table: PartTable, without: readonly string[] = []): string {
  return PART_COLUMNS[table]
    .filter(({ name }) => !without.includes(name))
    .map(({ name, type }) => `${name} ${SQL_TYPES[type]}`)
    .join(', ');
}

/** What naming the callers writes to each record: see queries/sources/duckdb/attribute-records.sql. */
const ATTRIBUTED = 'attribution_key integer, twin_principal_key integer, root_principal_key integer';

const createSettingTables = Object.entries(SETTING_TABLES)
  .map(([name, texts]) => `create table ${name} (${texts.map((column) => `${column} varchar`).join(', ')});`)
  .join('\n');

/**
 * `record_key` is `file_no` and `record_index` in one number, unique in the store; `named` holds the last settlement whose
 * callers the derived tables name, and `superseded` what goes with the next.
 */
export const SCHEMA = `
create table store_version (version integer);
insert into store_version values (${STORE_VERSION});
create table log_files (
  file_no bigint, load_no integer, path varchar, version varchar, status varchar, reason varchar,
  delivered_at timestamp, records_read bigint, records_skipped bigint, records_rejected bigint
);
create table rejected_records (settlement integer, ${columns('rejected_records')});
create table settlements (settlement integer, load_no integer, duplicates bigint);
create table superseded (record_key bigint);
create table named (settlement integer);
insert into named values (0);
create table principals (principal_key integer, principal_hash ubigint, ${columns('principals', ['principal_no'])});
create table stored_records (record_key bigint, settlement integer, principal_key integer, ${columns('records', ['file_no', 'record_index', 'principal_no'])}, ${ATTRIBUTED});
create view attributed_records as
  select *, record_key >> 32 as delivery_key from stored_records where settlement <= (select max(settlement) from named);
create view deliveries as select file_no as delivery_key, delivered_at from log_files;
create table assumptions (record_key bigint, settlement integer, principal_key integer, ${columns('assumptions', ['file_no', 'record_index', 'principal_no'])});
${createSettingTables}
`;

/** Tables whose rows belong to a settlement: they stay once `settlements` has its number, and are asked once `named` has it. */
export const SETTLED_TABLES = ['stored_records', 'assumptions', 'rejected_records'] as const;

/** Reads part files as the table's columns. Fields end at U+001F; resources are one text, joined with U+001E. */
export function readParts(table: PartTable, paths: readonly string[]): string {
  const described = PART_COLUMNS[table];
  const raw = described.map(({ name, type }) => `'${name}': '${type === 'text' ? 'VARCHAR' : 'BIGINT'}'`);
  const typed = described.map(({ name, type }) => {
    return type === 'time' ? `make_timestamp(${name} * 1000) as ${name}` : name;
  });
  return `select ${typed.join(', ')} from read_csv([${paths.map(quote).join(', ')}], columns = {${raw.join(', ')}}, auto_detect = false, header = false,
    delim = e'\\x1f', quote = '"', escape = '"', new_line = '\\n', nullstr = '', max_line_size = 2097152, strict_mode = true)`;
}

/** A text as an SQL literal. */
export function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
