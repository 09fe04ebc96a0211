// The program's door: help, version, the list of questions, their SQL, and commands that do not exist.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';

const ROOT = new URL('../../', import.meta.url);
const NAMES = readdirSync(new URL('queries/questions', ROOT))
  .map((file) => file.replace(/\.sql$/, ''))
  .sort();
const COMMANDS = [
  'demo',
  'attribute',
  'load',
  'ask',
  'questions',
  'sql',
  'diagnose',
  'policy',
  'snapshot',
  'athena',
  'trino',
];

describe('help', () => {
  it.each([
    [['help'], ['--help']],
    [
      ['help', 'load'],
      ['load', '--help'],
    ],
  ])('%j says what %j says', async (word, option) => {
    expect(await runMain(word)).toEqual(await runMain(option));
  });

  it('is printed for the program, with every command and the exit codes', async () => {
    const { code, stdout, stderr } = await runMain(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 usage, 3 done');
  });

  it.each(COMMANDS)('is printed for %s', async (command) => {
    const { code, stdout, stderr } = await runMain([command, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: podtrail ${command} `));
  });

  it.each(readQuestions())(
    'of $name says what it takes and how to read it, and has examples',
    async (asked) => {
      const { name, question, params, reading } = asked;
      const { code, stdout, stderr } = await runMain(['ask', name, '--help']);
      expect([code, stderr]).toEqual([0, '']);
      const text = stdout.replace(/\s+/g, ' ');
      for (const told of [question, ...reading]) expect(text).toContain(told);
      for (const param of params) expect(stdout).toContain(`--${param.name.replaceAll('_', '-')} <`);
      const [, beforeEngines = ''] = stdout.split(/^Examples?:$/m);
      expect(beforeEngines).toMatch(new RegExp(`^\\n {2}podtrail ask ${name} --store trail.duckdb `));
      expect(beforeEngines).toContain('Options of --engine athena:');
    },
  );

  it.each(['attribute', 'load', 'diagnose', ...NAMES.map((name) => `ask ${name}`)])(
    'of %s says which times may be written',
    async (command) => {
      const { stdout } = await runMain([...command.split(' '), '--help']);
      const text = stdout.replace(/\s+/g, ' ');
      const forms = text.match(/<time> [^<]*?: 2026-10-05, 2026-10-05T03:00Z \(UTC\), or an age: 24h, 7d/g);
      expect(forms?.length).toBe(text.match(/<time>/g)?.length);
    },
  );

  it('is printed as talk, with exit code 2, where nothing was asked', async () => {
    const { code, stdout, stderr } = await runMain([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: podtrail');
  });
});

describe('the version', () => {
  it.each(['--version', '-V'])("is the package's, by %s", async (flag) => {
    const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
    expect(await runMain([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('a command', () => {
  it('that does not exist is refused, with the nearest one', async () => {
    const { code, stdout, stderr } = await runMain(['atribute', 'logs']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe("error: unknown command 'atribute'\n(Did you mean attribute?)\n");
  });

  it.each([
    ['attribute', [], /missing required argument 'path'/],
    ['load', ['logs'], /required option '--store <file>' not specified/],
    ['attribute', ['logs', '--format', 'yaml'], /table, markdown, csv, json, ndjson/],
    ['sql', [], /missing required argument 'question'/],
    ['questions', ['one'], /too many arguments/],
    ['sql', ['who-accessed', '--frmat', 'csv'], /unknown option '--frmat'/],
  ])('%s with wrong arguments is refused: %j', async (command, argv, said) => {
    const { code, stdout, stderr } = await runMain([command, ...argv]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });
});

describe('an option with an empty value', () => {
  it.each([
    [['load', 'logs', '--store', ''], '--store'],
    [['attribute', 'logs', '--snapshot', 'a.json', '--snapshot', ''], '--snapshot'],
    [['demo', '--keep', ''], '--keep'],
    [['diagnose', '--store', 'trail.duckdb', '--namespace', ''], '--namespace'],
    [['diagnose', '--error', ''], '--error'],
    [['policy', 'explain', 'role.json', '--subject', 'x', '--issuer='], '--issuer'],
    [['athena', 'init', '--print', '--location', ''], '--location'],
  ])('is refused before anything is done: %j', async (argv, flag) => {
    const { code, stdout, stderr } = await runMain(argv);
    expect([code, stdout, stderr]).toEqual([2, '', `podtrail: ${flag} needs a value\n`]);
  });
});

describe('questions', () => {
  it('lists every question, with what it asks and takes', async () => {
    const rows = await rowsFrom(['questions', '-f', 'ndjson']);
    expect(rows.map(({ question }) => question)).toEqual(NAMES);
    for (const { asks } of rows) expect(asks).toMatch(/\?$/);
    expect(rows.find(({ question }) => question === 'who-accessed')?.takes).toBe(
      '--resource [--since] [--until]',
    );
  });

  it('is a table for people', async () => {
    const { code, stdout } = await runMain(['questions']);
    expect(code).toBe(0);
    for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
  });
});

describe('sql', () => {
  it.each(NAMES)('prints the whole statement of %s, and what each ? stands for', async (name) => {
    const { code, stdout } = await runMain(['sql', name]);
    expect(code).toBe(0);
    const statement = stdout.split('\n').filter((line) => !line.startsWith('--'));
    const placeholders = statement.join('\n').match(/\?/g) ?? [];
    const explained = stdout.match(/^-- \? \d+: [a-z_]+$/gm) ?? [];
    expect(stdout).toMatch(/^with$/m);
    expect(explained.length).toBeGreaterThan(1);
    // Question marks stand in a few expressions too.
    expect(placeholders.length).toBeGreaterThanOrEqual(explained.length);
  });

  it('refuses a question that does not exist, with the nearest one', async () => {
    const { code, stderr } = await runMain(['sql', 'who-acessed']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'podtrail: there is no question "who-acessed" (did you mean "who-accessed"?); "podtrail questions" lists them\n',
    );
  });
});

it('an error that nobody expected is told, and with PODTRAIL_DEBUG where it was thrown', async () => {
  const io = (env: Record<string, string>) => {
    const told: string[] = [];
    const stdout = {
      write: () => {
        throw new RangeError('no room');
      },
    };
    return {
      told,
      io: {
        env,
        stdout,
        stderr: { write: (text: string) => told.push(text) },
        now: () => new Date(),
      } as unknown as Io,
    };
  };
  const plain = io({});
  expect(await main(['--version'], plain.io)).toBe(1);
  expect(plain.told.join('')).toBe(
    'podtrail: no room\npodtrail: this is a fault of podtrail: run it again with PODTRAIL_DEBUG=1 for a stack trace to report\n',
  );
  const debug = io({ PODTRAIL_DEBUG: '1' });
  expect(await main(['--version'], debug.io)).toBe(1);
  expect(debug.told.join('')).toContain('main.test.ts');
});
