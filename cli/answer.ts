// Writes the answer to a question on standard output; warns on standard error where it is empty or not whole.
import { askStore, hasRecords } from '../src/adapters/duckdb/ask.ts';
import type { Store } from '../src/adapters/duckdb/store.ts';
import type { ParamValues } from '../src/catalogue/param-values.ts';
import type { Question } from '../src/catalogue/query-file.ts';
import type { ReportRow } from '../src/report/columns.ts';
import { type Format, formatRows } from '../src/report/format-rows.ts';
import { type Io, say, terminalWidth, wantsColor, writeAll } from './io.ts';

/** Answers a question from a store, and warns where rows or records may be missing from the answer. */
export async function answer(
  store: Store,
  question: Question,
  values: ParamValues,
  format: Format | undefined,
  io: Io,
): Promise<void> {
  const rows = await writeRows(question, askStore(store, question, values), format, io);
  tellIncomplete(store, io);
  tellEnd(io, { rows, values, hadRecords: rows > 0 || (await hasRecords(store)) });
}

/** Says where records are missing from what was asked of the store. */
export function tellIncomplete(store: Store, io: Io): void {
  if (!store.isComplete)
    say(
      io,
      `podtrail: the last load into ${store.path} was interrupted: its records are missing from this answer; run the load again`,
    );
}

/** Writes the rows as they come; returns how many there were. */
export async function writeRows(
  question: Question,
  answered: AsyncIterable<ReportRow>,
  format: Format | undefined,
  io: Io,
): Promise<number> {
  let rows = 0;
  const counted = async function* () {
    for await (const row of answered) {
      rows += 1;
      yield row;
    }
  };
  await writeAll(
    io,
    formatRows(question.columns, counted(), {
      format: format ?? 'table',
      color: wantsColor(io),
      width: terminalWidth(io),
    }),
  );
  return rows;
}

/** Says of an answer that it may go on beyond its limit, or that it has no rows and whether that is for lack of records. */
export function tellEnd(
  io: Io,
  { rows, values: { limit }, hadRecords }: { rows: number; values: ParamValues; hadRecords: boolean },
): void {
  if (typeof limit === 'number' && rows >= limit)
    say(
      io,
      `podtrail: the answer has as many rows as --limit allows (${limit}): there may be more, which a greater --limit shows`,
    );
  else if (rows === 0)
    say(
      io,
      hadRecords
        ? 'podtrail: no rows match ("podtrail ask trail-coverage" shows what these records cover)'
        : 'podtrail: no rows: no CloudTrail records were read',
    );
}
