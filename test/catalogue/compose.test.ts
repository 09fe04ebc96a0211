// Files strung together to one statement.
import { describe, expect, it } from 'vitest';
import { compose, type Relation } from '../../src/catalogue/compose.ts';
import { parseQueryFile } from '../../src/catalogue/parse-query-file.ts';
import type { Question } from '../../src/catalogue/query-file.ts';
import { modelText, questionText, whoAccessedPath, whoAccessedSql } from './query-text.ts';

function question(changes: Record<string, string[]> = {}, sql = whoAccessedSql): Question {
  const file = parseQueryFile(
    whoAccessedPath,
    questionText({ param: ['resource text optional | R.', 'limit integer optional | L.'], ...changes }, sql),
  );
  if (file.kind !== 'question') throw new Error('the test text is no question');
  return file;
}

function relation(id: string, lines: Record<string, string[]>, sql: string): Relation {
  const file = parseQueryFile(`${id}.sql`, modelText(id, lines, sql));
  if (file.kind === 'question') throw new Error('the test text is no relation');
  return { name: file.name, file };
}

const records = relation(
  'models/records',
  { bind: ['since', 'until'] },
  'select 1 as n\nwhere ? < ? -- the range',
);
const sessions = relation(
  'models/sessions',
  { uses: ['records'] },
  'with a as (select n from records)\nselect n from a',
);
const calls = relation(
  'models/calls',
  { uses: ['records, sessions'] },
  'select r.n from records as r join sessions as s on r.n = s.n',
);

describe('composing', () => {
  it('puts relations in front, each once and behind what it reads, with the binds in the order of the text', () => {
    const { sql, binds } = compose(question(), [calls, sessions, records]);
    expect(sql).toBe(`with
records as (
select 1 as n
where ? < ? -- the range
),
sessions as (
with a as (select n from records)
select n from a
),
calls as (
select r.n from records as r join sessions as s on r.n = s.n
)
${whoAccessedSql}`);
    expect(binds).toEqual(['since', 'until', 'resource', 'limit']);
  });

  it('drops the word with of a question that has steps, and keeps its comments', () => {
    const sql = '\n/* with */ WITH few as (\n  select n from calls\n)\nselect n from few where n = ? limit ?';
    const composed = compose(question({}, sql), [calls, sessions, records]).sql;
    expect(
      composed.endsWith(
        ',\n/* with */ few as (\n  select n from calls\n)\nselect n from few where n = ? limit ?',
      ),
    ).toBe(true);
  });

  it('leaves out relations that nothing reads', () => {
    const { sql, binds } = compose(
      question({ uses: ['sessions'] }, 'select n from sessions where n = ? limit ?'),
      [calls, sessions, records],
    );
    expect(sql).not.toContain('calls as (');
    expect(binds).toEqual(['since', 'until', 'resource', 'limit']);
  });

  const self = relation('models/a', { uses: ['b'] }, 'select 1 from b');
  const other = relation('models/b', { uses: ['a'] }, 'select 1 from a');
  const readsA: [Record<string, string[]>, string] = [{ uses: ['a'] }, 'select 1 from a where 1 = ? limit ?'];
  const refused: [claim: string, () => unknown, message: string][] = [
    [
      'a relation that is not given',
      () => compose(question(), [records, sessions]),
      'questions/who-accessed reads "calls", which is not given',
    ],
    [
      'a relation that a model reads and is not given',
      () => compose(question(), [calls, records]),
      'models/calls reads "sessions", which is not given',
    ],
    [
      'two relations of one name',
      () => compose(question(), [calls, sessions, records, records]),
      'two relations for questions/who-accessed have one name',
    ],
    [
      'relations in a circle',
      () => compose(question(...readsA), [self, other]),
      'relations read each other in a circle: a, b, a',
    ],
    [
      'a relation that is read and not listed',
      () =>
        compose(question({}, 'select n from calls join sessions on n = ? limit ?'), [
          calls,
          sessions,
          records,
        ]),
      'questions/who-accessed reads "sessions", but its "uses" does not list it',
    ],
    [
      'a bind of a model that the question has no parameter for',
      () => compose(question(...readsA), [relation('models/a', { bind: ['resourc'] }, 'select ?')]),
      'models/a binds "resourc", which is not a parameter of questions/who-accessed (did you mean "resource"?)',
    ],
    [
      'a parameter that nothing reads',
      () =>
        compose(
          question({
            param: ['resource text optional | R.', 'limit integer optional | L.', 'pod text optional | P.'],
          }),
          [calls, sessions, records],
        ),
      'nothing in questions/who-accessed reads its parameter "pod"',
    ],
    [
      'a recursive question',
      () =>
        compose(question({}, 'with recursive t as (select n from calls) select ?, ? from t'), [
          calls,
          sessions,
          records,
        ]),
      'questions/who-accessed begins with "with recursive", which cannot be strung together',
    ],
    [
      'a step named as a relation',
      () =>
        compose(question({}, 'with sessions as (select n from calls) select ?, ? from sessions'), [
          calls,
          sessions,
          records,
        ]),
      'questions/who-accessed has a step "sessions", as a relation is named',
    ],
    [
      'a name that is none',
      () => compose(question(), [{ name: 'a; drop table b', file: calls.file }]),
      '"a; drop table b" is not a name for a relation: use snake_case',
    ],
  ];
  it.each(refused)('refuses %s', (_claim, act, message) => {
    expect(act).toThrow(message);
  });
});
