// Strings a question and the relations that it reads together into one statement; never rewrites their text.
import { CatalogueError } from './errors.ts';
import { suggestion } from './nearest.ts';
import { type QueryFile, rangeBinds } from './query-file.ts';
import { firstWord, readsFrom, sqlCode, stepNames } from './sql-text.ts';

/** What of a query file matters to its text. */
export type StatementPart = Pick<QueryFile, 'id' | 'uses' | 'binds' | 'sql'>;

/** A relation by the name that statements read it by. */
export interface Relation {
  readonly name: string;
  readonly file: StatementPart;
}

/** A statement that can be asked, a question of the catalogue or not, with the names that values are given by. */
export interface Askable extends StatementPart {
  readonly params: readonly { readonly name: string }[];
}

export interface ComposedQuery {
  readonly sql: string;
  /** What each `?` stands for, in the order of the text. */
  readonly binds: readonly string[];
}

/**
 * `with records as (…), sessions as (…) <question>`: the relations that the question reads, directly or through others, each
 * once and behind those that it reads itself; relations that nothing reads are left out. `tables` are relations that the engine
 * has by these names, which need no text. Throws CatalogueError where files do not fit.
 */
export function compose(
  question: Askable,
  relations: readonly Relation[],
  tables: readonly string[] = [],
): ComposedQuery {
  const byName = new Map(relations.map((relation) => [relation.name, relation]));
  for (const name of byName.keys()) {
    if (!/^[a-z][a-z0-9_]*$/.test(name))
      throw new CatalogueError(`"${name}" is not a name for a relation: use snake_case`);
  }
  if (byName.size < relations.length)
    throw new CatalogueError(`two relations for ${question.id} have one name`);
  const read = inOrder(question, byName, new Set(tables));
  const files: StatementPart[] = [...read.map(({ file }) => file), question];
  for (const file of files) checkReads(file, byName);
  const binds = files.flatMap((file) => file.binds);
  checkBinds(question, files);
  const steps = read.map(({ name, file }) => `${name} as (\n${file.sql}\n)`).join(',\n');
  return { sql: joined(question, read, steps), binds: Object.freeze(binds) };
}

/** Depth first, in the order of `uses`: the same files always give the same text. */
function inOrder(
  question: Askable,
  byName: ReadonlyMap<string, Relation>,
  tables: ReadonlySet<string>,
): Relation[] {
  const done = new Set<Relation>();
  const visit = (file: StatementPart, path: readonly string[]) => {
    for (const name of file.uses) {
      if (tables.has(name)) continue;
      const relation = byName.get(name);
      if (relation === undefined) {
        throw new CatalogueError(
          `${file.id} reads "${name}", which is not given${suggestion(name, byName.keys())}`,
        );
      }
      if (path.includes(name))
        throw new CatalogueError(`relations read each other in a circle: ${[...path, name].join(', ')}`);
      if (done.has(relation)) continue;
      visit(relation.file, [...path, name]);
      done.add(relation);
    }
  };
  visit(question, []);
  return [...done];
}

/** A relation that a statement reads and does not list would be found, or not, by the accident of its place in the text. */
function checkReads(file: StatementPart, byName: ReadonlyMap<string, Relation>): void {
  const { code } = sqlCode(file.sql);
  const own = stepNames(code);
  for (const name of byName.keys()) {
    if (own.has(name) || file.uses.includes(name)) continue;
    if (readsFrom(code, name)) {
      throw new CatalogueError(`${file.id} reads "${name}", but its "uses" does not list it`);
    }
  }
}

function checkBinds(question: Askable, files: readonly StatementPart[]): void {
  const names = question.params.map(({ name }) => name);
  const bound = new Set<string>();
  for (const file of files) {
    for (const bind of file.binds) {
      bound.add(bind);
      if (names.includes(bind) || (rangeBinds as readonly string[]).includes(bind)) continue;
      throw new CatalogueError(
        `${file.id} binds "${bind}", which is not a parameter of ${question.id}${suggestion(bind, names)}`,
      );
    }
  }
  const idle = names.filter((name) => !bound.has(name));
  if (idle.length > 0)
    throw new CatalogueError(`nothing in ${question.id} reads its parameter "${idle.join('", "')}"`);
}

/** Where the question has steps of its own, its word `with` makes way for the one in front. */
function joined(question: Askable, read: readonly Relation[], steps: string): string {
  if (read.length === 0) return question.sql;
  const { code } = sqlCode(question.sql);
  const { word, start, end } = firstWord(code);
  if (word === 'select') return `with\n${steps}\n${question.sql}`;
  if (word !== 'with') throw new CatalogueError(`${question.id} must begin with "select" or "with"`);
  if (firstWord(code.slice(end)).word === 'recursive') {
    throw new CatalogueError(`${question.id} begins with "with recursive", which cannot be strung together`);
  }
  const own = stepNames(code);
  const twice = read.find(({ name }) => own.has(name));
  if (twice !== undefined)
    throw new CatalogueError(`${question.id} has a step "${twice.name}", as a relation is named`);
  return `with\n${steps},\n${question.sql.slice(0, start)}${question.sql.slice(end).trimStart()}`;
}
