// `podtrail ask`: a question to a store or straight to log files, and what is said of a question put wrongly.
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { at } from '../corpus/parts.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { logFileName, type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let store: string;
let logs: string;

beforeAll(async () => {
  files = await scratch();
  store = files.path('trail.duckdb');
  await files.log('logs/a.json.gz', RECORDS);
  logs = files.path('logs');
  await runMain(['load', logs, '--store', store]);
});

afterAll(() => files.remove());

const QUESTIONS: [name: string, argv: string[]][] = [
  ['attributed-calls', []],
  ['cross-account-access', []],
  ['delegated-sessions', []],
  ['denied-calls', []],
  ['failed-assumptions', []],
  ['failure-trend', []],
  ['mechanism-inventory', []],
  ['node-role-calls', []],
  ['role-subjects', []],
  ['session-churn', ['--factor', '1']],
  ['session-timeline', ['--session', 'botocore-session-1791169560']],
  ['sessions', []],
  ['stopped-renewing', []],
  ['unattributed', []],
  ['used-actions', []],
  ['what-accessed', ['--namespace', 'frontend', '--service-account', 'api']],
  ['who-accessed', ['--resource', 'pii-exports']],
];

describe.each(QUESTIONS)('%s', (name, argv) => {
  const range = ['--since', at('03:00:00'), '--until', at('04:00:00')];

  it.each([
    ['over all time', []],
    ['over a time range', range],
  ])('has the same answer from paths as from a store, %s', async (_, times) => {
    const asked = ['ask', name, ...argv, ...times, '-f', 'ndjson'];
    const rows = await rowsFrom([...asked, '--store', store]);
    expect(rows.length).toBeGreaterThan(0);
    expect(await rowsFrom([...asked, logs])).toEqual(rows);
  });
});

describe('a time range', () => {
  const times = async (...range: string[]) =>
    (await rowsFrom(['ask', 'attributed-calls', ...range, '--store', store, '-f', 'ndjson'])).map(
      ({ event_time }) => event_time,
    );

  it('holds its beginning and not its end', async () => {
    expect(await times('--since', at('03:10:00'), '--until', at('03:10:30'))).toEqual([at('03:10:00')]);
    expect(await times('--since', at('03:10:01'), '--until', at('03:10:31'))).toEqual([at('03:10:30')]);
  });

  it.each(QUESTIONS.filter(([name]) => name !== 'session-timeline'))(
    'without a record has no row of %s',
    async (name, argv) => {
      const none = ['--since', '2020-01-01', '--until', '2020-01-02'];
      expect(await rowsFrom(['ask', name, ...argv, ...none, '--store', store, '-f', 'ndjson'])).toEqual([]);
    },
  );

  it('may be counted back from now, and be open', async () => {
    expect(await times('--since', '1h')).toEqual([]);
    const all = await times();
    expect(await times('--since', '24h')).toEqual(all);
    expect(await times('--until', '1h')).toEqual(all);
  });

  it('does not change who made a call whose issuance lies before it', async () => {
    const asked = [
      'ask',
      'attributed-calls',
      '--since',
      at('03:16:00'),
      '--until',
      at('03:16:01'),
      '--store',
      store,
      '-f',
      'ndjson',
    ];
    expect(await rowsFrom(asked)).toMatchObject([
      { workload_namespace: 'etl', workload_service_account: 'loader', evidence: 'chained' },
    ]);
  });
});

describe('a question put wrongly', () => {
  const WRONG: [claim: string, argv: string[], said: RegExp][] = [
    ['names no question', [], /name a question: "podtrail questions" lists them/],
    ['misspells its question', ['who-acessed', '--store', 'x'], /did you mean "who-accessed"/],
    [
      'comes after its options',
      ['--store', 'x', 'unattributed'],
      /the question comes before paths and options: podtrail ask unattributed …/,
    ],
    [
      'comes after its paths',
      ['logs', 'who-accessed', '--resource', 'carts'],
      /the question comes before paths and options: podtrail ask who-accessed …/,
    ],
    ['misses what is required', ['who-accessed', '--store', 'x'], /--resource is required: An ARN/],
    [
      'misspells what is required',
      ['who-accessed', '--resorce', 'carts', '--store', 'x'],
      /unknown option '--resorce'\n.*Did you mean --resource/,
    ],
    [
      'has an option of log files beside a store',
      ['unattributed', '--store', 'x', '--config', 'podtrail.json'],
      /--config has no effect with --store: give it to "podtrail load"/,
    ],
    [
      'has an option of an engine beside a store',
      ['unattributed', '--store', 'x', '--max-scan', '3GB'],
      /--max-scan belongs to --engine athena or trino/,
    ],
    [
      "has another engine's option",
      ['unattributed', '--engine', 'athena', '--server', 'https://trino:8443'],
      /--server belongs to --engine trino/,
    ],
    ['has an empty value', ['who-accessed', '--resource', '', '--store', 'x'], /--resource needs a value/],
    [
      'has a flag that is misspelt',
      ['unattributed', '--limt', '3', '--store', 'x'],
      /Did you mean --limit\?/,
    ],
    [
      'has no number where one is due',
      ['unattributed', '--limit', 'many', '--store', 'x'],
      /--limit must be a whole number/,
    ],
    [
      'has a negative number',
      ['unattributed', '--limit', '-1', '--store', 'x'],
      /--limit must be a whole number/,
    ],
    [
      'has no time where one is due',
      ['unattributed', '--since', 'noon', '--store', 'x'],
      /--since: "noon" is not a time/,
    ],
    [
      'has a day that does not exist',
      ['unattributed', '--since', '2026-02-30', '--store', 'x'],
      /there is no day 2026-02-30/,
    ],
    [
      'ends before it begins',
      ['unattributed', '--since', '2026-10-06', '--until', '2026-10-05', '--store', 'x'],
      /is before since/,
    ],
    ['is put to nothing', ['unattributed'], /give --store FILE or log files/],
    [
      'is put to a store and to paths',
      ['unattributed', 'logs', '--store', 'x'],
      /--store or paths, not both/,
    ],
    [
      'wants an unknown format',
      ['unattributed', '--store', 'x', '-f', 'xml'],
      /Allowed choices are table, markdown, csv, json, ndjson/,
    ],
  ];

  it.each(WRONG)('%s: exit code 2, and what to do', async (_, argv, said) => {
    const { code, stdout, stderr } = await runMain(['ask', ...argv]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });

  it('says everything that is wrong at once', async () => {
    const { stderr } = await runMain([
      'ask',
      'unattributed',
      '--since',
      'noon',
      '--limit',
      'many',
      '--store',
      store,
    ]);
    expect(stderr).toContain('--since: "noon"');
    expect(stderr).toContain('--limit must');
  });
});

describe('an answer without rows', () => {
  it('says where no records were read, and what became of the files', async () => {
    const empty = files.path('no-logs');
    await mkdir(empty);
    const nothing = await runMain(['ask', 'unattributed', empty]);
    expect(nothing.stderr).toBe(
      'no files were found under these paths\npodtrail: no rows: no CloudTrail records were read\n',
    );
    const old = await files.log(`old/${logFileName('20261005T0311Z', 'aaaaaaaaaaaaaaaa')}`, []);
    const skipped = await runMain(['ask', 'unattributed', old, '--since', '2026-11-01']);
    expect(skipped.stderr).toMatch(/\nskipped files: .*time range.* \(1\)\n/);
    expect(skipped.stderr).toContain('no CloudTrail records were read');
  });
});
