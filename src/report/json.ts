// Rows as JSON: one array, or one object a line. NULL and the empty string stay apart, and nothing acts on a terminal.
import { jsonOf, jsonValue, type ReportColumn, type ReportRow } from './columns.ts';
import { escapeJson } from './escape.ts';

export async function* ndjsonRows(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
): AsyncGenerator<string> {
  for await (const row of rows) yield `${objectOf(columns, row)}\n`;
}

export async function* jsonRows(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield before + objectOf(columns, row);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function objectOf(columns: readonly ReportColumn[], row: ReportRow): string {
  return escapeJson(jsonOf(Object.fromEntries(columns.map(({ name }) => [name, jsonValue(row[name])]))));
}
