// The formats of an answer: rows in, text out.
import type { ReportColumn, ReportRow } from './columns.ts';
import { csvRows } from './csv.ts';
import { jsonRows, ndjsonRows } from './json.ts';
import { markdownRows } from './markdown.ts';
import { tableRows } from './table.ts';

export const FORMATS = ['table', 'markdown', 'csv', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatOptions {
  format: Format;
  /** Whether the reader shows ANSI colours; only `table` uses them. */
  color: boolean;
  /** Columns of the terminal; null where the text does not go to one. */
  width: number | null;
}

type Formatter = (
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
  options: FormatOptions,
) => AsyncIterable<string>;

const formatters: Record<Format, Formatter> = {
  table: tableRows,
  markdown: markdownRows,
  csv: csvRows,
  json: jsonRows,
  ndjson: ndjsonRows,
};

/** The answer as text, piece by piece; only `table` waits for rows, 1,000 at most. */
export function formatRows(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
  options: FormatOptions,
): AsyncIterable<string> {
  return formatters[options.format](columns, rows, options);
}
