// Every file of queries/ can be read, and is. That each question can be asked is in question-examples.test.ts.
import { describe, expect, it } from 'vitest';
import { parseQueryFile } from '../../src/catalogue/parse-query-file.ts';
import { contentOf, trackedFiles } from './tracked-files.ts';

/** Statements of DuckDB's own, and no queries: macros that make it understand the others, and what is written to records and counted of them. */
const STATEMENTS = ['attribute-records', 'count-records', 'prelude'].map(
  (name) => `queries/sources/duckdb/${name}.sql`,
);

const paths = trackedFiles('queries').filter((path) => !STATEMENTS.includes(path));
const files = () => paths.map((path) => parseQueryFile(path.slice('queries/'.length), contentOf(path)));

describe('queries/', () => {
  it('holds SQL only', () => {
    expect(paths.filter((path) => !path.endsWith('.sql'))).toEqual([]);
    expect(trackedFiles('queries')).toEqual(expect.arrayContaining(STATEMENTS));
  });

  it.each(paths)('%s reads as a query file', (path) => {
    expect(parseQueryFile(path.slice('queries/'.length), contentOf(path)).sql).not.toBe('');
  });

  it('adds to judgements what has its columns, in its order', () => {
    const columns = (name: string) => {
      const sql = contentOf(`queries/models/${name}.sql`);
      const selected = sql.slice(sql.lastIndexOf('\nselect\n'), sql.lastIndexOf('\nfrom '));
      return [...selected.matchAll(/ as (\w+),?$/gm)].map(([, column]) => column);
    };
    expect(columns('judgements')).toHaveLength(22);
    for (const name of ['judged-twins', 'judged-assumptions'])
      expect(columns(name)).toEqual(columns('judgements'));
  });

  it('has no relation that nothing reads', () => {
    const adapters = trackedFiles('src/adapters').map(contentOf).join('\n');
    const used = new Set(files().flatMap((file) => file.uses));
    const relations = files().filter((file) => file.kind !== 'question');
    expect(relations.length).toBeGreaterThan(4);
    const isRead = (id: string, name: string) =>
      used.has(name) || adapters.includes(`'${id}.sql'`) || adapters.includes(`'${id.split('/').at(-1)}'`);
    expect(relations.filter(({ id, name }) => !isRead(id, name)).map(({ id }) => id)).toEqual([]);
  });
});
