// The ledger in DynamoDB: what writing and looking up sessions of a chain asks of it, and what stands there whatever the order.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbLedger } from '../../src/adapters/dynamodb/ledger.ts';
import { attribute } from '../../src/identity/attribute.ts';
import { isHeir, keepIssuance } from '../../src/identity/inherit.ts';
import { type Issuance, readIssuance } from '../../src/identity/issuance.ts';
import type { TrailRecord } from '../../src/trail/record.ts';
import { byCaller, byToken, call, podSession, ROLE, session } from '../identity/records.ts';
import { LEDGER_TABLE, type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';

const DEPTH = 5;

let emulators: LiveEmulators;
let ledger: DynamoDbLedger;
/** Each request since it was emptied, with the units that DynamoDB counts for it. */
const asked: [string | undefined, number][] = [];

beforeAll(async () => {
  emulators = await startLiveEmulators();
  const client = new DynamoDBClient({
    endpoint: emulators.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'EXAMPLE', secretAccessKey: 'EXAMPLE' },
  });
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const answer = await next(args);
        asked.push([commandName, unitsIn(answer.output)]);
        return answer;
      },
    { step: 'initialize' },
  );
  ledger = new DynamoDbLedger({ client, table: LEDGER_TABLE, now: Date.now });
});
afterAll(() => emulators.stop());
beforeEach(async () => {
  await emulators.reset();
  asked.splice(0);
});

interface Consumed {
  CapacityUnits?: number;
}

/**
 * The emulator counts nothing where nothing is found; DynamoDB counts a unit.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
function unitsIn(output: object): number {
  const { ConsumedCapacity = [] } = output as { ConsumedCapacity?: Consumed | Consumed[] };
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return Math.max(units, 1);
}

const nth = (index: number) => ({
  role: index === 0 ? ROLE : `arn:aws:iam::444455556666:role/shared/reader-${index}`,
  key: `ASIAEXAMPLEDEPTH000${index}`,
  at: `2026-10-05T03:0${index}:00Z`,
});

/** A pod's session and those that follow from it, each of the one before. */
function chain(): TrailRecord[] {
  return Array.from({ length: DEPTH }, (_, index) => {
    const caller = index === 1 ? podSession(nth(0)) : session(nth(index - 1));
    return index === 0 ? byToken(nth(0)) : byCaller({ ...nth(index), caller });
  });
}

function issuanceOf(record: TrailRecord | undefined): Issuance {
  const issuance = record && readIssuance(record);
  if (!issuance) throw new RangeError('no issuance');
  return issuance;
}

const lastCall = () => call(session(nth(DEPTH - 1)));

describe('a chain that is delivered in order', () => {
  it('asks so much for each session that is written, and one query for a look-up at its end', async () => {
    const written: (typeof asked)[] = [];
    for (const record of chain()) {
      await keepIssuance(issuanceOf(record), ledger);
      written.push(asked.splice(0));
    }
    const [first, ...others] = written;
    // Under its key and its start; nobody follows from it yet.
    expect(first).toEqual([
      ['BatchWriteItemCommand', 4],
      ['QueryCommand', 1],
    ]);
    expect(others.length).toBe(DEPTH - 1);
    // Under its caller's key, too; that caller's session; what it inherits; nobody follows from it yet.
    for (const one of others)
      expect(one).toEqual([
        ['BatchWriteItemCommand', 6],
        ['QueryCommand', 1],
        ['UpdateItemCommand', 2],
        ['QueryCommand', 1],
      ]);
    const { evidence, hops } = await attribute(lastCall(), ledger);
    expect([evidence, hops.length]).toEqual(['chained', DEPTH]);
    expect(asked).toEqual([['QueryCommand', 1]]);
  });
});

describe('a chain that is delivered the other way round', () => {
  it('leaves the same behind', async () => {
    const records = chain();
    for (const record of records) await keepIssuance(issuanceOf(record), ledger);
    const kept = async () => (await emulators.items()).map((item) => JSON.stringify(item)).sort();
    const inOrder = await kept();
    await emulators.reset();
    for (const record of records.toReversed()) await keepIssuance(issuanceOf(record), ledger);
    expect(await kept()).toEqual(inOrder);
    expect(inOrder.length).toBe(3 * DEPTH - 1);
    asked.splice(0);
    expect(await attribute(lastCall(), ledger)).toMatchObject({ evidence: 'chained', confidence: 'exact' });
    expect(asked.length).toBe(1);
  });
});

describe('what a session inherits', () => {
  const root = { issuance: issuanceOf(byToken()), hops: [ROLE, nth(1).role] };
  const heir = issuanceOf(chain()[1]);
  const held = async () => (await ledger.issuancesByKey(nth(1).key)).map(({ inherited }) => inherited);

  it('is not kept where the session is not yet', async () => {
    if (!isHeir(heir)) throw new RangeError('no heir');
    await ledger.inherit(heir, root);
    await ledger.inherit(heir, 'disputed');
    expect(await emulators.items()).toEqual([]);
  });

  it('is the first root that is told, until it is disputed for good', async () => {
    if (!isHeir(heir)) throw new RangeError('no heir');
    await ledger.store(heir);
    expect(await held()).toEqual([null]);
    await ledger.inherit(heir, root);
    await ledger.inherit(heir, { ...root, hops: null });
    expect(await held()).toEqual([root]);
    await ledger.inherit(heir, 'disputed');
    await ledger.inherit(heir, root);
    expect(await held()).toEqual(['disputed']);
  });
});
