// What is said of an answer that may go on beyond its limit, whatever it was read from.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { athenaInTests, NOTHING } from '../support/athena-in-tests.ts';
import { rowsOf, runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let store: string;
let logs: string;
const start = athenaInTests();

beforeAll(async () => {
  files = await scratch();
  store = files.path('trail.duckdb');
  logs = await files.log('logs/a.json', RECORDS);
  await runMain(['load', logs, '--store', store]);
});

afterAll(() => files.remove());

const DAY = ['--since', '2026-10-05', '--until', '2026-10-06'];
const SOURCES: [name: string, flags: () => string[]][] = [
  ['a store', () => ['--store', store]],
  ['log files', () => [logs]],
  ['Athena', () => ['--engine', 'athena', '--source', 'history', ...DAY]],
];

describe.each(SOURCES)('an answer from %s', (_, flags) => {
  const ask = async (limit: string) => {
    await start(async ({ sql }) =>
      sql.includes('roll_ups')
        ? NOTHING
        : {
            columns: [{ name: 'event_id', type: 'varchar' }],
            rows: Array.from({ length: Math.min(Number(limit), 3) }, (_, index) => [String(index)]),
            scannedBytes: 0,
          },
    );
    return runMain(['ask', 'sessions', ...flags(), '--limit', limit, '-f', 'ndjson']);
  };
  const MORE = /^podtrail: the answer has as many rows as --limit allows [(]\d+[)]: there may be more/m;

  it('says that there may be more where it has as many rows as its limit allows', async () => {
    const { code, stdout, stderr } = await ask('2');
    expect([code, rowsOf(stdout).length]).toEqual([0, 2]);
    expect(stderr).toMatch(MORE);
  });

  it('says no such thing where it has fewer rows', async () => {
    const { code, stdout, stderr } = await ask('900');
    expect([code, rowsOf(stdout).length > 2]).toEqual([0, true]);
    expect(stderr).not.toMatch(MORE);
  });

  it('does not say that nothing matches where the limit lets no row through', async () => {
    const { stdout, stderr } = await ask('0');
    expect(stdout).toBe('');
    expect(stderr).toMatch(MORE);
    expect(stderr).not.toContain('no rows match');
  });
});
