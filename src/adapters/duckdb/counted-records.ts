// Keeps the records of a large store that are alike as one row each, and puts these in the place of all for a question that counts calls.
// Millions of calls are some hundred thousand rows then, and such questions take a fifth of the time.
import { composeOverTables, READY, relationAsked } from '../compose-over-tables.ts';
import { readQueryText } from '../query-files.ts';
import type { Store } from './store.ts';

/** With fewer records a question takes less than a second anyway, and counting them would be a tenth of a load's time. */
const LEAST_COUNTED = 2_000_000;

/** The relation whose questions may be asked of records that are counted together. */
export const COUNTED = 'counted_calls';

/** Counts anew, once all records are attributed; `least` is the number of records from which on it is done. */
export async function countRecords(store: Store, least = LEAST_COUNTED): Promise<void> {
  const [stored] = await store.all('select count(*)::integer as records from stored_records');
  await store.run(
    Number(stored?.records) < least
      ? 'drop table if exists counted_records'
      : readQueryText('sources/duckdb/count-records.sql'),
  );
}

/** Makes `counted_calls` of what is counted; false, and nothing done, where the store has nothing counted. */
export async function askCounted(store: Store): Promise<boolean> {
  const counted = await store.all("select 1 from duckdb_tables() where table_name = 'counted_records'");
  if (counted.length === 0) return false;
  const { sql } = composeOverTables(relationAsked('models/counted-calls.sql'), READY);
  // What counted records do not have is null.
  await store.run(`
    create or replace temp view records as
      select * from counted_records union all by name (select * from attributed_records limit 0);
    create or replace temp view ${COUNTED} as
      select c.* replace (k.calls as calls, k.last_time as last_time)
      from (${sql}) as c
      join counted_records as k on k.record_key = c.record_key`);
  return true;
}

/** Gives the store back all of its records. */
export async function askEach(store: Store): Promise<void> {
  await store.run(
    `drop view ${COUNTED}; create or replace temp view records as select * from attributed_records`,
  );
}
