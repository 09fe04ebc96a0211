// What a killed load left in a store is no evidence, until the load is repeated.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadTrail } from '../../src/adapters/duckdb/load.ts';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { CASES, ISSUER } from '../corpus/cases.ts';
import { at } from '../corpus/parts.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { logFileName, type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

it('an issuance that was taken in but never settled names nobody, also after other settings', async () => {
  const chain = CASES.find(({ name }) => name === 'chain')?.records ?? [];
  const late = await files.log('late.json', chain.slice(2));
  const store = files.path('trail.duckdb');
  const whole = files.path('whole.duckdb');
  await runMain(['load', late, '--store', store]);
  await runMain(['load', await files.log('whole.json', chain), '--store', whole]);
  const opened = await Store.openOrCreate(store);
  await opened.run(`attach '${whole}' as whole (read_only);
    insert into principals by name select * replace (principal_key + 100 as principal_key) from whole.principals`);
  for (const table of ['stored_records', 'assumptions']) {
    await opened.run(`insert into ${table} by name select * replace (99 as settlement, principal_key + 100 as principal_key,
      record_key + (7::bigint << 32) as record_key) from whole.${table}`);
  }
  await opened.close();
  const told = await runMain(['ask', 'failed-assumptions', '--store', store]);
  expect(told.stderr).toMatch(
    /the last load into .* was interrupted: its records are missing from this answer/,
  );
  const asked = ['ask', 'attributed-calls', '--since', at('03:16:00'), '--store', store, '-f', 'ndjson'];
  const unknown = [{ workload_namespace: null, evidence: null }];
  expect(await rowsFrom(asked)).toMatchObject(unknown);
  const config = await files.write(
    'settings.json',
    JSON.stringify({
      clusters: [{ issuer: ISSUER, id: 'arn:aws:eks:us-west-2:111122223333:cluster/a', name: 'a' }],
    }),
  );
  await runMain(['load', late, '--store', store, '--config', config]);
  expect((await runMain(['ask', 'failed-assumptions', '--store', store])).stderr).not.toMatch(/interrupted/);
  expect(await rowsFrom(asked)).toMatchObject(unknown);
});

it('a load killed after it settled, before it named, is not in the answers, and the next load names it', async () => {
  const chain = CASES.find(({ name }) => name === 'chain')?.records ?? [];
  const store = files.path('unnamed.duckdb');
  await runMain(['load', await files.log('first.json', chain.slice(2)), '--store', store]);
  const second = await files.log('second.json', chain.slice(0, 2));
  await runMain(['load', second, '--store', store]);
  const asked = ['ask', 'attributed-calls', '--store', store, '-f', 'ndjson'];
  const whole = await rowsFrom(asked);
  expect(whole).toHaveLength(chain.length);
  const opened = await Store.openOrCreate(store);
  await opened.run('update named set settlement = 1');
  await opened.close();
  expect(await rowsFrom(asked)).toHaveLength(chain.length - 2);
  expect((await runMain(asked)).stderr).toMatch(/interrupted/);
  await runMain(['load', second, '--store', store]);
  expect(await rowsFrom(asked)).toEqual(whole);
});

it('a record stays in the answers until the copy that wins over it is there', async () => {
  const chain = CASES.find(({ name }) => name === 'chain')?.records ?? [];
  const store = files.path('superseded.duckdb');
  await runMain(['load', await files.log(`early/${logFileName('20261005T0320Z')}`, chain), '--store', store]);
  const asked = ['ask', 'attributed-calls', '--store', store, '-f', 'ndjson'];
  const whole = await rowsFrom(asked);
  expect(whole).toHaveLength(chain.length);
  const late = await files.log(`late/${logFileName('20261005T0340Z')}`, chain);
  const opened = await Store.openOrCreate(store);
  const run = opened.run.bind(opened);
  opened.run = async (sql, values) => {
    if (sql.includes('assumption_claims')) throw new Error('killed before naming');
    return run(sql, values);
  };
  await expect(loadTrail(opened, [late])).rejects.toThrow('killed before naming');
  await opened.close();
  expect(await rowsFrom(asked)).toEqual(whole);
  const sums = await runMain(['load', late, '--store', store]);
  expect(sums.code).toBe(0);
  expect(await rowsFrom(asked)).toEqual(whole);
  const reopened = await Store.openToRead(store);
  expect(await reopened.all('select count(*)::integer as records from stored_records')).toEqual([
    { records: chain.length },
  ]);
  expect(await reopened.all('select sum(duplicates)::integer as duplicates from settlements')).toEqual([
    { duplicates: chain.length },
  ]);
  await reopened.close();
});
