// The README shows what the program prints: its outputs are held against the commands that they are shown for.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ran, runMain } from '../support/run-main.ts';

const TERMINAL = { columns: 80, env: { NO_COLOR: '1' } };
let folder: string;
let trail: string;
let demo: Ran;
/** The text blocks of the README that are no commands, in order. */
let outputs: string[];

beforeAll(async () => {
  const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n([^`]*)```$/gm)];
  outputs = blocks.flatMap(([, language, block = '']) => (language === '' ? [block] : []));
  folder = await mkdtemp(join(tmpdir(), 'podtrail-readme-'));
  trail = join(folder, 'trail');
  demo = await runMain(['demo', '--keep', trail], TERMINAL);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Text of which an ellipsis leaves any part out. */
function excerpt(shown: string | undefined): RegExp {
  const parts = (shown ?? '(nothing)').trim().split(/\s*…\s*/);
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s\\S]*?'));
}

const trimmed = (text: string) => text.replace(/ +$/gm, '');

it('shows who read a bucket, and what was read', async () => {
  const asked = await runMain(['ask', 'who-accessed', trail, '--resource', 'pii-exports'], TERMINAL);
  expect(trimmed(asked.stdout)).toMatch(excerpt(outputs[0]));
  expect(asked.stderr).toMatch(excerpt(outputs[3]));
});

it('shows why a pod gets no credentials', async () => {
  const line =
    'No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE';
  const { stdout } = await runMain(['diagnose', '--error', line], TERMINAL);
  expect(stdout).toMatch(excerpt(outputs[1]));
});

it('shows how the demo ends', () => {
  expect(demo.stdout).toMatch(excerpt(outputs[2]));
  expect(outputs).toHaveLength(4);
});
