// Brings a store to rest after new records came in: drops duplicates, and derives who is behind each caller.
// Each is one transaction, so a store is either as it was before or has all of it.
import { type DerivingEngine, deriveCallers, deriveInferences, OPEN_RANGE } from '../derive-callers.ts';
import { readQueryText } from '../query-files.ts';
import { settingTables } from '../setting-tables.ts';
import type { Settings } from '../settings-file.ts';
import { countRecords } from './counted-records.ts';
import { insertJson } from './insert-json.ts';
import { withMemory } from './memory.ts';
import { PART_COLUMNS } from './schema.ts';
import type { Store } from './store.ts';

/** Names the callers of the whole store, unless they are named already and with these settings. */
export async function nameCallers(store: Store, settings: Settings): Promise<void> {
  await withMemory(store, await namingMiB(store), () => nameWithin(store, settings));
}

/**
 * What naming takes for each caller and assumption, about, beside what DuckDB may hold anyway: 3.2 million of them fit 450 MiB, and take
 * a tenth less time in 560.
 */
const NAMING_BYTES = 120;
/** With this much DuckDB is told after each table to give back what it freed, which takes a sixth of the time of naming. */
const GIVING_BACK_MIB = 256;

/** Tried at once, since what runs out of memory has taken its time for nothing. */
async function namingMiB(store: Store): Promise<number> {
  const [sizes] = await store.all(
    'select (select count(*) from principals) + (select count(*) from assumptions) as rows',
  );
  return store.memoryMiB + Math.ceil((Number(sizes?.rows) * NAMING_BYTES) / 2 ** 20);
}

async function nameWithin(store: Store, settings: Settings): Promise<void> {
  await store.inTransaction(async () => {
    const isChanged = await applySettings(store, settings);
    const [state] = await store.all(`select
      (select max(settlement) from named) = (select coalesce(max(settlement), 0) from settlements) as is_named,
      exists (select 1 from duckdb_tables() where table_name = 'callers') as is_derived`);
    if (state?.is_named && state.is_derived && !isChanged) return;
    await drop(store, 'superseded');
    await store.run('delete from superseded');
    await store.run('create or replace temp view records as select * from stored_records');
    await deriveCallers(deriving(store));
    await deriveInferences(deriving(store), OPEN_RANGE);
    await countRecords(store);
    await store.run('drop view records');
    await store.run('update named set settlement = (select coalesce(max(settlement), 0) from settlements)');
  });
}

/** A number for what a row says, wherever it was read. */
function contentHash(table: 'records' | 'assumptions', alias: string): string {
  const said = PART_COLUMNS[table].map(({ name }) => name).slice(3);
  return `hash(${said.map((name) => `${alias}.${name}`).join(', ')})`;
}

/** Drops duplicates among the records of a settlement and against older ones; returns how many went. */
export async function dropDuplicates(store: Store, settlement: number): Promise<number> {
  const identity = 'hash(coalesce(event_id, content_hash), recipient_account_id, aws_region)';
  await store.run(`
    create or replace temp table suspects as
    with incoming as (
      select ${identity} as identity, count(*) as copies from stored_records where settlement = ${settlement} group by all
    )
    select identity from incoming where copies > 1
    union
    select ${identity} from stored_records where settlement < ${settlement} and ${identity} in (select identity from incoming)
  `);
  // Kept apart, since few rows have rivals: ranking them straight from the store would read all of it, and its texts.
  await store.run(`
    create or replace temp table rivals as
    select * from stored_records
    where ${identity} in (select identity from suspects) and record_key not in (select record_key from superseded)
  `);
  // Of an addendum's restatements the one delivered last wins, of plain copies the first, which tells how late it came; the
  // content decides what nothing else does, so that neither the order of files nor that of records does.
  await store.run(`
    create or replace temp table losers as
    select ranked.record_key, ranked.settlement from (
      select
        r.record_key,
        r.settlement,
        row_number() over (
          partition by coalesce(r.event_id, r.content_hash), r.recipient_account_id, r.aws_region
          order by r.addendum_reason is not null desc,
            case when r.addendum_reason is not null then f.delivered_at end desc nulls last, f.delivered_at nulls last,
            ${contentHash('records', 'r')} desc, p.principal_hash desc,
            ${contentHash('assumptions', 'a')} desc, r.record_key
        ) as place
      from rivals as r
      join log_files as f on f.file_no = r.record_key >> 32
      join principals as p using (principal_key)
      left join (select * from assumptions where record_key in (select record_key from rivals)) as a on a.record_key = r.record_key
    ) as ranked
    where ranked.place > 1
  `);
  const [counted] = await store.all('select count(*) as losers from losers');
  const losers = Number(counted?.losers ?? 0);
  // Older ones stay in the answers until the ones that win are there too.
  await store.run(`insert into superseded select record_key from losers
    where settlement <= (select max(settlement) from named)`);
  await store.run('delete from losers where settlement <= (select max(settlement) from named)');
  if (losers > 0) await drop(store, 'losers');
  await store.run('drop table suspects; drop table rivals; drop table losers');
  return losers;
}

/** Deletes the records that a table lists by their keys. */
async function drop(store: Store, table: 'losers' | 'superseded'): Promise<void> {
  for (const from of ['stored_records', 'assumptions'])
    await store.run(`delete from ${from} where record_key in (select record_key from ${table})`);
}

/** DuckDB as the engine that derives: what is not kept are temporary tables. */
function deriving(store: Store): DerivingEngine {
  return {
    makeTable: async (name, sql, values, isKept) => {
      await store.run(`create or replace ${isKept ? '' : 'temp '}table ${name} as ${sql}`, [...values]);
      if (store.memoryMiB >= GIVING_BACK_MIB) await store.giveBack();
    },
    run: (sql, values = []) => store.run(sql, [...values]),
    rows: (sql) => store.all(sql),
    attributeRecords: () => store.run(readQueryText('sources/duckdb/attribute-records.sql')),
  };
}

/** Puts the settings into the store; true where they differ from those that the store was derived with. */
async function applySettings(store: Store, settings: Settings): Promise<boolean> {
  let isChanged = false;
  for (const { name: table, columns: names, rows } of settingTables(settings)) {
    const columns = names.join(', ');
    const types = Object.fromEntries(names.map((name) => [name, 'varchar']));
    await store.run(`create or replace temp table given as select ${columns} from ${table} limit 0`);
    if (rows.length > 0) await insertJson(store, 'given', rows, types, columns);
    const [difference] = await store.all(`select count(*) as rows from (
      (select ${columns} from ${table} except all select ${columns} from given)
      union all (select ${columns} from given except all select ${columns} from ${table}))`);
    if (difference?.rows === 0n) continue;
    isChanged = true;
    await store.run(`delete from ${table}; insert into ${table} by name select * from given`);
  }
  return isChanged;
}
