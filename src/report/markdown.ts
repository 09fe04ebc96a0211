// Rows as a Markdown table (GitHub's), which a hostile value cannot leave: it is text there, never markup.
import { type ReportColumn, type ReportRow, textOf } from './columns.ts';
import { escapeForTerminal } from './escape.ts';

export async function* markdownRows(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
): AsyncGenerator<string> {
  yield line(columns.map(({ name }) => escapeMarkdown(name)));
  yield line(columns.map(({ type }) => (type === 'integer' ? '---:' : '---')));
  for await (const row of rows)
    yield line(columns.map(({ name }) => escapeMarkdown(textOf(row[name]) ?? '')));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** Underscores inside a word are no markup, so names in snake_case stay readable. GitHub makes links of bare addresses. */
function escapeMarkdown(text: string): string {
  return escapeForTerminal(text)
    .replace(/[\\`|<>*~[\]$]|(?<![a-z0-9])_|_(?![a-z0-9])|:(?=\/\/)|(?<=www)\./gi, '\\$&')
    .replaceAll('&', '&amp;');
}
