// Which records are the same one, and which of several copies stays: within a file, across files and across loads.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CASES } from '../corpus/cases.ts';
import { APPS, at, call, DATA, idOf } from '../corpus/parts.ts';
import { type OutputRow, rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { type Json, logFileName, type Scratch, scratch } from '../support/scratch.ts';

const ALICE: Json = {
  type: 'IAMUser',
  arn: `arn:aws:iam::${APPS}:user/alice`,
  accountId: APPS,
  accessKeyId: 'AKIAEXAMPLEKEY000001',
};
const record = (more: Json = {}): Json =>
  call({ id: 'one', time: at('03:00:00'), who: ALICE, service: 'ec2', action: 'DescribeInstances', more });

let files: Scratch;

beforeEach(async () => {
  files = await scratch();
});

afterEach(() => files.remove());

/** Loads each file by itself, and gives what the store then holds. */
async function loaded(...paths: string[]): Promise<OutputRow[]> {
  const store = files.path('trail.duckdb');
  for (const path of paths) await runMain(['load', path, '--store', store]);
  return rowsFrom(['ask', 'attributed-calls', '--store', store, '-f', 'ndjson']);
}

const sumsOf = async (...paths: string[]) => {
  await runMain(['attribute', ...paths, '--reconciliation', files.path('sums.json')]);
  return JSON.parse(await files.read('sums.json')).records;
};

describe('the same record', () => {
  it('is kept once within a file', async () => {
    const path = await files.log('a.json', [record(), record(), record()]);
    expect(await sumsOf(path)).toEqual({ read: 3, kept: 1, duplicate: 2, skipped: 0, rejected: 0 });
  });

  it('is kept once across files and their forms', async () => {
    const paths = [
      await files.log('a.json.gz', [record()]),
      await files.write('lines.json', `${JSON.stringify(record())}\n${JSON.stringify(record())}\n`),
      await files.write(
        'event.json',
        JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: record() }),
      ),
      await files.write(
        'lookup.json',
        JSON.stringify({ Events: [{ EventId: idOf('one'), CloudTrailEvent: JSON.stringify(record()) }] }),
      ),
    ];
    expect(await sumsOf(...paths)).toEqual({ read: 5, kept: 1, duplicate: 4, skipped: 0, rejected: 0 });
  });

  it('is kept once across loads, and the second load says so', async () => {
    const paths = [await files.log('a.json', [record()]), await files.log('b.json', [record(), record()])];
    expect(await loaded(...paths)).toHaveLength(1);
    await runMain([
      'load',
      await files.log('c.json', [record()]),
      '--store',
      files.path('trail.duckdb'),
      '--reconciliation',
      files.path('sums.json'),
    ]);
    expect(JSON.parse(await files.read('sums.json')).records).toEqual({
      read: 1,
      kept: 0,
      duplicate: 1,
      skipped: 0,
      rejected: 0,
    });
  });
});

describe('another record', () => {
  it.each([
    ['another id', { eventID: idOf('another') }],
    ['another recipient', { recipientAccountId: DATA }],
    ['another region', { awsRegion: 'eu-west-1' }],
    ['no recipient', { recipientAccountId: undefined }],
  ])('is one with %s', async (_, more) => {
    expect(await loaded(await files.log('a.json', [record(), record(more)]))).toHaveLength(2);
  });
});

describe('a record without an id', () => {
  const old = (more: Json = {}): Json => ({
    ...record({ eventVersion: '1.0', ...more }),
    eventID: undefined,
  });

  it('is the same where its content is, however it is spaced, in one load or two', async () => {
    const compact = await files.log('a.json', [old(), old()]);
    const spaced = await files.write('b.json', JSON.stringify({ Records: [old()] }, null, 2));
    expect(await sumsOf(compact, spaced)).toEqual({
      read: 3,
      kept: 1,
      duplicate: 2,
      skipped: 0,
      rejected: 0,
    });
    expect(await loaded(compact, spaced)).toHaveLength(1);
  });

  it('is another where anything differs, also what podtrail does not read', async () => {
    const path = await files.log('a.json', [
      old(),
      old({ requestParameters: { maxResults: 5 } }),
      old({ requestID: idOf('r') }),
    ]);
    expect(await loaded(path)).toHaveLength(3);
  });
});

describe('a restatement', () => {
  const restated = (code: string): Json =>
    record({ errorCode: code, addendum: { reason: 'UPDATED_DATA', updatedFields: 'errorCode' } });
  const first = () => files.log(logFileName('20261005T0310Z', 'aaaaaaaaaaaaaaaa'), [record()]);
  const second = () => files.log(logFileName('20261005T0410Z', 'bbbbbbbbbbbbbbbb'), [restated('Second')]);
  const third = () => files.log(logFileName('20261005T0510Z', 'cccccccccccccccc'), [restated('Third')]);
  const ORDERS: (readonly (() => Promise<string>)[])[] = [
    [first, second, third],
    [first, third, second],
    [second, first, third],
    [second, third, first],
    [third, first, second],
    [third, second, first],
  ];

  it.each(ORDERS.map((order, n) => [n, order] as const))(
    'delivered last stands for the record (order %i)',
    async (_, order) => {
      const paths: string[] = [];
      for (const write of order) paths.push(await write());
      expect(await rowsFrom(['attribute', ...paths])).toMatchObject([
        { event_id: idOf('one'), error_code: 'Third' },
      ]);
    },
  );

  it.each([
    [first, third, second],
    [third, second, first],
  ])('delivered last stands for the record in several loads, too (%#)', async (...order) => {
    const paths: string[] = [];
    for (const write of order) paths.push(await write());
    expect(await loaded(...paths)).toMatchObject([{ event_id: idOf('one'), error_code: 'Third' }]);
  });

  it('stands for the record in one file, before it or behind it', async () => {
    const before = await files.log('a.json', [restated('Again'), record()]);
    const behind = await files.log('b.json', [record(), restated('Again')]);
    for (const path of [before, behind]) {
      expect(await rowsFrom(['attribute', path])).toMatchObject([{ error_code: 'Again' }]);
    }
  });

  it('of an issuance takes its place in the evidence, too', async () => {
    const chain = CASES.find(({ name }) => name === 'chain')?.records ?? [];
    const [issuance = {}] = chain;
    const denied = {
      ...issuance,
      errorCode: 'AccessDenied',
      responseElements: null,
      addendum: { reason: 'UPDATED_DATA' },
    };
    const rows = await loaded(await files.log('a.json', chain), await files.log('b.json', [denied]));
    expect(rows).toHaveLength(3);
    expect(rows.find(({ event_id }) => event_id === idOf('chain call'))).toMatchObject({
      workload_namespace: null,
      confidence: 'inferred',
    });
  });
});

describe('copies of one id that differ', () => {
  const said = (name: string, more: Json = {}): Json =>
    record({ userIdentity: { ...ALICE, arn: `arn:aws:iam::${APPS}:user/${name}` }, ...more });

  it.each([
    ['in the caller', [said('a'), said('b'), said('c')]],
    ['in the caller of many', Array.from({ length: 12 }, (_, n) => said(`user-${n}`))],
    ['in what they say', [record({ errorCode: 'One' }), record({ errorCode: 'Two' }), record()]],
    [
      'in restatements without a time of delivery',
      [
        said('a', { addendum: { reason: 'UPDATED_DATA' } }),
        said('b', { addendum: { reason: 'UPDATED_DATA' } }),
      ],
    ],
  ])('%s leave the same one, whatever their order', async (_, copies) => {
    const forward = await rowsFrom(['attribute', await files.log('a.json', copies)]);
    const backward = await rowsFrom(['attribute', await files.log('b.json', [...copies].reverse())]);
    expect(forward).toHaveLength(1);
    expect(backward).toEqual(forward);
    const apart: string[] = [];
    for (const [n, copy] of copies.entries()) apart.push(await files.log(`apart/${n}.json`, [copy]));
    expect(await loaded(...apart.reverse())).toEqual(forward);
  });
});
