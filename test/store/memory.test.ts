// A store with more callers than fit the memory of a load is named all the same, with more of it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nameCallers } from '../../src/adapters/duckdb/settle.ts';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { BUILT_IN_PATTERNS } from '../../src/identity/session-name-patterns.ts';
import { simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

it('asks for more memory where naming runs out of it, and leaves the limit as it was', async () => {
  const records = [...simulateTrail({ seed: 5, records: 20_000 })];
  for (const [index, { body }] of records.entries()) await files.write(`logs/${index}.json.gz`, body);
  const path = files.path('trail.duckdb');
  await runMain(['load', files.path('logs'), '--store', path]);
  const named = async (store: Store) =>
    store.all(`select count(*)::integer as callers, count(confidence)::integer as named
      from callers join attributions using (attribution_key)`);
  const store = await Store.openOrCreate(path);
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
