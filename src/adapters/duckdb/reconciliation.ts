// What became of everything that a load read: files and records, in sums that add up, and the rejects one by one.
import type { Store } from './store.ts';

export interface FileFault {
  path: string;
  reason: string;
}

export interface Reconciliation {
  files: { read: number; skipped: FileFault[]; rejected: FileFault[] };
  /** read = kept + duplicate + skipped + rejected */
  records: { read: number; kept: number; duplicate: number; skipped: number; rejected: number };
  rejected_records: { path: string; index: number; reason: string }[];
}

/** Only the sums, for talk; of the faults how many there are. */
export interface ReconciliationSums {
  files: { read: number; skipped: number; rejected: number };
  records: Reconciliation['records'];
}

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
  for await (const rows of store.stream(sql)) {
    for (const row of rows) {
      yield `${separator}${String(row.item)}`;
      separator = ',';
    }
  }
}
