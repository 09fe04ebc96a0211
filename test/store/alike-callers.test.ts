// Callers that no key or id tells apart, as services are, are written to parts again and again; a load stays linear.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';
import { SMALL_TRAIL } from '../support/small-trail.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

it('keeps one of each among 40,000 records of 40 services', async () => {
  const records = Array.from({ length: 40_000 }, (_, index) => ({
    ...SMALL_TRAIL.call,
    eventID: `service-call-${index}`,
    userIdentity: { type: 'AWSService', invokedBy: `service-${Math.min(index, 39)}.amazonaws.com` },
  }));
  const store = files.path('trail.duckdb');
  expect((await runMain(['load', await files.log('log.json.gz', records), '--store', store])).code).toBe(0);
  const opened = await Store.openToRead(store);
  const [counted] = await opened.all(`select (select count(*) from principals)::integer as principals,
    (select count(*) from stored_records join principals using (principal_key))::integer as records`);
  await opened.close();
  expect(counted).toEqual({ principals: 40, records: 40_000 });
});
