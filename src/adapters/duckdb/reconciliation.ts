// What became of everything that a load read: files and records, in sums that add up, and the rejects one by one.
import type { Store } from './store.ts';

/** How many there were of each. */
export interface ReconciliationSums {
  files: { read: number; skipped: number; rejected: number };
  /** read = kept + duplicate + skipped + rejected */
  records: { read: number; kept: number; duplicate: number; skipped: number; rejected: number };
}

/** The sums of one load, by its number. */
export async function readSums(store: Store, loadNo: number): Promise<ReconciliationSums> {
  const [row] = await store.all(`
    select
      count(*) filter (where status = 'read')::integer as files_read,
      count(*) filter (where status = 'skipped')::integer as files_skipped,
      count(*) filter (where status = 'rejected')::integer as files_rejected,
      coalesce(sum(records_read), 0)::double as records_read,
      coalesce(sum(records_skipped), 0)::double as skipped,
      coalesce(sum(records_rejected), 0)::double as rejected,
      (select coalesce(sum(duplicates), 0) from settlements where load_no = ${loadNo})::double as duplicate
    from log_files where load_no = ${loadNo}`);
  const number = (name: string) => Number(row?.[name] ?? 0);
  const read = number('records_read');
  const [duplicate, skipped, rejected] = [number('duplicate'), number('skipped'), number('rejected')];
  return {
    files: {
      read: number('files_read'),
      skipped: number('files_skipped'),
      rejected: number('files_rejected'),
    },
    records: { read, kept: read - duplicate - skipped - rejected, duplicate, skipped, rejected },
  };
}

/** Whether all that a load was to read could not even be opened, as where its paths are mistyped. */
export async function openedNothing(store: Store, loadNo: number): Promise<boolean> {
  const [row] = await store.all(`
    select bool_and(status = 'rejected' and version is null) as is_nothing from log_files where load_no = ${loadNo}`);
  return row?.is_nothing === true;
}

/** Why files were skipped, and how many for each reason: those of the most files, `most` of them. */
export async function skippedFor(
  store: Store,
  loadNo: number,
  most: number,
): Promise<{ reason: string; files: number }[]> {
  const rows = await store.all(`select reason, count(*)::integer as files from log_files
    where load_no = ${loadNo} and status = 'skipped' group by reason order by files desc, reason limit ${most}`);
  return rows.map(({ reason, files }) => ({ reason: String(reason), files: Number(files) }));
}

/** A rejected file, or with an `index` a rejected record of one. */
export interface Fault {
  path: string;
  index: number | null;
  reason: string;
}

/** The first rejected files and records in the order of their paths, `most` of them. */
export async function firstFaults(store: Store, loadNo: number, most: number): Promise<Fault[]> {
  const rows = await store.all(`
    select path, null as record_index, reason from log_files where load_no = ${loadNo} and status = 'rejected'
    union all
    select f.path, r.record_index, r.reason
    from rejected_records as r join log_files as f using (file_no) where f.load_no = ${loadNo}
    order by path, record_index nulls first limit ${most}`);
  return rows.map(({ path, record_index: index, reason }) => ({
    path: String(path),
    index: index === null ? null : Number(index),
    reason: String(reason),
  }));
}

/** The whole reconciliation as JSON text, piece by piece: a load may reject more than fits in memory. */
export async function* reconciliationJson(store: Store, loadNo: number): AsyncGenerator<string> {
  const { files, records } = await readSums(store, loadNo);
  yield `{"files":{"read":${files.read},"skipped":[`;
  yield* items(store, fileFaults(loadNo, 'skipped'));
  yield '],"rejected":[';
  yield* items(store, fileFaults(loadNo, 'rejected'));
  yield `]},"records":${JSON.stringify(records)},"rejected_records":[`;
  yield* items(
    store,
    `select to_json({path: f.path, index: r.record_index, reason: r.reason})::varchar as item
     from rejected_records as r join log_files as f using (file_no) where f.load_no = ${loadNo} order by f.path, r.record_index`,
  );
  yield ']}\n';
}

function fileFaults(loadNo: number, status: 'skipped' | 'rejected'): string {
  return `select to_json({path: path, reason: reason})::varchar as item from log_files
    where load_no = ${loadNo} and status = '${status}' order by path, file_no`;
}

async function* items(store: Store, sql: string): AsyncGenerator<string> {
  let separator = '';
  for await (const rows of store.rows(sql)) {
    for (const row of rows) {
      yield `${separator}${String(row.item)}`;
      separator = ',';
    }
  }
}
