// Writes the answer to a question on standard output, in the format that was asked for or that suits the reader.
import { askStore } from '../src/adapters/duckdb/ask.ts';
import type { Store } from '../src/adapters/duckdb/store.ts';
import type { ParamValue } from '../src/catalogue/param-values.ts';
import type { Question } from '../src/catalogue/query-file.ts';
import { type Format, formatRows } from '../src/report/format-rows.ts';
import { type Io, wantsColor, writeAll } from './io.ts';

export async function answer(
  store: Store,
  question: Question,
  values: Readonly<Record<string, ParamValue>>,
  format: Format | undefined,
  io: Io,
): Promise<void> {
  const width = io.stdout.isTTY === true ? (io.stdout.columns ?? 80) : null;
  let rows = 0;
  const counted = async function* () {
    for await (const row of askStore(store, question, values)) {
      rows += 1;
      yield row;
    }
  };
  await writeAll(
    io,
    formatRows(question.columns, counted(), { format: format ?? 'table', color: wantsColor(io), width }),
  );
  if (!store.isComplete) {
    io.stderr.write(
      `podtrail: the last load into ${store.path} was not completed, and what it read is not in this answer: repeat it\n`,
    );
  }
  if (rows === 0) io.stderr.write('podtrail: no rows: nothing in these records answers that\n');
}
