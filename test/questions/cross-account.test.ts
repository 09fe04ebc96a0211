// Copies of one step in two accounts are one session; and what could not be named says the true reason.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { type LoadedStore, loadedStore } from '../support/loaded-store.ts';

let store: LoadedStore;

beforeAll(async () => {
  store = await loadedStore(RECORDS);
});

afterAll(() => store.remove());

it("a session that two accounts logged is issued once and expires once, as the workload's", async () => {
  const rows = await store.ask('session-timeline', '--session', 'ASIACROSSFAR77777777');
  expect(rows.map(({ step, workload_namespace }) => [step, workload_namespace])).toEqual([
    ['issued', 'etl'],
    ['call', 'etl'],
    ['call', 'etl'],
    ['expires', 'etl'],
  ]);
});

it('calls of a session without tags are not said to lack an issuance that is there', async () => {
  const rows = await store.ask('unattributed');
  const untagged = rows.filter(({ role_arn: role }) => String(role).endsWith('role/untagged'));
  expect(untagged.length).toBeGreaterThan(0);
  for (const { reason } of untagged) expect(reason).toMatch(/without session tags/);
  expect(rows.filter(({ role_arn: role }) => role === null)).toEqual([]);
});

it('a call that two accounts logged counts once', async () => {
  const rows = await store.ask('who-accessed', '--resource', 'archive');
  const far = rows.filter(({ workload_namespace: namespace }) => namespace === 'etl');
  expect(far).toMatchObject([{ calls: 1, denied: 0, confidence: 'exact' }]);
  const used = await store.ask('what-accessed', '--namespace', 'etl', '--service-account', 'exporter');
  const got = used.filter(({ resource }) => resource === 'arn:aws:s3:::archive/a.gz');
  expect(got).toMatchObject([{ event_name: 'GetObject', calls: 1 }]);
});
