// docs/questions.md is what the questions say of themselves; "npx vitest run -u test/docs" writes it anew.
import { expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { questionsMarkdown } from '../../src/catalogue/questions-markdown.ts';

it('docs/questions.md describes the questions as they are', async () => {
  await expect(questionsMarkdown(readQuestions())).toMatchFileSnapshot('../../docs/questions.md');
});
