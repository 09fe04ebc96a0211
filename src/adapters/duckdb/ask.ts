// Asks a question of a store: strings it together with the store's relations, binds its values, and yields typed rows.
import { DuckDBListValue, DuckDBTimestampValue, type DuckDBValue } from '@duckdb/node-api';
import { type ComposedQuery, compose, type Relation } from '../../catalogue/compose.ts';
import type { ParamValue } from '../../catalogue/param-values.ts';
import type { QueryColumn, Question } from '../../catalogue/query-file.ts';
import type { ReportRow } from '../../report/columns.ts';
import { readRelation } from '../query-files.ts';
import { DERIVED_TABLES } from './settle.ts';
import type { Row, Store } from './store.ts';

const FILES = [
  'sources/duckdb/records.sql',
  'models/inferences.sql',
  'models/calls.sql',
  'models/sessions.sql',
  'models/assumption-failures.sql',
] as const;
const STORED_TABLES = [
  'stored_records',
  'settlements',
  'principals',
  ...DERIVED_TABLES,
  'session_name_patterns',
  'clusters',
] as const;

/** The whole text of a question for DuckDB, with what each `?` stands for. */
export function composeForDuckDb(question: Question): ComposedQuery {
  const relations: Relation[] = FILES.map((path) => readRelation(path)).map((file) => ({
    name: file.name,
    file,
  }));
  return compose(question, relations, STORED_TABLES);
}

/** The rows of an answer, one by one as DuckDB yields them; the store must not be used otherwise until they end. */
export async function* askStore(
  store: Store,
  question: Question,
  values: Readonly<Record<string, ParamValue>>,
): AsyncGenerator<ReportRow> {
  const { sql, binds } = composeForDuckDb(question);
  const result = await store.stream(
    sql,
    binds.map((name) => bound(name, values[name] ?? null)),
  );
  for await (const rows of result.yieldRowObjects()) {
    for (const row of rows) yield reportRow(question.columns, row as Row);
  }
}

/** An open end of the time range reaches as far as time does. */
const OPEN_ENDS: Readonly<Record<string, string>> = {
  since: '0001-01-01 00:00:00',
  until: '9999-12-31 00:00:00',
};

function bound(name: string, value: ParamValue): DuckDBValue {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '');
  return value ?? OPEN_ENDS[name] ?? null;
}

function reportRow(columns: readonly QueryColumn[], row: Row): ReportRow {
  const typed: ReportRow = {};
  for (const { name, type } of columns) {
    const value = row[name];
    if (value instanceof DuckDBTimestampValue) typed[name] = new Date(Number(value.micros / 1000n));
    else if (value instanceof DuckDBListValue) typed[name] = [...value.items];
    else if (type === 'json' && typeof value === 'string') typed[name] = JSON.parse(value);
    else typed[name] = value ?? null;
  }
  return typed;
}
