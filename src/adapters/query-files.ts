// Reads the files of queries/, wherever podtrail is installed.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { ParameterError } from '../catalogue/errors.ts';
import { suggestion } from '../catalogue/nearest.ts';
import { parseQueryFile } from '../catalogue/parse-query-file.ts';
import type { Question, RelationFile } from '../catalogue/query-file.ts';

const PRELUDE = createRequire(import.meta.url).resolve('#queries/sources/duckdb/prelude.sql');
const ROOT = dirname(dirname(dirname(PRELUDE)));

/** The text of one file, its path relative to queries/. */
export function readQueryText(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}

/** A model or source, its path relative to queries/. Throws CatalogueError where the file breaks the catalogue's rules. */
export function readRelation(path: string): RelationFile {
  const file = parseQueryFile(path, readQueryText(path));
  if (file.kind === 'question') throw new TypeError(`${path} is a question, not a relation`);
  return file;
}

/** All questions, by name. */
export function readQuestions(): Question[] {
  return readdirSync(`${ROOT}/questions`)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const path = `questions/${name}`;
      const file = parseQueryFile(path, readQueryText(path));
      if (file.kind !== 'question') throw new TypeError(`${path} is not a question`);
      return file;
    });
}

/** The question of this name. Throws ParameterError, with the nearest name, where there is none. */
export function readQuestion(name: string): Question {
  const questions = readQuestions();
  const found = questions.find((question) => question.name === name);
  if (found !== undefined) return found;
  const names = questions.map((question) => question.name);
  throw new ParameterError(
    `there is no question "${name}"${suggestion(name, names)}; "podtrail questions" lists them`,
  );
}
