// What a store promises: nothing is read or kept twice, the order of things never matters, and a kill leaves it whole.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { SESSION_TOKEN_MARK } from '../../src/simulator/simulate-trail.ts';
import { rowsOf, runMain } from '../support/run-main.ts';
import { SMALL_TRAIL } from '../support/small-trail.ts';

let root: string;
let trail: string;
const PROGRAM = new URL('../../dist/podtrail.js', import.meta.url).pathname;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-store-'));
  trail = join(root, 'trail');
  await writeSimulatedTrail(trail, { seed: 3, records: 6000, recordsPerFile: 300 });
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function logFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function answers(store: string): Promise<string> {
  const { stdout, code } = await runMain(['ask', 'attributed-calls', '--store', store, '--format', 'ndjson']);
  expect(code).toBe(0);
  return stdout;
}

async function countOf(store: string): Promise<number> {
  const opened = await Store.openToRead(store);
  const [row] = await opened.all(
    'select count(*)::integer as records, count(distinct event_id || recipient_account_id || aws_region)::integer as ids from stored_records',
  );
  await opened.close();
  expect(row?.records).toBe(row?.ids);
  return Number(row?.records);
}

describe('a store', () => {
  it('reads a folder once: loading it again finds everything in the store', async () => {
    const store = join(root, 'twice.duckdb');
    const first = await runMain(['load', trail, '--store', store]);
    const before = await answers(store);
    const second = await runMain(['load', trail, '--store', store]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.stderr).toContain('records: 0 read');
    expect(second.stderr).toContain('files: 0 read');
    expect(await answers(store)).toBe(before);
    expect(await countOf(store)).toBe(6000);
  });

  it('answers the same, loaded at once or file by file in any order, and issuances name calls loaded before them', async () => {
    const atOnce = join(root, 'at-once.duckdb');
    await runMain(['load', trail, '--store', atOnce]);
    const inParts = join(root, 'in-parts.duckdb');
    const files = (await logFiles(trail)).reverse();
    const third = Math.ceil(files.length / 3);
    for (let at = 0; at < files.length; at += third)
      await runMain(['load', ...files.slice(at, at + third), '--store', inParts]);
    expect(await answers(inParts)).toBe(await answers(atOnce));
  });

  it('answers the same when the records are dealt out to other files', async () => {
    const dealt = join(root, 'dealt');
    await mkdir(dealt);
    const piles: unknown[][] = Array.from({ length: 5 }, () => []);
    let dealtOut = 0;
    for (const file of await logFiles(trail)) {
      for (const one of JSON.parse(gunzipSync(await readFile(file)).toString()).Records)
        piles[(dealtOut++ * 7) % 5]?.unshift(one);
    }
    for (const [index, pile] of piles.entries())
      await writeFile(join(dealt, `${index}.json`), JSON.stringify(pile));
    const one = await runMain(['attribute', trail]);
    const other = await runMain(['attribute', dealt]);
    expect(rowsOf(one.stdout)).toHaveLength(6000);
    expect(other.stdout).toBe(one.stdout);
  });

  it('holds no session token, and leaves nothing beside itself', async () => {
    const folder = join(root, 'alone');
    await mkdir(folder);
    const store = join(folder, 'trail.duckdb');
    await runMain(['load', trail, '--store', store]);
    const raw = gunzipSync(await readFile((await logFiles(trail))[0] ?? '')).toString();
    expect(
      raw.includes(SESSION_TOKEN_MARK) ||
        (
          await Promise.all(
            (
              await logFiles(trail)
            ).map(async (file) => gunzipSync(await readFile(file)).includes(SESSION_TOKEN_MARK)),
          )
        ).includes(true),
    ).toBe(true);
    expect((await readFile(store)).includes(SESSION_TOKEN_MARK)).toBe(false);
    expect(await readdir(folder)).toEqual(['trail.duckdb']);
  });

  it('survives a kill at any moment: it opens, and the next load completes it', async () => {
    const outcomes: number[] = [];
    for (const delay of [150, 300, 450, 600, 750, 900, 1050]) {
      const store = join(root, `killed-${delay}.duckdb`);
      const child = spawn(process.execPath, [PROGRAM, 'load', trail, '--store', store], { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.on('close', resolve));
      const timer = setTimeout(() => child.kill('SIGKILL'), delay);
      await ended;
      clearTimeout(timer);
      const asked = await runMain(['ask', 'who-accessed', '--store', store, '--resource', 'pii-exports']);
      outcomes.push(asked.code);
      if (asked.code !== 0) expect(asked.stderr).toMatch(/podtrail load/);
      expect((await runMain(['load', trail, '--store', store])).code).toBe(0);
      expect(await countOf(store)).toBe(6000);
    }
    expect(outcomes).toHaveLength(7);
    expect((await readdir(root)).filter((name) => name.includes('.parts-'))).toEqual([]);
  });

  it('completes a load that was killed between taking in records and settling them', async () => {
    const store = join(root, 'unsettled.duckdb');
    await runMain(['load', ...(await logFiles(trail)).slice(0, 5), '--store', store]);
    const before = await answers(store);
    const opened = await Store.openOrCreate(store);
    await opened.run(
      'insert into stored_records by name select * replace (settlement + 1 as settlement, record_key + (1::bigint << 50) as record_key) from stored_records',
    );
    await opened.close();
    expect(await answers(store)).toBe(before);
    await runMain(['load', trail, '--store', store]);
    expect(await countOf(store)).toBe(6000);
  });

  it('applies changed settings to the records it has', async () => {
    const folder = join(root, 'settings');
    await mkdir(folder);
    await writeFile(join(folder, 'log.json'), JSON.stringify({ Records: Object.values(SMALL_TRAIL) }));
    const config = join(root, 'config.json');
    await writeFile(
      config,
      JSON.stringify({
        clusters: [
          {
            issuer: 'https://oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C',
            id: 'arn:aws:eks:us-west-2:111122223333:cluster/prod-1',
            name: 'prod-1',
          },
        ],
      }),
    );
    const store = join(root, 'settings.duckdb');
    await runMain(['load', folder, '--store', store]);
    const names = async () =>
      new Set(
        rowsOf(await answers(store))
          .filter((row) => row.workload_namespace === 'frontend')
          .map((row) => row.workload_cluster),
      );
    expect(await names()).toEqual(
      new Set(['oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C']),
    );
    await runMain(['load', folder, '--store', store, '--config', config]);
    expect(await names()).toEqual(new Set(['prod-1']));
  });

  it.each([
    [
      'a text file',
      async (path: string) => writeFile(path, 'hello, this is no database'),
      /is no podtrail store/,
    ],
    [
      'a database of something else',
      async (path: string) => {
        const store = await Store.openOrCreate(`${path}.other`);
        await store.run('drop table store_version');
        await store.close();
        await rename(`${path}.other`, path);
      },
      /no podtrail store/,
    ],
    [
      'another version',
      async (path: string) => {
        const store = await Store.openOrCreate(path);
        await store.run('update store_version set version = 99');
        await store.close();
      },
      /another version/,
    ],
    [
      'a folder',
      async (path: string) => {
        await mkdir(path);
      },
      /store/,
    ],
  ])('refuses %s with a clear error', async (what, make, message) => {
    const path = join(root, `refused ${what}.duckdb`);
    await make(path);
    const { code, stderr } = await runMain(['ask', 'unattributed', '--store', path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('says so when another process has it', async () => {
    const store = join(root, 'busy.duckdb');
    await runMain(['load', (await logFiles(trail))[0] ?? '', '--store', store]);
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `
      import { DuckDBInstance } from '@duckdb/node-api';
      await DuckDBInstance.create(${JSON.stringify(store)});
      console.log('open');
      setTimeout(() => {}, 60_000);`,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const { code, stderr } = await runMain(['load', trail, '--store', store]);
    holder.kill();
    expect([code, stderr]).toEqual([1, expect.stringContaining('in use by another process')]);
  });
});
