// The rows of an answer: all of them, or an error.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let store: Store;

beforeEach(async () => {
  files = await scratch();
  store = await Store.openOrCreate(files.path('trail.duckdb'));
});

afterEach(async () => {
  await store.close();
  await files.remove();
});

async function collect(sql: string): Promise<unknown[]> {
  const told: unknown[] = [];
  for await (const rows of store.rows(sql)) told.push(...rows.map(({ n }) => n));
  return told;
}

it('tells of an error that comes after many rows', async () => {
  const late = `select case when n < 150000 then n else error('too late') end as n from range(400000) as r(n)`;
  await expect(collect(late)).rejects.toThrow('too late');
});

it('keeps the order that was asked for, in any number of rows', async () => {
  const told = await collect('select n from range(300000) as r(n) order by n desc');
  expect(told).toEqual(Array.from({ length: 300_000 }, (_, index) => BigInt(299_999 - index)));
});

it('leaves a store that can be asked again where nobody takes the rest', async () => {
  for await (const rows of store.rows('select n from range(300000) as r(n)')) {
    expect(rows[0]?.n).toBe(0n);
    break;
  }
  expect(await collect('select 7::bigint as n')).toEqual([7n]);
});
