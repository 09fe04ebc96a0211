// An answer as one page of HTML that needs nothing else: no script, no request, and no value of a log file that is markup.
import { type ReportColumn, type ReportRow, textOf } from './columns.ts';
import { escapeForTerminal } from './escape.ts';

export interface Page {
  title: string;
  /** Name and value, above the rows: when it was asked, and for what. */
  facts: readonly (readonly [string, string])[];
  /** How the rows are to be read, a paragraph each. */
  notes: readonly string[];
  columns: readonly ReportColumn[];
  /** The most rows that were asked for; null where all were. */
  limit: number | null;
}

/** More are for other programs than a browser. */
const MOST_ROWS = 1_000;

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#1a1a1a;background:#fff}
h1{font-size:1.4rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}
div{overflow-x:auto}table{border-collapse:collapse;font-size:13px}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ddd}
th{background:#f4f4f4;white-space:nowrap}td.integer{text-align:right;font-variant-numeric:tabular-nums}td.none{color:#767676}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}th{background:#262626}th,td{border-color:#444}dt,td.none{color:#a0a0a0}}`;

/** The page, piece by piece. All rows are taken, and the first 1,000 shown: the page says how many there are. */
export async function* pageText(page: Page, rows: AsyncIterable<ReportRow>): AsyncGenerator<string> {
  const { title, facts, notes, columns, limit } = page;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<dl>
${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>\n`).join('')}</dl>
<div>
<table>
<thead><tr>${columns.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
`;
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count <= MOST_ROWS)
      yield `<tr>${columns.map(({ name, type }) => cell(row[name], type)).join('')}</tr>\n`;
  }
  yield `</tbody>
</table>
</div>
<p>${rowsText(count)}${limit !== null && count >= limit ? ` The limit was ${limit}: there may be more.` : ''}</p>
${notes.map((note) => `<p>${escapeHtml(note)}</p>\n`).join('')}</body>
</html>
`;
}

function rowsText(count: number): string {
  if (count === 0) return 'No rows match. The question trail-coverage shows what the records cover.';
  if (count <= MOST_ROWS) return `${count} ${count === 1 ? 'row' : 'rows'}.`;
  return `The first ${MOST_ROWS} of ${count} rows; all are in the files beside this page.`;
}

function cell(value: unknown, type: ReportColumn['type']): string {
  const text = textOf(value);
  if (text === null) return '<td class="none">–</td>';
  return `<td class="${type}">${escapeHtml(text)}</td>`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What would turn a line around or hide itself is written out, as on a terminal. */
function escapeHtml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);
}
