// Owns the files of a load from finding to outcome: those to read wait in the temporary table `queue`, and what became of each
// stands in `log_files`.
import { parseLogFileKey } from '../../trail/keys.ts';
import { type FindOptions, findLogFiles } from '../find-log-files.ts';
import type { FileRead, FileToRead } from '../load-worker.ts';
import { insertJson } from './insert-json.ts';
import type { Store } from './store.ts';

/** Files whose outcome goes into the store in one statement. */
const OUTCOMES = 20_000;
const PAGE = 2_000;

const QUEUE_TYPES = {
  file_no: 'bigint',
  path: 'varchar',
  version: 'varchar',
  delivered_at: 'timestamp',
  status: 'varchar',
  reason: 'varchar',
};
const OUTCOME_TYPES = {
  file_no: 'bigint',
  status: 'varchar',
  reason: 'varchar',
  read: 'bigint',
  skipped: 'bigint',
  rejected: 'bigint',
};

interface QueueOptions extends FindOptions {
  loadNo: number;
  firstFileNo: number;
  /** Of a file that was found: whether it is none to read, nor to tell of. */
  isOwn: (path: string) => boolean;
  /** Called with how many were found so far. */
  onFound: (files: number) => void;
}

/** Lists what is to be read in `queue`, and what is not in `log_files` with its reason; returns how many are to be read. */
export async function queueFiles(
  store: Store,
  paths: readonly string[],
  options: QueueOptions,
): Promise<number> {
  await store.run(`create or replace temp table queue (
    file_no bigint, path varchar, version varchar, delivered_at timestamp, status varchar, reason varchar)`);
  let fileNo = options.firstFileNo;
  let page: object[] = [];
  const flush = async () => {
    await insertJson(store, 'queue', page, QUEUE_TYPES, '*');
    page = [];
    options.onFound(fileNo - options.firstFileNo);
  };
  for await (const found of findLogFiles(paths, options)) {
    if (found.kind === 'file' && options.isOwn(found.file.path)) continue;
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

/** The files that wait, in the order in which they were found. */
export async function* queued(store: Store): AsyncGenerator<FileToRead> {
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

/** Writes what became of files that waited. */
export async function insertOutcomes(
  store: Store,
  loadNo: number,
  files: readonly FileRead[],
): Promise<void> {
  const columns = `q.file_no, ${loadNo}, q.path, q.version, t.status, t.reason, q.delivered_at, t.read, t.skipped, t.rejected`;
  for (let at = 0; at < files.length; at += OUTCOMES) {
    const outcomes = files.slice(at, at + OUTCOMES).map(({ fileNo, status, reason, records }) => ({
      file_no: fileNo,
      status,
      reason,
      ...records,
    }));
    await insertJson(store, 'log_files', outcomes, OUTCOME_TYPES, columns, 'join queue as q using (file_no)');
  }
}
