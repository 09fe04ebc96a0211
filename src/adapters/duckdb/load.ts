// Loads log files into a store: finds what is new, reads it in workers, and settles the store in whole transactions.
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { parseLogFileKey } from '../../trail/keys.ts';
import { type FindOptions, findLogFiles } from '../find-log-files.ts';
import type { FileToRead } from '../load-worker.ts';
import { type PartDone, readInWorkers } from '../worker-pool.ts';
import { PART_COLUMNS, type PartTable, quote, readParts } from './schema.ts';
import { deriveCallers, dropDuplicates } from './settle.ts';
import type { Store } from './store.ts';

export interface LoadProgress {
  phase: 'finding' | 'reading' | 'attributing';
  files: number;
  /** Null while files are still looked for. */
  filesInAll: number | null;
  records: number;
}

export interface LoadOptions extends FindOptions {
  workers?: number;
  onProgress?: (progress: LoadProgress) => void;
}

/** Records after which a load settles and commits what it has: bounds the work that a kill can cost. */
const COMMIT_RECORDS = 1_000_000;
const MAX_WORKERS = 4;
const PAGE = 2_000;

/** Loads the paths; returns the number of this load, by which `readReconciliation` tells what became of every file. */
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
  const filesInAll = await queueFiles(store, paths, {
    ...options,
    loadNo,
    firstFileNo: Number(last?.file_no ?? 0) + 1,
    report,
  });
  if (filesInAll > 0) await readQueued(store, loadNo, { ...options, filesInAll, report });
  return loadNo;
}

interface QueueOptions extends FindOptions {
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
  for await (const found of findLogFiles(paths, options)) {
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
  const folder = await mkdtemp(join(dirname(store.path), '.podtrail-load-'));
  const progress: LoadProgress = { phase: 'reading', files: 0, filesInAll: options.filesInAll, records: 0 };
  let done: PartDone[] = [];
  let waiting = 0;
  const settle = async () => {
    options.report({ ...progress, phase: 'attributing' });
    await settleParts(store, loadNo, done);
    done = [];
    waiting = 0;
  };
  try {
    const size = options.workers ?? Math.min(MAX_WORKERS, availableParallelism(), options.filesInAll);
    for await (const part of readInWorkers(queued(store), size, { ...remote(options), folder })) {
      done.push(part);
      for (const file of part.files) {
        progress.files += 1;
        progress.records += file.records.read;
        waiting += file.records.read;
      }
      options.report(progress);
      if (waiting >= COMMIT_RECORDS) await settle();
    }
    if (done.length > 0) await settle();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes whole log files into the store in one transaction: it has all of them, attributed, or none. */
async function settleParts(store: Store, loadNo: number, done: readonly PartDone[]): Promise<void> {
  await store.run('begin');
  try {
    await insertParts(store, done);
    await insertResults(store, loadNo, done);
    const firstFileNo = done.reduce((least, { files }) => files.reduce((a, { fileNo }) => Math.min(a, fileNo), least), Infinity);
    const duplicates = await dropDuplicates(store, firstFileNo);
    await store.run(`insert into duplicates values (${loadNo}, ${duplicates})`);
    await deriveCallers(store);
    await store.run('commit');
  } catch (error) {
    await store.run('rollback').catch(() => {});
    throw error;
  }
  await Promise.all(done.flatMap(({ part }) => Object.values(part).map((path) => unlink(path))));
}

function remote(options: FindOptions): { endpointUrl?: string; region?: string } {
  return {
    ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
    ...(options.region === undefined ? {} : { region: options.region }),
  };
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

async function insertParts(store: Store, done: readonly PartDone[]): Promise<void> {
  const paths = (table: PartTable) => done.flatMap(({ part }) => part[table] ?? []);
  if (paths('principals').length > 0) await insertPrincipals(store, paths('principals'));
  for (const table of ['records', 'assumptions'] as const) {
    if (paths(table).length === 0) continue;
    const carried = PART_COLUMNS[table].map(({ name }) => name).slice(3);
    await store.run(`insert into ${table === 'records' ? 'stored_records' : table} by name
      select (p.file_no << 32) + p.record_index as record_key, n.principal_key, p.${carried.join(', p.')}
      from (${readParts(table, paths(table))}) as p join part_principals as n using (principal_no)`);
  }
  if (paths('rejected_records').length > 0) {
    await store.run(`insert into rejected_records ${readParts('rejected_records', paths('rejected_records'))}`);
  }
}

/** Adds the callers that the store does not have, and leaves in `part_principals` their keys by their number in the parts. */
async function insertPrincipals(store: Store, paths: readonly string[]): Promise<void> {
  const names = PART_COLUMNS.principals.map(({ name }) => name).slice(1);
  const same = names.map((name) => `k.${name} is not distinct from n.${name}`).join(' and ');
  await store.run(`create or replace temp table incoming as
    select *, hash(${names.join(', ')}) as principal_hash from (${readParts('principals', paths)})`);
  await store.run(`insert into principals
    select (select coalesce(max(principal_key), 0) from principals) + row_number() over (), n.*
    from (select distinct principal_hash, ${names.join(', ')} from incoming) as n
    where not exists (select 1 from principals as k where k.principal_hash = n.principal_hash and ${same})`);
  await store.run(`create or replace temp table part_principals as
    select n.principal_no, k.principal_key from incoming as n join principals as k on k.principal_hash = n.principal_hash and ${same}`);
}

async function insertResults(store: Store, loadNo: number, done: readonly PartDone[]): Promise<void> {
  const results = done.flatMap(({ files }) => files).map(({ fileNo, status, reason, records }) => ({ file_no: fileNo, status, reason, ...records }));
  const columns = `q.file_no, ${loadNo}, q.path, q.version, t.status, t.reason, q.delivered_at, t.read, t.skipped, t.rejected`;
  await insertJson(store, 'log_files', results, RESULT_TYPES, columns, 'join queue as q using (file_no)');
}

async function insertJson(
  store: Store,
  table: string,
  rows: object[],
  types: Record<string, string>,
  columns: string,
  join = '',
): Promise<void> {
  const shape = quote(JSON.stringify([types]));
  await store.run(
    `insert into ${table} select ${columns} from (select unnest(from_json(?, ${shape}), recursive := true)) as t ${join}`,
    [JSON.stringify(rows)],
  );
}
