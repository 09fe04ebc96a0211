// Rows as a table for a terminal: aligned whatever the values hold, and inside the terminal's width.
// Our own, as it must page, right-align, measure what escapes leave of a value, and fall back to a list where it does not fit.
import { type ReportColumn, type ReportRow, textOf } from './columns.ts';
import { cut, displayWidth, padded, wrapped } from './display-width.ts';
import { escapeForTerminal } from './escape.ts';
import { columnWidths, gap } from './table-layout.ts';

/** The rows that are looked at together for their widths; also the most that are held at once. */
const pageSize = 1000;
/** A value may be megabytes long; no more of it than this is ever laid out. */
const longestCell = 10_000;
/** The lines that a row may take; what does not fit is cut, and the other formats have it whole. */
const mostLines = 8;
const dash = '-';

interface Style {
  bold: (text: string) => string;
  dim: (text: string) => string;
}
const colored: Style = { bold: (text) => `\x1b[1m${text}\x1b[22m`, dim: (text) => `\x1b[2m${text}\x1b[22m` };
const uncolored: Style = { bold: (text) => text, dim: (text) => text };

/** A page: its cells as text safe to show, null for NULL, and what it is drawn with. */
interface Page {
  readonly columns: readonly ReportColumn[];
  readonly names: readonly string[];
  readonly cells: readonly (readonly (string | null)[])[];
  readonly style: Style;
  readonly width: number | null;
}

/** A table, in pages of 1,000 rows with the header on each; a page's columns are at least as wide as those of the one before. */
export async function* tableRows(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
  options: { color: boolean; width: number | null },
): AsyncGenerator<string> {
  const names = columns.map(({ name }) => escapeForTerminal(name));
  // A terminal that does not know its own width says 0.
  const width = options.width === 0 ? 80 : options.width;
  const page = { columns, names, style: options.color ? colored : uncolored, width };
  let naturals = names.map(displayWidth);
  let isFirst = true;
  for await (const cells of pagesOf(columns, rows)) {
    naturals = naturals.map((natural, column) =>
      Math.max(natural, ...cells.map((row) => displayWidth(shown(row[column])))),
    );
    if (!isFirst) yield '\n';
    isFirst = false;
    yield draw({ ...page, cells }, naturals);
  }
}

/** Pages of cells; a single empty one where there are no rows, so that the header still says what was asked. */
async function* pagesOf(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<ReportRow>,
): AsyncGenerator<(string | null)[][]> {
  let cells: (string | null)[][] = [];
  let isEmpty = true;
  for await (const row of rows) {
    cells.push(columns.map(({ name }) => cellOf(row[name])));
    isEmpty = false;
    if (cells.length < pageSize) continue;
    yield cells;
    cells = [];
  }
  if (isEmpty || cells.length > 0) yield cells;
}

function cellOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === null) return null;
  return escapeForTerminal(text.length > longestCell ? `${text.slice(0, longestCell)}…` : text);
}

function draw(page: Page, naturals: readonly number[]): string {
  const needs = page.columns.map((column, i) => ({ natural: naturals[i] ?? 0, isText: isText(column) }));
  const widths = columnWidths(needs, page.width);
  if (widths === null) return drawList(page);
  const head = drawRow(page, widths, page.names).map(page.style.bold);
  const rule = widths.map((width) => dash.repeat(width)).join(' '.repeat(gap));
  return `${[...head, rule, ...page.cells.flatMap((row) => drawRow(page, widths, row))].join('\n')}\n`;
}

/** The lines of a row: its cells side by side, each wrapped to its column. */
function drawRow(
  { columns, style }: Page,
  widths: readonly number[],
  row: readonly (string | null)[],
): string[] {
  const cells = columns.map((column, i) => linesOf(shown(row[i]), widths[i] ?? 0, isText(column)));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, i) => {
        const text = padded(cells[i]?.[line] ?? '', widths[i] ?? 0, column.type === 'integer');
        return row[i] === null ? style.dim(text) : text;
      })
      .join(' '.repeat(gap)),
  );
}

function linesOf(text: string, width: number, mayWrap: boolean): string[] {
  return mayWrap ? wrapped(text, width, mostLines) : [text];
}

/** Where the columns do not fit side by side: each row as a list of `name  value`, with an empty line between rows. */
function drawList({ names, cells, style, width }: Page): string {
  const nameWidth = Math.max(0, ...names.map(displayWidth));
  const room = Math.max(2, (width ?? 0) - nameWidth - gap);
  const blocks = cells.map((row) =>
    names
      .flatMap((name, i) =>
        wrapped(shown(row[i]), room, mostLines).map((text, line) => {
          const label = style.bold(padded(line === 0 ? name : '', nameWidth, false));
          const value = padded(text, room, false);
          return `${label}${' '.repeat(gap)}${row[i] === null ? style.dim(value) : value}\n`;
        }),
      )
      .join(''),
  );
  return blocks.length === 0 ? `${cut(names.join(' '.repeat(gap)), width ?? 0)}\n` : blocks.join('\n');
}

function shown(cell: string | null | undefined): string {
  return cell ?? dash;
}

function isText({ type }: ReportColumn): boolean {
  return type === 'text' || type === 'json' || type === 'texts';
}
