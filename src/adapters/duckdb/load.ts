// Loads log files into a store: finds what is new, reads it in workers, and settles the store in whole transactions.
import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { compact } from '../../compact.ts';
import { LOOK_BACK_MS, parseLogFileKey } from '../../trail/keys.ts';
import { type FindOptions, findLogFiles } from '../find-log-files.ts';
import type { FileRead, FileToRead } from '../load-worker.ts';
import type { Part } from '../part-writer.ts';
import { NO_SETTINGS, type Settings } from '../settings-file.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { type PartDone, readInWorkers } from '../worker-pool.ts';
import { checkPatterns } from './check-patterns.ts';
import { insertJson } from './insert-json.ts';
import { withMemory } from './memory.ts';
import { PART_COLUMNS, type PartTable, readParts, SETTLED_TABLES } from './schema.ts';
import { dropDuplicates, nameCallers } from './settle.ts';
import { type Store, spillFolder } from './store.ts';

export interface LoadProgress {
  phase: 'finding' | 'reading' | 'attributing';
  files: number;
  /** Null while files are still looked for. */
  filesInAll: number | null;
  records: number;
}

export interface LoadOptions extends FindOptions {
  /** Podtrail's own patterns and no clusters where it is absent. */
  settings?: Settings;
  workers?: number;
  /** What the run itself writes, which is no log file where it lies among them. */
  ownFiles?: readonly string[];
  onProgress?: (progress: LoadProgress) => void;
}

/** Records and files after which a load settles: bounds the work that a kill can cost. */
const SETTLED_ITEMS = 1_000_000;
/** Records and files that go into the store in one statement: many row groups, which both processors compress. */
const INSERTED_ITEMS = 200_000;
/** Or so many characters, where records or callers are long. */
const INSERTED_SIZE = 256 << 20;
/** Files whose outcome goes into the store in one statement. */
const RESULTS = 20_000;
const MAX_WORKERS = 4;
const PAGE = 2_000;

/** Loads the paths; returns the number of this load, by which reconciliation.ts tells what became of every file. */
export async function loadTrail(
  store: Store,
  paths: readonly string[],
  options: LoadOptions = {},
): Promise<number> {
  const [last] = await store.all(
    'select coalesce(max(load_no), 0) as load_no, coalesce(max(file_no), 0) as file_no from log_files',
  );
  const loadNo = Number(last?.load_no ?? 0) + 1;
  const report = options.onProgress ?? (() => {});
  const settings = options.settings ?? NO_SETTINGS;
  await checkPatterns(store, settings.sessionNamePatterns);
  await discardUnsettled(store);
  await removeOldParts(partsPrefix(store));
  await removeSpilled(spillFolder(store.path));
  const filesInAll = await queueFiles(store, paths, {
    ...options,
    ...withLookBack(options),
    loadNo,
    firstFileNo: Number(last?.file_no ?? 0) + 1,
    report,
  });
  // Merging row groups that are not full takes a twentieth of a first load and saves next to nothing; later ones do it.
  await store.run(loadNo > 1 && filesInAll > 0 ? 'reset max_vacuum_tasks' : 'set max_vacuum_tasks = 0');
  if (filesInAll > 0) await readQueued(store, loadNo, { ...options, filesInAll, report });
  await nameCallers(store, settings);
  return loadNo;
}

function withLookBack({ since }: FindOptions): FindOptions {
  return since === undefined ? {} : { since: new Date(since.getTime() - LOOK_BACK_MS) };
}

interface QueueOptions extends FindOptions {
  ownFiles?: readonly string[];
  loadNo: number;
  firstFileNo: number;
  report: (progress: LoadProgress) => void;
}

/** Lists what is to be read in `queue`, and what is not in `log_files` with its reason; returns how many are to be read. */
async function queueFiles(store: Store, paths: readonly string[], options: QueueOptions): Promise<number> {
  await store.run(`create or replace temp table queue (
    file_no bigint, path varchar, version varchar, delivered_at timestamp, status varchar, reason varchar)`);
  let fileNo = options.firstFileNo;
  let page: object[] = [];
  const flush = async () => {
    await insertJson(store, 'queue', page, QUEUE_TYPES, '*');
    page = [];
    options.report({ phase: 'finding', files: fileNo - options.firstFileNo, filesInAll: null, records: 0 });
  };
  const own = [store.path, `${store.path}.wal`, ...(options.ownFiles ?? [])].map((path) => resolve(path));
  const spilled = resolve(spillFolder(store.path));
  const isOwn = (path: string) =>
    own.includes(path) || (dirname(path) === spilled && basename(path).startsWith(SPILLED));
  for await (const found of findLogFiles(paths, options)) {
    if (found.kind === 'file' && isOwn(resolve(found.file.path))) continue;
    const path = found.kind === 'file' ? found.file.path : found.path;
    page.push({
      file_no: fileNo++,
      path,
      version: found.kind === 'file' ? found.file.version : null,
      delivered_at: parseLogFileKey(path)?.deliveredAt?.toISOString().slice(0, 19) ?? null,
      status: found.kind === 'file' ? 'queued' : found.kind,
      reason: found.kind === 'file' ? null : found.reason,
    });
    if (page.length >= PAGE) await flush();
  }
  if (page.length > 0) await flush();
  await store.run(`update queue set status = 'skipped', reason = 'already in the store' where status = 'queued'
    and exists (select 1 from log_files as f where f.path = queue.path and f.version = queue.version and f.status in ('read', 'skipped'))`);
  await store.run(`insert into log_files select file_no, ${options.loadNo}, path, version, status, reason, delivered_at, 0, 0, 0
    from queue where status <> 'queued'`);
  const [left] = await store.all(`select count(*) as files from queue where status = 'queued'`);
  return Number(left?.files ?? 0);
}

interface ReadOptions extends LoadOptions {
  filesInAll: number;
  report: (progress: LoadProgress) => void;
}

async function readQueued(store: Store, loadNo: number, options: ReadOptions): Promise<void> {
  const progress: LoadProgress = { phase: 'reading', files: 0, filesInAll: options.filesInAll, records: 0 };
  const intake = await Intake.begin(store, loadNo);
  await inTemporaryFolder(partsPrefix(store), async (folder) => {
    const size = options.workers ?? Math.min(MAX_WORKERS, availableParallelism(), options.filesInAll);
    await besideWorkers(store, size, async () => {
      for await (const part of readInWorkers(queued(store), size, { ...remote(options), folder })) {
        progress.files += part.files.length;
        progress.records += part.files.reduce((sum, { records }) => sum + records.read, 0);
        options.report(progress);
        await intake.add(part);
        if (intake.unsettled >= SETTLED_ITEMS) await intake.settle();
      }
    });
    options.report({ ...progress, phase: 'attributing' });
    await intake.settle();
  });
}

/** Runs `work` with as many threads for DuckDB as the workers leave processors: more would only take turns with them. */
async function besideWorkers(store: Store, workers: number, work: () => Promise<void>): Promise<void> {
  const [setting] = await store.all("select current_setting('threads')::integer as threads");
  const threads = Number(setting?.threads);
  await store.run(`set threads = ${Math.max(1, threads - workers)}`);
  try {
    await work();
  } finally {
    await store.run(`set threads = ${threads}`);
  }
}

/** Parts lie in a folder beside the store. */
function partsPrefix(store: Store): string {
  return join(dirname(store.path), `.${basename(store.path)}.parts-`);
}

/** How DuckDB names the files of its spill folder. */
const SPILLED = 'duckdb_temp_';

async function removeSpilled(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.startsWith(SPILLED)) await unlink(join(folder, name));
  // Where something else lies there, it stays.
  await rmdir(folder).catch(() => {});
}

/** Who has the store open to write is alone with it, so parts that lie there are a killed load's. */
async function removeOldParts(prefix: string): Promise<void> {
  for (const name of await readdir(dirname(prefix))) {
    if (name.startsWith(basename(prefix)))
      await rm(join(dirname(prefix), name), { recursive: true, force: true });
  }
}

/**
 * Takes parts into the store. Their rows carry the number of a settlement that is not in `settlements` yet, so no
 * question sees them and the next load discards them, until `settle` has dropped the duplicates.
 */
class Intake {
  readonly #store: Store;
  readonly #loadNo: number;
  #waiting: PartDone[] = [];
  #waitingItems = 0;
  #waitingSize = 0;
  #inserted: FileRead[] = [];
  #insertedItems = 0;
  #settlement: number;

  private constructor(store: Store, loadNo: number, settlement: number) {
    this.#store = store;
    this.#loadNo = loadNo;
    this.#settlement = settlement;
  }

  /** Begins the next settlement. */
  static async begin(store: Store, loadNo: number): Promise<Intake> {
    return new Intake(store, loadNo, (await lastSettlement(store)) + 1);
  }

  /** Records and files taken in since the store was last settled: files without records take their room too. */
  get unsettled(): number {
    return this.#waitingItems + this.#insertedItems;
  }

  async add(part: PartDone): Promise<void> {
    this.#waiting.push(part);
    this.#waitingItems += part.files.reduce((sum, { records }) => sum + 1 + records.read, 0);
    this.#waitingSize += part.size;
    if (this.#waitingItems >= INSERTED_ITEMS || this.#waitingSize >= INSERTED_SIZE) await this.#insert();
  }

  async settle(): Promise<void> {
    await this.#insert();
    if (this.#inserted.length === 0) return;
    await this.#store.inTransaction(async () => {
      await insertResults(this.#store, this.#loadNo, this.#inserted);
      const duplicates = await dropDuplicates(this.#store, this.#settlement);
      await this.#store.run(
        `insert into settlements values (${this.#settlement}, ${this.#loadNo}, ${duplicates})`,
      );
    });
    this.#settlement += 1;
    this.#inserted = [];
    this.#insertedItems = 0;
  }

  async #insert(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const parts = this.#waiting.map(({ part }) => part);
    await insertParts(this.#store, parts, this.#settlement);
    await Promise.all(parts.flatMap((part) => Object.values(part).map((path) => unlink(path))));
    for (const { files } of this.#waiting) for (const file of files) this.#inserted.push(file);
    this.#insertedItems += this.#waitingItems;
    this.#waiting = [];
    this.#waitingItems = 0;
    this.#waitingSize = 0;
  }
}

function remote(options: FindOptions): { endpointUrl?: string; region?: string } {
  return compact({ endpointUrl: options.endpointUrl, region: options.region });
}

async function* queued(store: Store): AsyncGenerator<FileToRead> {
  let after = 0n;
  for (;;) {
    const rows = await store.all(
      `select file_no, path from queue where status = 'queued' and file_no > ${after} order by file_no limit ${PAGE}`,
    );
    for (const row of rows) yield { fileNo: Number(row.file_no), path: String(row.path) };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.file_no as bigint;
  }
}

const QUEUE_TYPES = {
  file_no: 'bigint',
  path: 'varchar',
  version: 'varchar',
  delivered_at: 'timestamp',
  status: 'varchar',
  reason: 'varchar',
};
const RESULT_TYPES = {
  file_no: 'bigint',
  status: 'varchar',
  reason: 'varchar',
  read: 'bigint',
  skipped: 'bigint',
  rejected: 'bigint',
};

async function lastSettlement(store: Store): Promise<number> {
  const [last] = await store.all('select coalesce(max(settlement), 0) as settlement from settlements');
  return Number(last?.settlement ?? 0);
}

/** Removes the rows that a killed load took in and did not settle: they are no evidence of anything. */
async function discardUnsettled(store: Store): Promise<void> {
  const last = await lastSettlement(store);
  for (const table of SETTLED_TABLES) await store.run(`delete from ${table} where settlement > ${last}`);
}

async function insertParts(store: Store, parts: readonly Part[], settlement: number): Promise<void> {
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

async function insertResults(store: Store, loadNo: number, files: readonly FileRead[]): Promise<void> {
  const columns = `q.file_no, ${loadNo}, q.path, q.version, t.status, t.reason, q.delivered_at, t.read, t.skipped, t.rejected`;
  for (let at = 0; at < files.length; at += RESULTS) {
    const results = files.slice(at, at + RESULTS).map(({ fileNo, status, reason, records }) => ({
      file_no: fileNo,
      status,
      reason,
      ...records,
    }));
    await insertJson(store, 'log_files', results, RESULT_TYPES, columns, 'join queue as q using (file_no)');
  }
}
