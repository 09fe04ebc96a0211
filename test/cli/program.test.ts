// The program as a shell sees it: exit codes, help, pipes that close, standard input, questions and their errors.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { rowsOf, runMain } from '../support/run-main.ts';
import { SMALL_TRAIL } from '../support/small-trail.ts';

const PROGRAM = new URL('../../dist/podtrail.js', import.meta.url).pathname;
let root: string;
let logs: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-program-'));
  logs = join(root, 'logs.json.gz');
  await writeFile(logs, gzipSync(JSON.stringify({ Records: Object.values(SMALL_TRAIL) })));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function shell(
  command: string,
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-o', 'pipefail', '-c', command],
      { env: { ...process.env, ...env }, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

describe('the program', () => {
  it('prints help and version, and knows no other command', async () => {
    const help = await runMain(['--help']);
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('podtrail demo')]);
    expect((await runMain(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const wrong = await runMain(['atribute', 'x']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('attribute')]);
    for (const command of ['demo', 'attribute', 'load', 'ask', 'questions', 'sql']) {
      const { code, stdout } = await runMain([command, '--help']);
      expect([command, code, stdout.includes('Usage: podtrail')]).toEqual([command, 0, true]);
    }
  });

  it('tells each question what it takes, and how to read its answer', async () => {
    const questions = readQuestions();
    expect(questions.length).toBeGreaterThanOrEqual(5);
    for (const { name, question, params } of questions) {
      const { code, stdout } = await runMain(['ask', name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(question);
      for (const param of params) expect(stdout).toContain(`--${param.name.replaceAll('_', '-')}`);
    }
  });

  it('refuses wrong usage with exit code 2 and the nearest name', async () => {
    const cases: [string[], RegExp][] = [
      [['ask', 'who-acessed', logs, '--resource', 'x'], /who-accessed/],
      [['ask', 'who-accessed', logs], /--resource/],
      [['ask', 'who-accessed', '--resource', 'x'], /--store FILE or log files/],
      [['ask', 'who-accessed', logs, '--store', 'x.duckdb', '--resource', 'x'], /not both/],
      [['ask', 'who-accessed', logs, '--resource', 'x', '--since', '2026-02-30'], /since/],
      [['attribute'], /path/],
      [['attribute', logs, '--format', 'yaml'], /table, markdown, csv, json, ndjson/],
      [['load', logs], /--store/],
      [['sql', 'nothing'], /podtrail questions/],
    ];
    for (const [argv, message] of cases) {
      const { code, stderr } = await runMain(argv);
      expect([argv.join(' '), code, stderr]).toEqual([argv.join(' '), 2, expect.stringMatching(message)]);
    }
  });

  it('lists the questions and prints their SQL with what its placeholders stand for', async () => {
    const { stdout } = await runMain(['questions', '--format', 'json']);
    const names = JSON.parse(stdout).map((row: { question: string }) => row.question);
    expect(names).toEqual(readQuestions().map(({ name }) => name));
    for (const name of names) {
      const sql = await runMain(['sql', name]);
      expect([name, sql.code, sql.stdout]).toEqual([name, 0, expect.stringMatching(/^-- /)]);
    }
  });

  it('reads standard input, and paths that cannot be read count as rejected', async () => {
    const piped = await shell(`node ${PROGRAM} attribute - < ${logs}`);
    expect([piped.code, rowsOf(piped.stdout).length]).toEqual([0, Object.keys(SMALL_TRAIL).length]);
    const absent = await runMain(['attribute', join(root, 'absent'), logs]);
    expect([absent.code, rowsOf(absent.stdout).length]).toEqual([3, Object.keys(SMALL_TRAIL).length]);
    expect(absent.stderr).toContain('absent');
  });

  it('ends quietly when its reader goes away', async () => {
    const trail = join(root, 'trail');
    await writeSimulatedTrail(trail, { seed: 1, records: 3000 });
    const child = spawn(process.execPath, [PROGRAM, 'attribute', trail], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, /Error|EPIPE|at .*js:/.test(stderr)]).toEqual([0, false]);
  });

  it('writes no colours and no progress where nobody sees them', async () => {
    const { stdout, stderr } = await shell(
      `node ${PROGRAM} ask who-accessed ${logs} --resource pii-exports`,
      { NO_COLOR: '1' },
    );
    expect(stdout).toContain('frontend');
    expect((stdout + stderr).includes('\x1b')).toBe(false);
  });

  it('shows hostile file names harmlessly', async () => {
    const name = join(root, 'evil\x1b[2Jname\n.json');
    await writeFile(name, 'no json');
    const { code, stderr } = await runMain(['attribute', name]);
    expect([
      code,
      stderr.includes('\x1b'),
      stderr.split('\n').filter((line) => line.startsWith('rejected file')).length,
    ]).toEqual([3, false, 1]);
  });
});
