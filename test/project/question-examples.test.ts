// Every question is asked as its own examples ask it, of a simulated trail, through the program.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { rowsOf, runMain } from '../support/run-main.ts';

const questions = readQuestions();
const examples = questions.flatMap((question) => question.examples.map((line) => ({ question, line })));

let folder: string;
let store: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podtrail-examples-'));
  store = join(folder, 'trail.duckdb');
  await writeSimulatedTrail(join(folder, 'logs'), { records: 2_000, seed: 1 });
  const { code } = await podtrail('load', join(folder, 'logs'), '--store', store);
  expect(code).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The program as on the evening of the day that the simulated trail is about. */
const podtrail = (...argv: string[]) => runMain(argv, { now: new Date('2026-10-05T20:00:00Z') });

describe('the examples of a question', () => {
  it('are in every question', () => {
    expect(questions.length).toBeGreaterThan(4);
    expect(questions.filter(({ examples: lines }) => lines.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it.each(examples.map(({ question, line }) => [question.name, line, question] as const))(
    'ask %s %s, and get the columns that it promises',
    async (name, line, { columns }) => {
      const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      const answer = await podtrail('ask', name, '--store', store, '--format', 'csv', ...argv);
      const isEmpty = answer.stdout.trim().split('\n').length === 1;
      const said = isEmpty
        ? 'podtrail: no rows match ("podtrail ask trail-coverage" shows what these records cover)\n'
        : '';
      expect(answer).toMatchObject({ code: 0, stderr: said });
      expect(answer.stdout.split('\n')[0]).toBe(columns.map((column) => column.name).join(','));
    },
  );

  it('get rows where they name nothing but a time', async () => {
    const open = examples.filter(({ line }) => /^--since \S+$/.test(line));
    expect(open.length).toBeGreaterThan(1);
    for (const { question, line } of open) {
      const asked = ['ask', question.name, '--store', store, '--format', 'ndjson', ...line.split(' ')];
      const { stdout } = await podtrail(...asked);
      expect([question.name, rowsOf(stdout).length > 0]).toEqual([question.name, true]);
    }
  });
});
