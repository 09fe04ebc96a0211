// What does not fit the memory that it has: callers are named with more of it, and a question says what to do.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askStore } from '../../src/adapters/duckdb/ask.ts';
import { nameCallers } from '../../src/adapters/duckdb/settle.ts';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { readParams } from '../../src/catalogue/param-values.ts';
import { BUILT_IN_PATTERNS } from '../../src/identity/session-name-patterns.ts';
import { simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { collect } from '../support/collect.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
  const records = [...simulateTrail({ seed: 5, records: 20_000 })];
  for (const [index, { body }] of records.entries()) await files.write(`logs/${index}.json.gz`, body);
  await runMain(['load', files.path('logs'), '--store', files.path('trail.duckdb')]);
});

afterAll(() => files.remove());

const loaded = () => Store.openOrCreate(files.path('trail.duckdb'));

it('says what to do where an answer does not fit the memory of a question', async () => {
  const store = await loaded();
  const question = readQuestions().find(({ name }) => name === 'used-actions');
  if (question === undefined) throw new Error('there is no question used-actions');
  try {
    await store.prepareForQuestions();
    await store.run("set memory_limit = '6MiB'");
    const rows = askStore(store, question, readParams(question, {}, new Date()));
    await expect(collect(rows)).rejects.toThrow(
      'used-actions needs more than 1536 MiB of memory here: ask for a shorter time range',
    );
  } finally {
    await store.close();
  }
});

it('asks for more memory where naming runs out of it, and leaves the limit as it was', async () => {
  const named = async (store: Store) =>
    store.all(`select count(*)::integer as callers, count(confidence)::integer as named
      from callers join attributions using (attribution_key)`);
  const store = await loaded();
  await store.limitMemory(12);
  try {
    const before = await named(store);
    await store.run('drop table callers');
    const limits: number[] = [];
    const limit = store.limitMemory.bind(store);
    store.limitMemory = (mebibytes) => {
      limits.push(mebibytes);
      return limit(mebibytes);
    };
    await nameCallers(store, { sessionNamePatterns: BUILT_IN_PATTERNS, clusters: [] });
    expect(await named(store)).toEqual(before);
    expect(Number(before[0]?.named)).toBeGreaterThan(100);
    // What is expected to be enough, then twice as much until it is.
    expect(limits.length).toBeGreaterThan(2);
    expect(limits[1]).toBe(2 * (limits[0] ?? 0));
    expect(limits.at(-1)).toBe(12);
  } finally {
    await store.close();
  }
});
