// Query files as typed data, and every fault of a wrong one at its line.
import { describe, expect, it } from 'vitest';
import { CatalogueError } from '../../src/catalogue/errors.ts';
import { parseQueryFile } from '../../src/catalogue/parse-query-file.ts';
import { modelText, questionText, whoAccessedPath, whoAccessedSql } from './query-text.ts';

function faultsOf(path: string, text: string): string[] {
  try {
    parseQueryFile(path, text);
  } catch (error) {
    if (error instanceof CatalogueError)
      return error.faults.map(({ line, message }) => `${line}: ${message}`);
    throw error;
  }
  return [];
}

describe('a question', () => {
  const text = questionText({
    limit: ['It knows no pods.', 'It ends with the logs.'],
    ref: ['https://docs.aws.amazon.com/'],
    example: ['--resource pii-exports --limit 5'],
  });

  it('reads to typed parts', () => {
    expect(parseQueryFile(whoAccessedPath, `${text}\n\n`)).toEqual({
      kind: 'question',
      path: whoAccessedPath,
      id: 'questions/who-accessed',
      name: 'who-accessed',
      question: 'Which workloads used this resource, when and how often?',
      grain: 'one row per workload',
      params: [
        { name: 'resource', type: 'text', need: 'required', defaultText: null, description: 'The resource.' },
        {
          name: 'since',
          type: 'time',
          need: 'optional',
          defaultText: null,
          description: 'Start of the time range (inclusive).',
        },
        {
          name: 'limit',
          type: 'integer',
          need: 'default',
          defaultText: '100',
          description: 'How many rows at most.',
        },
      ],
      binds: ['resource', 'limit'],
      columns: [
        { name: 'workload_namespace', type: 'text', description: 'The namespace.' },
        { name: 'calls', type: 'integer', description: 'How many calls.' },
      ],
      uses: ['calls'],
      engines: ['duckdb', 'athena', 'trino'],
      reading: ['One workload a row.'],
      limits: ['It knows no pods.', 'It ends with the logs.'],
      refs: ['https://docs.aws.amazon.com/'],
      examples: ['--resource pii-exports --limit 5'],
      sql: whoAccessedSql,
      sqlLine: 18,
    });
  });

  it('cannot be changed once it is read', () => {
    const file = parseQueryFile(whoAccessedPath, text);
    const parts: unknown[] = [file, ...Object.values(file).filter((part) => typeof part === 'object')];
    expect(parts.length).toBeGreaterThan(5);
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
    for (const column of file.columns) expect(Object.isFrozen(column)).toBe(true);
  });

  it('keeps the comments of its statement, behind a blank line', () => {
    const file = parseQueryFile(whoAccessedPath, questionText({}, `\n-- why ?\n${whoAccessedSql}`));
    expect(file.sql).toBe(`-- why ?\n${whoAccessedSql}`);
    expect(file.sqlLine).toBe(15);
  });

  it('may begin with its own steps and use quotes, and ? in them binds nothing', () => {
    const sql = `with "a?" as (select '?''?' as q /* ? */ from calls)\nselect q from "a?" where q = ? -- ?\nlimit ?`;
    expect(parseQueryFile(whoAccessedPath, questionText({}, sql)).binds).toEqual(['resource', 'limit']);
  });

  it('may spread its binds over lines', () => {
    const file = parseQueryFile(
      whoAccessedPath,
      questionText({ bind: ['resource', 'since, until'] }, 'select ?, ?, ? from calls'),
    );
    expect(file.binds).toEqual(['resource', 'since', 'until']);
  });
});

describe('a relation', () => {
  it('of a model is named as SQL names it and fits every engine', () => {
    const text = modelText('models/session-links', { uses: ['records'] }, 'select 1 from records');
    const file = parseQueryFile('models/session-links.sql', text);
    expect(file).toMatchObject({
      kind: 'model',
      name: 'session_links',
      engines: ['duckdb', 'athena', 'trino'],
    });
  });

  it('of a source fits the engine of its folder', () => {
    const file = parseQueryFile(
      'sources/athena/records.sql',
      modelText('sources/athena/records', {}, 'select 1'),
    );
    expect(file).toMatchObject({ kind: 'source', name: 'records', engines: ['athena'], columns: [] });
  });

  it('has no parameters, and a source no engines', () => {
    const text = modelText(
      'sources/duckdb/records',
      { param: ['a text optional | A.'], engines: ['duckdb'] },
      'select 1',
    );
    expect(faultsOf('sources/duckdb/records.sql', text)).toEqual([
      '3: "param" has no place in a source',
      '4: "engines" has no place in a source',
    ]);
  });

  it('of an unknown engine is refused', () => {
    const text = modelText('sources/duckbd/records', {}, 'select 1');
    expect(faultsOf('sources/duckbd/records.sql', text)).toEqual([
      '1: unknown engine "duckbd" (did you mean "duckdb"?)',
    ]);
  });
});

describe('a fault', () => {
  const lines: [claim: string, changes: Record<string, string[]>, fault: string][] = [
    [
      'an id that differs from the path',
      { id: ['questions/who'] },
      '1: the id reads "questions/who", but the path says "questions/who-accessed"',
    ],
    ['an unknown key', { colum: ['x'] }, '14: unknown key "colum" (did you mean "column"?)'],
    ['a key that every object has', { constructor: ['x'] }, '14: unknown key "constructor"'],
    ['a key without a value', { limit: [''] }, '14: "limit" says nothing'],
    ['a key that stands twice', { grain: ['a', 'b'] }, '4: "grain" appears twice'],
    ['a missing key', { read: [] }, '1: "read" is missing'],
    [
      'a parameter that does not parse',
      { param: ['resource', 'limit integer default 1 | L.', 'resource text optional | R.'] },
      '4: expected "<name> <type> required | <description>", or "optional" or "default <value>" in its place',
    ],
    [
      'an unknown parameter type',
      { param: ['resource text optional | R.', 'limit integr optional | L.', 'limit integer optional | L.'] },
      '5: unknown parameter type "integr" (did you mean "integer"?)',
    ],
    [
      'a parameter twice',
      {
        param: ['resource text optional | R.', 'limit integer optional | L.', 'limit integer optional | L.'],
      },
      '6: "limit" appears twice',
    ],
    [
      'a default that is not of its type',
      {
        param: [
          'resource text optional | R.',
          'limit integer default all | L.',
          'limit integer optional | L.',
        ],
      },
      '5: the default of "limit": "limit" must be a whole number, such as 100',
    ],
    [
      'a parameter in other letters',
      {
        param: ['resource text optional | R.', 'Limit integer optional | L.', 'limit integer optional | L.'],
      },
      '5: the parameter name "Limit" is not snake_case',
    ],
    [
      'a column that does not parse',
      { column: ['calls integer'] },
      '9: expected "<name> <type> | <description>"',
    ],
    ['an unknown column type', { column: ['calls duration | C.'] }, '9: unknown column type "duration"'],
    ['a column twice', { column: ['calls integer | C.', 'calls integer | C.'] }, '10: "calls" appears twice'],
    [
      'a bind that is no parameter',
      { bind: ['resourc', 'limit'] },
      '7: "resourc" is not a parameter of this question (did you mean "resource"?)',
    ],
    ['binds that are too few', { bind: ['resource'] }, '13: the statement has 2 "?", but "bind" names 1'],
    [
      'a relation that it does not read',
      { uses: ['calls, sessions'] },
      '11: the statement does not read "sessions"',
    ],
    ['a relation twice', { uses: ['calls, calls'] }, '11: "calls" appears twice'],
    ['an unknown engine', { engines: ['duckdb, presto'] }, '12: unknown engine "presto"'],
    ['a reference that is no link', { ref: ['see the docs'] }, '14: a reference begins with https://'],
    [
      'an example with an unknown parameter',
      { example: ['--resource x --limt 3'] },
      '14: the example gives "limt", which is not a parameter (did you mean "limit"?)',
    ],
    [
      'an example without a required one',
      { example: ['--limit=3'] },
      '14: the example leaves out "resource", which is required',
    ],
  ];
  it.each(lines)('is %s', (_claim, changes, fault) => {
    expect(faultsOf(whoAccessedPath, questionText(changes))).toEqual([fault]);
  });

  it('is a comment that is no front matter', () => {
    expect(faultsOf(whoAccessedPath, questionText({}, `-- why\n--\n${whoAccessedSql}`))).toEqual([
      '14: expected "-- key: value"',
      '15: expected "-- key: value"',
    ]);
  });

  const statements: [claim: string, sql: string, fault: string][] = [
    [
      'a trailing semicolon',
      'select ?, ?\nfrom calls;',
      '16: one statement without ";" (Trino refuses it, and the text is strung together with others)',
    ],
    ['an open string', "select ?, ? from calls\nwhere a = 'x", "16: ' is opened and never closed"],
    ['an open identifier', 'select ?, ? from calls where "x', '15: " is opened and never closed'],
    ['an open comment', 'select ?, ? from calls /* x', '15: the comment is opened and never closed'],
    ['a nested comment', 'select ?, ? from calls /* a /* b */', '15: a comment inside a comment'],
    ['an open parenthesis', 'select (?, ? from calls\n', '15: a "(" without its ")"'],
    ['a parenthesis too many', 'select ?, ?) from calls', '15: a ")" without its "("'],
    [
      'another statement',
      'delete from calls where a = ? and b = ?',
      '15: the statement must begin with "select" or "with"',
    ],
  ];
  it.each(statements)('is %s', (_claim, sql, fault) => {
    expect(faultsOf(whoAccessedPath, questionText({}, `\n${sql}`))).toContain(fault);
  });

  it('never hides another: all stand in one message, by line', () => {
    const text = questionText({ id: ['x'], colum: ['x'], bind: [] });
    expect(() => parseQueryFile(whoAccessedPath, text)).toThrow(
      [
        'questions/who-accessed.sql has 3 faults',
        '  line 1: the id reads "x", but the path says "questions/who-accessed"',
        '  line 12: unknown key "colum" (did you mean "column"?)',
        '  line 13: the statement has 2 "?", but "bind" names 0',
      ].join('\n'),
    );
  });

  it.each([
    'who-accessed.sql',
    'questions/Who.sql',
    'questions/who',
    'sources/records.sql',
    '../questions/who.sql',
  ])('is the path %s', (path) => {
    expect(() => parseQueryFile(path, questionText())).toThrow(`${path} is not a query file`);
  });
});
