// A time range says which calls are asked about; it never changes who made them, however the records are reached.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES, PROVIDER } from '../corpus/cases.ts';
import { at, byCaller, byToken, call, getObject, key, sessionIdentity } from '../corpus/parts.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { logFileName, type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let logs: string;
let store: string;

beforeAll(async () => {
  files = await scratch();
  logs = files.path('logs');
  store = files.path('trail.duckdb');
  // The names of the files say that the issuances were delivered before the range, and the call in it.
  const [issuance = {}, step = {}, later = {}] = CASES.find(({ name }) => name === 'chain')?.records ?? [];
  await files.log(`logs/${logFileName('20261005T0311Z', 'aaaaaaaaaaaaaaaa')}`, [issuance, step]);
  await files.log(`logs/${logFileName('20261005T0331Z', 'bbbbbbbbbbbbbbbb')}`, [later]);
  await runMain(['load', logs, '--store', store]);
});

afterAll(() => files.remove());

const RANGE = ['--since', at('03:16:00'), '--until', at('03:17:00')];

describe('a call in the range', () => {
  it('is named by an issuance that was delivered before it, from paths as from a store', async () => {
    const named = [
      { event_time: at('03:16:00'), workload_namespace: 'etl', evidence: 'chained', confidence: 'exact' },
    ];
    const asked = ['ask', 'attributed-calls', ...RANGE, '-f', 'ndjson'];
    expect(await rowsFrom([...asked, '--store', store])).toMatchObject(named);
    expect(await rowsFrom([...asked, logs])).toMatchObject(named);
    expect(await rowsFrom(['attribute', logs, ...RANGE])).toMatchObject(named);
    await runMain(['load', logs, ...RANGE, '--store', files.path('range.duckdb')]);
    expect(await rowsFrom([...asked, '--store', files.path('range.duckdb')])).toMatchObject(named);
  });
});

it('a chained session at its very end is named by the first one, which began twelve hours before it', async () => {
  const first = {
    role: 'arn:aws:iam::111122223333:role/longest',
    name: 'longest',
    began: at('00:00:00'),
    key: key('longest'),
    provider: PROVIDER,
    hours: 12,
  };
  const second = {
    role: 'arn:aws:iam::111122223333:role/last-hour',
    name: 'last',
    began: at('11:55:00'),
    key: key('last-hour'),
  };
  const late = files.path('late');
  await files.log(`late/${logFileName('20261005T0001Z', 'cccccccccccccccc')}`, [
    byToken({
      id: 'late issuance',
      session: first,
      subject: 'system:serviceaccount:etl:longest',
      provider: PROVIDER,
    }),
  ]);
  await files.log(`late/${logFileName('20261005T1251Z', 'dddddddddddddddd')}`, [
    byCaller({ id: 'late step', session: second, who: sessionIdentity(first) }),
    getObject({ id: 'late call', time: at('12:45:00'), who: sessionIdentity(second), bucket: 'b', key: 'k' }),
  ]);
  const [row] = await rowsFrom(['attribute', late, '--since', at('12:40:00')]);
  expect(row).toMatchObject({
    workload_service_account: 'longest',
    evidence: 'chained',
    confidence: 'exact',
  });
});

describe('a range that ends before it begins', () => {
  it.each(['attribute', 'ask attributed-calls', 'load', 'diagnose'])('is refused by %s', async (command) => {
    const more = command === 'load' ? ['--store', files.path('other.duckdb')] : [];
    const { code, stdout, stderr } = await runMain([
      ...command.split(' '),
      logs,
      '--since',
      '2026-10-06',
      '--until',
      '2026-10-05',
      ...more,
    ]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('is before since');
  });

  it('is refused of a store too, by a diagnosis that would find nothing wrong in it', async () => {
    const backwards = ['--since', '2026-10-06', '--until', '2026-10-05'];
    const { code, stderr } = await runMain(['diagnose', '--store', store, ...backwards]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is before since')]);
  });
});

describe('an open range', () => {
  it('has every record that was kept, to the end of time', async () => {
    const times = ['1000-01-01T00:00:00Z', '9999-12-31T00:00:00Z', '9999-12-31T23:59:59Z'];
    const path = await files.log(
      'far.json',
      times.map((time) =>
        call({ id: time, time, who: { type: 'Root' }, service: 'ec2', action: 'RunInstances' }),
      ),
    );
    const rows = await rowsFrom(['attribute', path, '--reconciliation', files.path('far.sums')]);
    expect(JSON.parse(await files.read('far.sums')).records.kept).toBe(times.length);
    expect(rows.map(({ event_time }) => event_time)).toEqual(times);
  });
});

describe('the timeline of a session', () => {
  it('keeps to the range with its issuance and expiry, too', async () => {
    const rows = await rowsFrom([
      'ask',
      'session-timeline',
      '--session',
      'second',
      ...RANGE,
      '--store',
      store,
      '-f',
      'ndjson',
    ]);
    expect(rows.map(({ step, event_time }) => [step, event_time])).toEqual([['call', at('03:16:00')]]);
  });
});
