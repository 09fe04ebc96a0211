// Narrows a store to the few calls that one question is about, of a session or a time range: the planner then knows how few they are.
// Without it DuckDB expects a fifth of the records wherever they are filtered, and joins all callers to the few calls that there are.
import { isRanged, timeText, type Values } from '../compose-over-tables.ts';
import { deriveInferences, OPEN_RANGE } from '../derive-callers.ts';
import type { Store } from './store.ts';

/** Of more calls, or of a larger part of the store's, the planner expects about what there is. */
const MOST_CALLS = 200_000;
const LEAST_STORES = 50;

/**
 * Puts the `records` of the session or range in the place of the store's, with what else a question reads of them; it is then asked as of
 * an open range. False, and nothing changed, where neither is given or too many calls are left.
 */
export async function narrowTo(store: Store, values: Values): Promise<boolean> {
  if (typeof values.session !== 'string' && !isRanged(values)) return false;
  let isNarrow = false;
  try {
    isNarrow = await isNarrowed(store, values);
    return isNarrow;
  } finally {
    if (!isNarrow) await widen(store);
  }
}

async function isNarrowed(store: Store, values: Values): Promise<boolean> {
  const { session } = values;
  const range = { since: endOf(values, 'since'), until: endOf(values, 'until') };
  let records = `select * from attributed_records
    where event_time >= timestamp '${range.since}' and event_time < timestamp '${range.until}'`;
  if (typeof session === 'string') {
    await findSession(store, session);
    records += ' and record_key in (select record_key from session_records)';
  }
  const [counted] = await store.all(
    `select count(*)::integer as calls, (select count(*) from stored_records)::integer as stored from (${records})`,
  );
  const calls = Number(counted?.calls);
  if (calls > MOST_CALLS || calls * LEAST_STORES > Number(counted?.stored)) return false;
  // All there are; a limit is what the planner believes.
  await store.run(`create or replace temp view records as ${records} limit ${calls}`);
  await findCallers(store, typeof session === 'string');
  // Nobody else is inferred: the others do not call.
  if (isRanged(values)) {
    const makeTable = (_: string, text: string, given: readonly (string | null)[]) =>
      store.run(`create or replace temp table inferences as ${text}`, [...given]);
    await deriveInferences({ makeTable }, range);
  }
  if (typeof session === 'string') {
    for (const name of ['assumptions', 'issuances'])
      await store.run(`create or replace temp table ${name} as
        select * from store.${name} where record_key in (select record_key from session_issuances)`);
  } else {
    // Questions over a range read all sessions that there are, and who issued them.
    await store.run('drop table temp.callers');
  }
  return true;
}

/** Finds what session-timeline finds by a session's key, its name, or its issuance's event id: issuances, callers and calls. */
async function findSession(store: Store, session: string): Promise<void> {
  await store.run(
    `create or replace temp table session_issuances as
      select record_key, principal_key from store.assumptions
      where issued_key_id = $1 or event_id = $1 or role_session_name = $1`,
    [session],
  );
  await store.run(
    `create or replace temp table session_callers as
      select principal_key from store.callers
      where access_key_id = $1 or session_name = $1 or session_key in (select record_key from session_issuances)`,
    [session],
  );
  await store.run(`create or replace temp table session_records as
    select record_key from attributed_records
      where twin_principal_key is null and principal_key in (select principal_key from session_callers)
    union all
    select record_key from attributed_records where twin_principal_key in (select principal_key from session_callers)`);
}

/** Puts those who call, and whom they are named by, in the place of all callers. */
async function findCallers(store: Store, isOfSession: boolean): Promise<void> {
  const ofSession =
    'union select principal_key from session_callers union select principal_key from session_issuances';
  await store.run(`
    create or replace temp table range_keys as
      select distinct unnest([principal_key, twin_principal_key, root_principal_key]) as principal_key from records
      ${isOfSession ? ofSession : ''};
    create or replace temp table callers as
      select * from store.callers where principal_key in (select principal_key from range_keys);
    create or replace temp table twin_callers as
      select * from store.twin_callers where principal_key in (select principal_key from range_keys)`);
}

const OWN_TABLES = ['callers', 'twin_callers', 'assumptions', 'issuances', 'inferences'];
const KEY_TABLES = ['range_keys', 'session_issuances', 'session_callers', 'session_records'];

/** Gives the store back its own relations. */
export async function widen(store: Store): Promise<void> {
  const dropped = [...OWN_TABLES, ...KEY_TABLES].map((name) => `drop table if exists temp.${name}`);
  await store.run(
    `create or replace temp view records as select * from attributed_records; ${dropped.join('; ')}`,
  );
}

function endOf(values: Values, name: 'since' | 'until'): string {
  const end = values[name];
  return end instanceof Date ? timeText(end) : String(OPEN_RANGE[name]);
}
