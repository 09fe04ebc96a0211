// docs/causes.md is what the catalogue of causes says; "npm run docs" writes it anew.
import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.ts';
import { causesMarkdown } from '../../src/diagnosis/causes-markdown.ts';

it('docs/causes.md describes the causes as they are', async () => {
  await expect(causesMarkdown(CATALOGUE)).toMatchFileSnapshot('../../docs/causes.md');
});
