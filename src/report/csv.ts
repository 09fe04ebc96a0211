// Rows as CSV (RFC 4180, lines ending in a bare newline for the tools that read lines), safe to open in a spreadsheet.
// csv-stringify quotes and disarms formulas; https://owasp.org/www-community/attacks/CSV_Injection
import { stringify } from 'csv-stringify/sync';
import { isoTime, jsonOf, type ReportColumn, type ReportRow } from './columns.ts';
import { escapeForTerminal } from './escape.ts';

const rules = {
  escape_formulas: true,
  // The empty string is "", as NULL is nothing; and a bare CR ends a line for some readers.
  quoted_match: /^$|\r/,
};

/** The header, then a line a row. Values are kept to the letter, unless they go to a terminal. */
export async function* csvRows(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
  { width }: { width: number | null },
): AsyncGenerator<string> {
  yield stringify([columns.map(({ name }) => name)], rules);
  for await (const row of rows) {
    yield stringify([columns.map((column) => cellOf(row[column.name], width !== null))], rules);
  }
}

/** Numbers stay numbers, so that -1 is not taken for a formula. */
function cellOf(value: unknown, toTerminal: boolean): string | number | bigint | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Date) return isoTime(value);
  const text = typeof value === 'string' ? value : jsonOf(value);
  return toTerminal ? text.split('\n').map(escapeForTerminal).join('\n') : text;
}
