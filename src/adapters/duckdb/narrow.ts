// Narrows a store to a time range that holds few of its calls, for one question: the planner then knows how few they are.
import { timeText, type Values } from '../compose-over-tables.ts';
import { deriveInferences, OPEN_RANGE } from '../derive-callers.ts';
import { readRelation } from '../query-files.ts';
import type { Store } from './store.ts';

/** Of a range with more calls, or with a larger part of the store's, copying takes longer than it saves. */
const MOST_CALLS = 200_000;
const LEAST_STORES = 50;

/**
 * Puts the range's own `records` and `inferences` in the place of the store's; the question is then asked as of an open range.
 * False, and nothing done, where the range holds too many calls for that. Without it DuckDB expects a fifth of the records in any range,
 * and joins all callers to the few calls that there are.
 */
export async function narrowTo(store: Store, values: Values): Promise<boolean> {
  const range = { since: endOf(values, 'since'), until: endOf(values, 'until') };
  const { sql, binds } = readRelation('models/records.sql');
  const bound = binds.map((bind) => range[bind as keyof typeof range]);
  const [counted] = await store.all(
    `select count(*)::integer as calls, (select count(*) from stored_records)::integer as stored from (${sql})`,
    bound,
  );
  const calls = Number(counted?.calls);
  if (calls > MOST_CALLS || calls * LEAST_STORES > Number(counted?.stored)) return false;
  await store.run(`create or replace temp table range_records as ${sql}`, bound);
  await store.run(`
    create or replace temp view records as select * from range_records;
    create or replace temp table range_keys as
      select principal_key from range_records
      union select twin_principal_key from range_records
      union select root_principal_key from range_records;
    create or replace temp table range_callers as
      select * from callers where principal_key in (select principal_key from range_keys);
    create or replace temp view callers as select * from range_callers`);
  try {
    // Nobody else is inferred: the others do not call.
    const makeTable = (_: string, text: string, given: readonly (string | null)[]) =>
      store.run(`create or replace temp table range_inferences as ${text}`, [...given]);
    await deriveInferences({ makeTable }, range);
  } finally {
    await store.run('drop view temp.callers');
  }
  await store.run('create or replace temp view inferences as select * from range_inferences');
  return true;
}

/** Gives the store back its own relations. */
export async function widen(store: Store): Promise<void> {
  await store.run(`
    drop view if exists temp.inferences;
    create or replace temp view records as select * from attributed_records;
    drop table if exists range_records; drop table if exists range_keys;
    drop table if exists range_callers; drop table if exists range_inferences`);
}

function endOf(values: Values, name: 'since' | 'until'): string {
  const end = values[name];
  return end instanceof Date ? timeText(end) : String(OPEN_RANGE[name]);
}
