// Puts small sets of rows into a table: as JSON in one bound value, so that any text is safe and any number of rows one statement.
import { quote } from './schema.ts';
import type { Store } from './store.ts';

/** `types` are DuckDB's, by the rows' members; `columns` select from them as `t`, and from what `join` adds. */
export async function insertJson(
  store: Store,
  table: string,
  rows: readonly object[],
  types: Readonly<Record<string, string>>,
  columns: string,
  join = '',
): Promise<void> {
  const shape = quote(JSON.stringify([types]));
  await store.run(
    `insert into ${table} select ${columns} from (select unnest(from_json(?, ${shape}), recursive := true)) as t ${join}`,
    [JSON.stringify(rows)],
  );
}
