// The columns that DuckDB reports for each question, held against what the question's file says of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statementOf } from '../../src/adapters/compose-over-tables.ts';
import { loadTrail } from '../../src/adapters/duckdb/load.ts';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { RECORDS } from '../corpus/cases.ts';
import { anyValues, expectPromised } from '../support/engine-columns.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let store: Store;
beforeAll(async () => {
  files = await scratch();
  store = await Store.openOrCreate(files.path('trail.duckdb'));
  await loadTrail(store, [await files.log('log.json', RECORDS)]);
  await store.prepareForQuestions();
});
afterAll(async () => {
  await store.close();
  await files.remove();
});

describe('what DuckDB answers', () => {
  it.each(readQuestions().map((question) => [question.name, question] as const))(
    'to %s has the columns that its file promises',
    async (_, question) => {
      const { sql, bound } = statementOf(question, anyValues(question));
      const columns = await store.all(`describe ${sql}`, bound);
      expectPromised(
        question,
        columns.map((row) => ({ name: String(row.column_name), type: String(row.column_type) })),
      );
    },
  );

  it('is told from what another file promises', () => {
    const [question] = readQuestions();
    expect(() => question && expectPromised(question, [{ name: 'x', type: 'varchar' }])).toThrow();
  });
});
