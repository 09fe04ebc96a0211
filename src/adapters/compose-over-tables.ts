// Composes a question with the relations that read a store's tables; the text is the same on every engine.
import { type Askable, type ComposedQuery, compose, type Relation } from '../catalogue/compose.ts';
import type { ParamValue } from '../catalogue/param-values.ts';
import { rangeBinds } from '../catalogue/query-file.ts';
import { DERIVED_TABLES, OPEN_RANGE } from './derive-callers.ts';
import { readRelation } from './query-files.ts';

const MODELS = [
  'models/records.sql',
  'models/inferences.sql',
  'models/call-attributions.sql',
  'models/counted-calls.sql',
  'models/calls.sql',
  'models/call-callers.sql',
  'models/sessions.sql',
  'models/assumption-failures.sql',
  'models/trail-days.sql',
] as const;
/** Where calls stand ready, they have what is read of them. */
export const OF_CALLS = 'sources/trino/call-attributions.sql';
const STORED_TABLES = [
  'attributed_records',
  'deliveries',
  'principals',
  'assumptions',
  ...DERIVED_TABLES,
  'clusters',
  'snapshot_roles',
] as const;

/** What a time range changes, and stands ready for one range: which records are asked, and from whose issuances is inferred. */
export const READY = ['records', 'inferences'] as const;

/**
 * The whole text of a question over a store's tables, with what each `?` stands for. Relations of `ready` are tables too, of the range
 * already where the first two are among them: a filter that keeps nothing back misleads planners.
 */
export function composeOverTables(question: Askable, ready: readonly string[] = []): ComposedQuery {
  return overTables(question, MODELS, ready);
}

function overTables(question: Askable, files: readonly string[], ready: readonly string[]): ComposedQuery {
  const relations: Relation[] = files.map(readRelation).map((file) => ({ name: file.name, file }));
  const params = question.params.filter(({ name }) => ready.length === 0 || OPEN_RANGE[name] === undefined);
  return compose({ ...question, params }, relations, [...STORED_TABLES, ...ready]);
}

export interface Statement {
  sql: string;
  bound: BoundValue[];
}

export type BoundValue = string | number | boolean | null;

/** A value for each parameter of a question by name, and for `since` and `until`; what is absent counts as null. */
export type Values = Readonly<Record<string, ParamValue>>;

/** Whether the values have a beginning or an end of a time range. */
export function isRanged({ since, until }: Values): boolean {
  return [since, until].some((end) => (end ?? null) !== null);
}

/**
 * The statement that answers a question for these values, with what is bound to its `?`; times are text, in UTC. `ready` is as for
 * composeOverTables; unless it is given, an open range finds its records and inferences there.
 */
export function statementOf(
  question: Askable,
  values: Values,
  ready: readonly string[] = isRanged(values) ? [] : READY,
): Statement {
  return bind(composeOverTables(question, ready), values);
}

/** All that is known of each call, over a store's tables: a table of it makes calls ready. */
export function callsStatement(values: Values = {}): Statement {
  return statementOf(relationAsked('models/calls.sql'), values);
}

/** A relation, asked as a question is: for its own statement's rows over a time range. */
export function relationAsked(path: string): Askable {
  return { ...readRelation(path), params: rangeBinds.map((name) => ({ name })) };
}

/** The same where the tables `records`, `inferences` and `calls` are of the range already. */
export function statementWithin(question: Askable, values: Values): Statement {
  const files = MODELS.map((path) => (path === 'models/call-attributions.sql' ? OF_CALLS : path));
  return bind(overTables(question, files, [...READY, 'calls']), values);
}

function bind({ sql, binds }: ComposedQuery, values: Values): Statement {
  return { sql, bound: binds.map((name) => boundValue(name, values[name] ?? null)) };
}

/** What a parameter's `?` is bound to: times as text, the ends of a range that were not given as the ends of time. */
export function boundValue(name: string, value: ParamValue): BoundValue {
  if (value instanceof Date) return timeText(value);
  return value ?? OPEN_RANGE[name] ?? null;
}

/** `2026-10-05 03:00:00.000`, in UTC. */
export function timeText(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '');
}
