// Reads a file of queries/ into typed data, and reports all its faults at once.

import { columnOf, paramOf } from './described-names.ts';
import { CatalogueError, type Fault } from './errors.ts';
import {
  type FrontMatter,
  type FrontMatterKey,
  type FrontMatterLine,
  readFrontMatter,
} from './front-matter.ts';
import { suggestion } from './nearest.ts';
import { type Engine, engines, type QueryFile, type QueryParam, rangeBinds } from './query-file.ts';
import { countPlaceholders, firstWord, mentions, sqlCode } from './sql-text.ts';

type Kind = QueryFile['kind'];

/** What is known of a file while it is read. */
interface Reading {
  readonly id: string;
  readonly kind: Kind;
  readonly matter: FrontMatter;
  readonly report: (line: number, message: string) => void;
}

const forms: Record<Kind, RegExp> = {
  question: /^questions\/[a-z][a-z0-9-]*\.sql$/,
  model: /^models\/[a-z][a-z0-9_-]*\.sql$/,
  source: /^sources\/[a-z]+\/[a-z][a-z0-9_-]*\.sql$/,
};
const needed: Record<Kind, readonly FrontMatterKey[]> = {
  question: ['id', 'question', 'grain', 'uses', 'engines', 'column', 'read'],
  model: ['id', 'grain'],
  source: ['id', 'grain'],
};
const unfit: Record<Kind, readonly FrontMatterKey[]> = {
  question: [],
  model: ['question', 'param', 'example'],
  // The folder says which engine a source is for.
  source: ['question', 'param', 'example', 'engines'],
};

/** The query file at `path` (relative to queries/, with forward slashes). Throws CatalogueError with every fault and its line. */
export function parseQueryFile(path: string, text: string): QueryFile {
  const matter = readFrontMatter(text);
  const faults: Fault[] = [...matter.faults];
  const reading: Reading = {
    id: path.replace(/\.sql$/, ''),
    kind: kindOf(path),
    matter,
    report: (line, message) => faults.push({ line, message }),
  };
  const file =
    reading.kind === 'question' ? questionOf(path, reading) : relationOf(path, reading.kind, reading);
  if (faults.length === 0) return Object.freeze(file);
  faults.sort((a, b) => a.line - b.line);
  throw new CatalogueError(
    `${path} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`,
    faults,
  );
}

function kindOf(path: string): Kind {
  for (const kind of ['question', 'model', 'source'] as const) if (forms[kind].test(path)) return kind;
  throw new CatalogueError(
    `${path} is not a query file: expected questions/<name>.sql, models/<name>.sql or sources/<engine>/<name>.sql`,
  );
}

function questionOf(path: string, reading: Reading): QueryFile {
  const params = described(reading, 'param', paramOf);
  const question = {
    ...partsOf(path, reading),
    kind: 'question' as const,
    name: lastPart(reading.id),
    question: linesOf(reading, 'question')[0]?.value ?? '',
    params,
    examples: valuesOf(reading, 'example'),
  };
  const bindable = [...params.map(({ name }) => name), ...rangeBinds];
  for (const { line, value } of listOf(reading, 'bind')) {
    if (!bindable.includes(value)) {
      reading.report(line, `"${value}" is not a parameter of this question${suggestion(value, bindable)}`);
    }
  }
  for (const example of linesOf(reading, 'example')) checkExample(example, params, reading);
  return question;
}

function relationOf(path: string, kind: 'model' | 'source', reading: Reading): QueryFile {
  return { ...partsOf(path, reading), kind, name: lastPart(reading.id).replaceAll('-', '_') };
}

function partsOf(path: string, reading: Reading) {
  checkKeys(reading);
  checkStatement(reading);
  return {
    path,
    id: reading.id,
    grain: linesOf(reading, 'grain')[0]?.value ?? '',
    uses: Object.freeze(listOf(reading, 'uses').map(({ value }) => value)),
    binds: Object.freeze(listOf(reading, 'bind').map(({ value }) => value)),
    columns: described(reading, 'column', columnOf),
    engines: Object.freeze(enginesOf(reading)),
    reading: valuesOf(reading, 'read'),
    limits: valuesOf(reading, 'limit'),
    refs: valuesOf(reading, 'ref'),
    sql: reading.matter.sql,
    sqlLine: reading.matter.sqlLine,
  };
}

function checkKeys(reading: Reading): void {
  const { kind, id, matter, report } = reading;
  for (const key of needed[kind]) if (!matter.lines.has(key)) report(1, `"${key}" is missing`);
  for (const key of unfit[kind]) {
    for (const { line } of linesOf(reading, key)) report(line, `"${key}" has no place in a ${kind}`);
  }
  for (const { line, value } of linesOf(reading, 'id')) {
    if (value !== id) report(line, `the id reads "${value}", but the path says "${id}"`);
  }
  for (const { line, value } of linesOf(reading, 'ref')) {
    if (!value.startsWith('https://')) report(line, 'a reference begins with https://');
  }
}

function checkStatement(reading: Reading): void {
  const { matter, report } = reading;
  const { code, faults } = sqlCode(matter.sql);
  for (const { line, message } of faults) report(matter.sqlLine + line - 1, message);
  const { word } = firstWord(code);
  if (word !== 'select' && word !== 'with')
    report(matter.sqlLine, 'the statement must begin with "select" or "with"');
  const placeholders = countPlaceholders(code);
  const binds = listOf(reading, 'bind').length;
  if (placeholders !== binds) {
    report(matter.sqlLine, `the statement has ${placeholders} "?", but "bind" names ${binds}`);
  }
  const seen = new Set<string>();
  for (const { line, value } of listOf(reading, 'uses')) {
    if (seen.has(value)) report(line, `"${value}" appears twice`);
    else if (!mentions(code, value)) report(line, `the statement does not read "${value}"`);
    seen.add(value);
  }
}

/** An example is shown to people as a command: it must name parameters that exist, and every required one. */
function checkExample(
  { line, value }: FrontMatterLine,
  params: readonly QueryParam[],
  { report }: Reading,
): void {
  const given = [...value.matchAll(/(?<!\S)--([^\s=]+)/g)].map(([, flag]) =>
    (flag ?? '').replaceAll('-', '_'),
  );
  const names = params.map(({ name }) => name);
  for (const name of given) {
    if (!names.includes(name))
      report(line, `the example gives "${name}", which is not a parameter${suggestion(name, names)}`);
  }
  for (const { name, need } of params) {
    if (need === 'required' && !given.includes(name))
      report(line, `the example leaves out "${name}", which is required`);
  }
}

function enginesOf(reading: Reading): Engine[] {
  const { kind, id, report } = reading;
  const known = (name: string, line: number): name is Engine => {
    const isKnown = (engines as readonly string[]).includes(name);
    if (!isKnown) report(line, `unknown engine "${name}"${suggestion(name, engines)}`);
    return isKnown;
  };
  if (kind === 'source') return [id.split('/')[1] ?? ''].filter((name) => known(name, 1));
  const listed = listOf(reading, 'engines');
  // A model is the same text for every engine, unless it says otherwise.
  if (kind === 'model' && listed.length === 0) return [...engines];
  return listed.flatMap(({ line, value }) => (known(value, line) ? [value] : []));
}

/** The lines of a key that each describe a name; `read` answers with a message where it cannot. */
function described<T extends { readonly name: string }>(
  reading: Reading,
  key: 'param' | 'column',
  read: (value: string) => T | string,
): readonly T[] {
  const found = new Map<string, T>();
  for (const { line, value } of linesOf(reading, key)) {
    const item = read(value);
    if (typeof item === 'string') reading.report(line, item);
    else if (found.has(item.name)) reading.report(line, `"${item.name}" appears twice`);
    else found.set(item.name, Object.freeze(item));
  }
  return Object.freeze([...found.values()]);
}

/** The names of a comma-separated key, over all its lines. */
function listOf(reading: Reading, key: 'uses' | 'bind' | 'engines'): FrontMatterLine[] {
  return linesOf(reading, key).flatMap(({ line, value }) =>
    value.split(',').map((name) => ({ line, value: name.trim() })),
  );
}

function linesOf(reading: Reading, key: FrontMatterKey): readonly FrontMatterLine[] {
  return reading.matter.lines.get(key) ?? [];
}

function valuesOf(reading: Reading, key: FrontMatterKey): readonly string[] {
  return Object.freeze(linesOf(reading, key).map(({ value }) => value));
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
