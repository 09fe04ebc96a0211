// Makes a store of one day one of many: the same day again and again, each with keys, events and sessions of its own.

import { nameCallers } from '../src/adapters/duckdb/settle.ts';
import type { Store } from '../src/adapters/duckdb/store.ts';
import { NO_SETTINGS } from '../src/adapters/settings-file.ts';

/** Writes the days straight into the tables that a load fills, and names all callers as a load does; returns the calls. */
export async function repeatDay(store: Store, days: number): Promise<number> {
  const [sizes] = await store.all(`select
    (select max(principal_key) + 1 from principals)::integer as principals,
    (select max(file_no) + 1 from log_files)::integer as files`);
  for (const table of ['log_files', 'principals', 'stored_records', 'assumptions'])
    await store.run(`create temp table first_${table} as select * from ${table}`);
  for (let day = 1; day < days; day += 1) {
    const suffix = `'${String(day).padStart(3, '0')}'`;
    const later = (...names: string[]) => names.map((name) => `${name} + interval ${day} day as ${name}`);
    const own = (...names: string[]) => names.map((name) => `${name} || ${suffix} as ${name}`);
    const file = `file_no + ${day * Number(sizes?.files)} as file_no`;
    const record = `record_key + (${day * Number(sizes?.files)}::bigint << 32) as record_key`;
    const principal = `principal_key + ${day * Number(sizes?.principals)} as principal_key`;
    const changed = {
      log_files: [file, ...own('path'), ...later('delivered_at')],
      principals: [
        principal,
        `principal_hash + ${day} as principal_hash`,
        ...own('access_key_id'),
        ...later('created_at'),
      ],
      stored_records: [
        record,
        principal,
        ...own('event_id', 'content_hash', 'shared_event_id'),
        ...later('event_time'),
      ],
      assumptions: [
        record,
        principal,
        ...own('event_id', 'shared_event_id', 'issued_key_id'),
        ...later('event_time', 'expires_at'),
      ],
    };
    for (const [table, columns] of Object.entries(changed))
      await store.run(`insert into ${table} select * replace (${columns.join(', ')}) from first_${table}`);
  }
  // Named anew, as after a load that was broken off before.
  await store.run('update named set settlement = -1');
  await nameCallers(store, NO_SETTINGS);
  const [counted] = await store.all('select count(*)::integer as calls from stored_records');
  return Number(counted?.calls);
}
