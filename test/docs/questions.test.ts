// docs/questions.md is what the questions say of themselves, with a row of a golden answer; "npm run docs" writes it anew.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { questionsMarkdown, type Sample } from '../../src/catalogue/questions-markdown.ts';

const GOLDEN = new URL('../golden/', import.meta.url);

/** The first row of each question's first golden answer that has one. */
function samples(): Record<string, Sample> {
  const found: Record<string, Sample> = {};
  for (const name of readdirSync(GOLDEN).sort()) {
    const { question, argv, rows } = JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8'));
    if (rows.length > 0) found[question] ??= { argv, row: rows[0] };
  }
  return found;
}

it('docs/questions.md describes the questions as they are, each with a sample', async () => {
  const questions = readQuestions();
  expect(Object.keys(samples()).sort()).toEqual(questions.map(({ name }) => name).sort());
  await expect(questionsMarkdown(questions, samples())).toMatchFileSnapshot('../../docs/questions.md');
});
