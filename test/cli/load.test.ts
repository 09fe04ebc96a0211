// `podtrail load`: reads what is new, once, and says what became of it.
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let store: string;

beforeEach(async () => {
  files = await scratch();
  store = files.path('trail.duckdb');
});

afterEach(() => files.remove());

const load = (...argv: string[]) => runMain(['load', ...argv, '--store', store]);
const everyCall = () => rowsFrom(['ask', 'attributed-calls', '--store', store, '-f', 'ndjson']);

describe('a load', () => {
  it('answers as attributing the same files does', async () => {
    const logs = await files.log('logs/a.json.gz', RECORDS);
    expect((await load(logs)).code).toBe(0);
    expect(await everyCall()).toEqual(await rowsFrom(['attribute', logs]));
  });

  it('does nothing the second time', async () => {
    const logs = await files.log('logs/a.json.gz', RECORDS);
    await load(logs);
    const before = await everyCall();
    const again = await load(logs, '--reconciliation', files.path('sums.json'));
    expect(again.code).toBe(0);
    expect(JSON.parse(await files.read('sums.json'))).toEqual({
      files: { read: 0, skipped: [{ path: logs, reason: 'already in the store' }], rejected: [] },
      records: { read: 0, kept: 0, duplicate: 0, skipped: 0, rejected: 0 },
      rejected_records: [],
    });
    expect(await everyCall()).toEqual(before);
  });

  it('that overlaps another keeps no record twice', async () => {
    const whole = await files.log('whole/a.json.gz', RECORDS);
    const all = await rowsFrom(['attribute', whole]);
    await load(await files.log('one/a.json.gz', RECORDS.slice(0, 40)));
    const outcome = await load(await files.log('two/a.json.gz', RECORDS.slice(20)));
    const read = RECORDS.length - 20;
    expect(outcome.stderr).toContain(
      `\nrecords: ${read} read = ${read - 23} kept + 22 duplicate + 1 skipped + 0 rejected\n`,
    );
    expect(await everyCall()).toEqual(all);
  });

  it('reads a file again that has changed, and a rejected one until it is whole', async () => {
    const text = JSON.stringify({ Records: RECORDS.slice(0, 5) });
    const log = await files.write('logs/a.json', text.slice(0, -200));
    expect((await load(log)).code).toBe(3);
    expect((await load(log)).code).toBe(3);
    await files.write('logs/a.json', text);
    expect((await load(log)).code).toBe(0);
    expect(await everyCall()).toHaveLength(5);
  });

  it('tells of its own files only', async () => {
    await load(await files.write('logs/bad.json', '{'));
    const outcome = await load(await files.log('logs/a.json', RECORDS));
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).not.toContain('bad.json');
  });

  it('leaves the store and nothing else behind', async () => {
    await files.log('logs/a.json.gz', RECORDS);
    await load(files.path('logs'));
    expect((await readdir(files.folder)).sort()).toEqual(['logs', 'trail.duckdb']);
  });

  it('names ten rejects and says how many more there are', async () => {
    for (let n = 10; n < 25; n++) await files.write(`logs/${n}.json`, 'text');
    const { code, stderr } = await load(files.path('logs'));
    expect(code).toBe(3);
    expect(stderr.match(/^rejected file: /gm)).toHaveLength(10);
    expect(stderr).toContain('and 5 more: --reconciliation FILE lists them all\n');
  });

  it('writes nothing to standard output', async () => {
    const outcome = await load(await files.log('logs/a.json', RECORDS));
    expect(outcome.stdout).toBe('');
  });

  it('may use as many threads as it is told', async () => {
    for (let n = 0; n < 6; n++) await files.log(`logs/${n}.json.gz`, RECORDS.slice(n * 10, n * 10 + 10));
    await load(files.path('logs'), '--workers', '3');
    expect(await everyCall()).toEqual(await rowsFrom(['attribute', files.path('logs')]));
  });

  it.each(['0', '-1', 'many', '1.5'])('refuses %s threads', async (workers) => {
    const outcome = await load(files.path('logs'), '--workers', workers);
    expect([outcome.code, outcome.stderr]).toEqual([2, expect.stringContaining('above zero')]);
  });

  it('wants a store', async () => {
    const outcome = await runMain(['load', files.path('logs')]);
    expect([outcome.code, outcome.stderr]).toEqual([2, expect.stringContaining('--store')]);
  });
});
