// What --store may name, and what is said of everything else.
import { mkdir } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { RECORDS } from '../corpus/cases.ts';
import { podtrailProcess } from '../support/podtrail-process.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
  await files.log('logs/a.json', RECORDS);
  await files.write('text.duckdb', 'some text');
  await files.write('sums.csv', 'a,b\n1,2\n');
  await files.write('sums.json', '{"a":1}');
  await mkdir(files.path('folder.duckdb'));
  await database('foreign.duckdb', 'create table t (i integer)');
  await runMain(['load', files.path('logs'), '--store', files.path('older.duckdb')]);
  await database('older.duckdb', 'update store_version set version = 0');
});

afterAll(() => files.remove());

async function database(name: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(files.path(name));
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

it('reads no file for a store that somebody else made', async () => {
  await runMain(['load', files.path('logs'), '--store', files.path('hostile.duckdb')]);
  await files.write('private.txt', 'what-is-private');
  await database(
    'hostile.duckdb',
    `create table kept as from stored_records; drop table stored_records;
     create view stored_records as select * replace ((select content from read_text('${files.path('private.txt')}')) as event_name) from kept`,
  );
  const { code, stdout, stderr } = await runMain([
    'ask',
    'attributed-calls',
    '--store',
    files.path('hostile.duckdb'),
  ]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/disabled/);
});

const WAYS: [name: string, argv: (store: string) => string[]][] = [
  ['load', (store) => ['load', files.path('logs'), '--store', store]],
  ['ask', (store) => ['ask', 'unattributed', '--store', store]],
];

describe.each(WAYS)('%s', (_, argv) => {
  it.each([
    ['a text file', 'text.duckdb', 'is no podtrail store: choose another file for --store'],
    ['a CSV file', 'sums.csv', 'is no podtrail store: choose another file for --store'],
    ['a JSON file', 'sums.json', 'is no podtrail store: choose another file for --store'],
    [
      'another database',
      'foreign.duckdb',
      'is a DuckDB database, but no podtrail store: choose another file',
    ],
    [
      'a store of another version',
      'older.duckdb',
      'was written by another version of podtrail: load the log files into a new one',
    ],
    ['a folder', 'folder.duckdb', "can't open the store"],
  ])('of %s fails, says why and touches nothing', async (_name, name, said) => {
    const { code, stdout, stderr } = await runMain(argv(files.path(name)));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^podtrail: /);
    expect(stderr).toContain(said);
    expect(stderr).toContain(files.path(name));
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('a store that does not exist', () => {
  it('is made by load, and not by ask', async () => {
    const missing = files.path('missing.duckdb');
    const { code, stderr } = await runMain(['ask', 'unattributed', '--store', missing]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `podtrail: there is no store ${missing}: make one with "podtrail load PATH… --store ${missing}"\n`,
    );
    expect((await runMain(['load', files.path('logs'), '--store', missing])).code).toBe(0);
    expect((await runMain(['ask', 'unattributed', '--store', missing])).code).toBe(0);
  });
});

it('a store is a file, also where its name means something else to DuckDB', async () => {
  const cwd = files.path('folder.duckdb');
  const loaded = await podtrailProcess(['load', files.path('logs'), '--store', ':memory:'], { cwd });
  expect(loaded.code).toBe(0);
  const asked = await podtrailProcess(['ask', 'trail-coverage', '--store', ':memory:', '-f', 'ndjson'], {
    cwd,
  });
  expect([asked.code, asked.stderr]).toEqual([0, '']);
  expect(asked.stdout).toContain('111122223333');
});

describe('two processes on one store', () => {
  it('may both ask it', async () => {
    const store = files.path('shared.duckdb');
    await runMain(['load', files.path('logs'), '--store', store]);
    const argv = ['ask', 'who-accessed', '--resource', 'carts', '--store', store, '-f', 'ndjson'];
    const [one, other] = await Promise.all([podtrailProcess(argv), podtrailProcess(argv)]);
    expect([one.code, other.code]).toEqual([0, 0]);
    expect(other.stdout).toBe(one.stdout);
    expect(one.stdout).toContain('cart');
  });

  it.each(WAYS)('do not both write it: %s is told to wait', async (_, argv) => {
    const store = files.path('locked.duckdb');
    const holder = await Store.openOrCreate(store);
    const { code, stdout, stderr } = await podtrailProcess(argv(store));
    await holder.close();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `podtrail: the store ${store} is in use by another process: wait for it, or stop it\n`,
    );
  });
});

it('a store in a folder that does not exist is told to make it', async () => {
  const { code, stderr } = await runMain([
    'load',
    files.path('logs'),
    '--store',
    files.path('no/trail.duckdb'),
  ]);
  expect([code, stderr]).toEqual([
    1,
    `podtrail: the folder of the store ${files.path('no/trail.duckdb')} does not exist: make it first\n`,
  ]);
});

it('a path that speaks of a lock is not taken for a locked store', async () => {
  const store = await files.write('blocked.txt', 'no database');
  const { code, stderr } = await runMain(['load', files.path('logs'), '--store', store]);
  expect([code, stderr]).toEqual([
    1,
    `podtrail: ${store} is no podtrail store: choose another file for --store\n`,
  ]);
});
