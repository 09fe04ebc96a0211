// Puts the parts that the workers wrote into the tables of a store: each caller once, and each record with its caller's key.
import type { Part } from '../part-writer.ts';
import { withMemory } from './memory.ts';
import { PART_COLUMNS, type PartTable, readParts } from './schema.ts';
import type { Store } from './store.ts';

/** Rows get the number of the settlement that they wait for. */
export async function insertParts(store: Store, parts: readonly Part[], settlement: number): Promise<void> {
  const paths = (table: PartTable) => parts.flatMap((part) => part[table] ?? []);
  if (paths('principals').length > 0)
    await withMemory(store, store.memoryMiB, () => insertPrincipals(store, paths('principals')));
  for (const table of ['records', 'assumptions'] as const) {
    if (paths(table).length === 0) continue;
    // Joined as tables, DuckDB would take the part files for the smaller side and hold their rows in memory.
    const carried = PART_COLUMNS[table].map(({ name }) => name).slice(3);
    await store.run(`insert into ${table === 'records' ? 'stored_records' : table} by name
      select (p.file_no << 32) + p.record_index as record_key, ${settlement} as settlement,
        (select n.principal_key from part_principals as n where n.principal_no = p.principal_no) as principal_key, p.${carried.join(', p.')}
      from (${readParts(table, paths(table))}) as p`);
  }
  await store.run('drop table if exists part_principals');
  const rejected = paths('rejected_records');
  if (rejected.length > 0) {
    await store.run(
      `insert into rejected_records select ${settlement}, * from (${readParts('rejected_records', rejected)})`,
    );
  }
}

/** Adds the callers that the store does not have, and leaves in `part_principals` their keys by their number in the parts. */
async function insertPrincipals(store: Store, paths: readonly string[]): Promise<void> {
  const names = PART_COLUMNS.principals.map(({ name }) => name).slice(1);
  // Compared where the hashes agree: as keys of the join themselves these texts would cost four times as much.
  const same = (a: string, b: string) =>
    `case when ${names.map((name) => `${a}.${name} is not distinct from ${b}.${name}`).join(' and ')} then true else false end`;
  await store.run(`create or replace temp table incoming as
    select
      (select coalesce(max(principal_key), 0) from principals) + row_number() over () as principal_key,
      hash(${names.join(', ')}) as principal_hash, *
    from (${readParts('principals', paths)})`);
  // Each is held against one of its hash only, so that a caller written many times costs no more than many callers.
  await store.run(`create or replace temp table first_principals as
    select principal_hash, min(principal_key) as principal_key from incoming group by principal_hash`);
  await store.run(`create or replace temp table known_principals as
    select f.principal_key, min(o.principal_key) as known_key
    from first_principals as f
    join incoming as k on k.principal_key = f.principal_key
    join principals as o on o.principal_hash = k.principal_hash and ${same('o', 'k')}
    group by f.principal_key`);
  await store.run(`create or replace temp table part_principals as
    select
      n.principal_no,
      case when ${same('k', 'n')} then coalesce(o.known_key, k.principal_key) else n.principal_key end as principal_key
    from incoming as n
    join first_principals as f on f.principal_hash = n.principal_hash
    join incoming as k on k.principal_key = f.principal_key
    left join known_principals as o on o.principal_key = k.principal_key`);
  await store.run(`insert into principals by name
    select principal_key, principal_hash, ${names.join(', ')} from incoming
    where principal_key in (select principal_key from part_principals)`);
  await store.run('drop table incoming; drop table first_principals; drop table known_principals');
}
