// Derives who is behind each caller: runs the models in their order of dependence, on any engine.
import { readRelation } from './query-files.ts';

/** The relations that questions find ready, once `deriveCallers` has run. */
export const DERIVED_TABLES = [
  'claims',
  'issuances',
  'name_readings',
  'attributions',
  'callers',
  'twin_callers',
] as const;

/** What `since` and `until` are bound to where they are not given: the first and the last moment that a record can have. */
export const OPEN_RANGE: Readonly<Record<string, string>> = {
  since: '0001-01-01 00:00:00',
  until: '9999-12-31 23:59:59.999999',
};

/** An engine that has `records`, `principals`, `assumptions`, `clusters` and `session_name_patterns` by these names. */
export interface DerivingEngine {
  /** Makes a table of what the statement selects, in the place of an older one. */
  makeTable(name: string, sql: string, values: readonly (string | null)[], isKept: boolean): Promise<void>;
  run(sql: string, values?: readonly (string | null)[]): Promise<void>;
  /** All rows of a small result. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Makes `attributed_records` of `records`, `callers` and `attribution_keys`. */
  attributeRecords(): Promise<void>;
}

/** Rebuilds the derived tables from all records and callers there are; chains are followed to any depth. */
export async function deriveCallers(engine: DerivingEngine): Promise<void> {
  const make = async (names: readonly string[], isKept: boolean) => {
    for (const name of names) await derive(engine, name, isKept);
  };
  const drop = async (...tables: string[]) => {
    for (const table of tables) await engine.run(`drop table ${table}`);
  };
  await make(['assumption-claims'], false);
  await make(['claims', 'issuances'], true);
  await drop('assumption_claims');
  await make(['session-links', 'session-roots'], false);
  await followChains(engine);
  await readNames(engine);
  // Apart from each other, so that not all of their joins need be in memory at once.
  await make(['verdicts', 'pod-hints', 'bucket-sessions'], false);
  await drop('session_links', 'session_roots');
  await make(['judgements'], false);
  await drop('verdicts', 'bucket_sessions');
  await make(['twins'], false);
  for (const name of ['judged-twins', 'judged-assumptions'])
    await engine.run(`insert into judgements ${readRelation(`models/${name}.sql`).sql}`);
  await drop('pod_hints', 'twins');
  await make(['attributions'], true);
  await make(['attribution-keys'], false);
  await drop('judgements');
  await make(['callers', 'twin-callers'], true);
  await engine.attributeRecords();
  await drop('attribution_keys');
}

/**
 * Makes ready what is inferred where the records lack an issuance: from the issuances of the range, in the form of OPEN_RANGE. A
 * question over another range infers anew.
 */
export async function deriveInferences(
  engine: Pick<DerivingEngine, 'makeTable'>,
  range: Readonly<Record<string, string>>,
): Promise<void> {
  await derive(engine, 'inferences', true, range);
}

/** One step further at a time until nothing is new, since engines limit the depth of a recursive statement. */
async function followChains(engine: DerivingEngine): Promise<void> {
  const step = readRelation('models/chain-step.sql').sql;
  await engine.makeTable('frontier', 'select * from session_roots', [], false);
  for (;;) {
    await engine.makeTable('next_frontier', step, [], false);
    if ((await engine.rows('select * from next_frontier limit 1')).length === 0) break;
    await engine.run('insert into session_roots select * from next_frontier');
    await engine.makeTable('frontier', 'select * from next_frontier', [], false);
  }
  await engine.run('drop table frontier');
  await engine.run('drop table next_frontier');
}

/** Reads the session names with one pattern after another, each a constant, which is hundreds of times as quick. */
async function readNames(engine: DerivingEngine): Promise<void> {
  await derive(engine, 'session-names', false);
  const { name, sql, binds } = readRelation('models/name-readings.sql');
  let isMade = false;
  for (const pattern of await engine.rows('select * from session_name_patterns')) {
    const values = binds.map((bind) => (pattern[bind] ?? null) as string | null);
    if (isMade) await engine.run(`insert into ${name} ${sql}`, values);
    else await engine.makeTable(name, sql, values, true);
    isMade = true;
  }
  const nothing = binds.map(() => null);
  if (!isMade) await engine.makeTable(name, `select * from (${sql}) as none where 1 = 0`, nothing, true);
  await engine.run('drop table session_names');
}

async function derive(
  engine: Pick<DerivingEngine, 'makeTable'>,
  name: string,
  isKept = true,
  range: Readonly<Record<string, string>> = {},
): Promise<void> {
  const file = readRelation(`models/${name}.sql`);
  const values = file.binds.map((bind) => range[bind] ?? null);
  await engine.makeTable(file.name, file.sql, values, isKept);
}
