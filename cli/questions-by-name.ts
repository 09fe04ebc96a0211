// Finds a question by the name under which it is asked.
import { readQuestions } from '../src/adapters/query-files.ts';
import { ParameterError } from '../src/catalogue/errors.ts';
import { suggestion } from '../src/catalogue/nearest.ts';
import type { Question } from '../src/catalogue/query-file.ts';

/** Throws ParameterError, with the nearest name, where there is no such question. */
export function questionByName(name: string): Question {
  const questions = readQuestions();
  const found = questions.find((question) => question.name === name);
  if (found !== undefined) return found;
  const names = questions.map((question) => question.name);
  throw new ParameterError(
    `there is no question "${name}"${suggestion(name, names)}; "podtrail questions" lists them`,
  );
}
