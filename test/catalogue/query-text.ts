// A question that is right in every respect, for tests to break in one.

/** The lines of the front matter by key; a change replaces the lines of a key, and an empty list drops it. */
const rightLines: Record<string, string[]> = {
  id: ['questions/who-accessed'],
  question: ['Which workloads used this resource, when and how often?'],
  grain: ['one row per workload'],
  param: [
    'resource text required | The resource.',
    'since time optional | Start of the time range (inclusive).',
    'limit integer default 100 | How many rows at most.',
  ],
  bind: ['resource', 'limit'],
  column: ['workload_namespace text | The namespace.', 'calls integer | How many calls.'],
  uses: ['calls'],
  engines: ['duckdb, athena, trino'],
  read: ['One workload a row.'],
};

export const whoAccessedPath = 'questions/who-accessed.sql';
export const whoAccessedSql = 'select workload_namespace\nfrom calls\nwhere resource = ? limit ?';

export function questionText(changes: Record<string, string[]> = {}, sql = whoAccessedSql): string {
  return fileText({ ...rightLines, ...changes }, sql);
}

export function modelText(id: string, lines: Record<string, string[]>, sql: string): string {
  return fileText({ id: [id], grain: ['one row per call'], ...lines }, sql);
}

function fileText(lines: Record<string, string[]>, sql: string): string {
  const matter = Object.entries(lines).flatMap(([key, values]) =>
    values.map((value) => `-- ${key}: ${value}`),
  );
  return [...matter, sql].join('\n');
}
