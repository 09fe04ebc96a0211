// Owns the live path's one table in DynamoDB: the ledger of issued sessions, and what has been handled. Every item expires.
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Issuance } from '../../identity/issuance.ts';
import type { Handled, Ledger } from '../../ports.ts';

type Item = Record<string, AttributeValue>;

/** An issuance is kept so long after its session's end, for calls that are delivered late. */
const BEYOND_END_S = 24 * 3600;
/** Where the record does not say when a session ends: no session of a role is longer. */
const LONGEST_SESSION_S = 12 * 3600;
/** Longer than a queue and its dead letters keep a message. */
const HANDLED_FOR_S = 20 * 24 * 3600;
/** Who has begun a record and not ended it by then is dead: no function runs so long. */
const LEASE_S = 300;
const TRIES = 8;

interface LiveTableOptions {
  client: DynamoDBClient;
  table: string;
  /** Epoch milliseconds. */
  now: () => number;
}

/**
 * Issuances stand twice, under their key and under their role's start, so that both are found by a consistent read; an index
 * would lag behind. Writing one again changes nothing.
 */
export class DynamoDbLedger implements Ledger {
  readonly #options: LiveTableOptions;

  constructor(options: LiveTableOptions) {
    this.#options = options;
  }

  async store(issuance: Issuance): Promise<void> {
    const { id, issuedKeyId, roleArn, issuedAt, expiresAt } = issuance;
    const end = Math.ceil((expiresAt ?? issuedAt + LONGEST_SESSION_S * 1000) / 1000) + BEYOND_END_S;
    const places = [
      ...(issuedKeyId === null ? [] : [keyPlace(issuedKeyId)]),
      ...(roleArn === null ? [] : [startPlace(roleArn, issuedAt)]),
    ];
    await this.#write(
      places.map((pk) => ({
        PutRequest: {
          Item: {
            pk: { S: pk },
            sk: { S: id },
            issuance: { S: JSON.stringify(issuance) },
            expires_at: { N: String(end) },
          },
        },
      })),
    );
  }

  issuancesByKey(accessKeyId: string): Promise<Issuance[]> {
    return this.#at(keyPlace(accessKeyId));
  }

  issuancesByStart(roleArn: string, startedAt: number): Promise<Issuance[]> {
    return this.#at(startPlace(roleArn, startedAt));
  }

  async #at(pk: string): Promise<Issuance[]> {
    const { client, table } = this.#options;
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ConsistentRead: true,
      },
    );
    const found: Issuance[] = [];
    for await (const { Items = [] } of pages)
      for (const { issuance } of Items) found.push(JSON.parse(issuance?.S ?? 'null') as Issuance);
    return found;
  }

  /** What DynamoDB leaves undone when it is busy is sent again after a pause. */
  async #write(requests: WriteRequest[]): Promise<void> {
    const { client, table } = this.#options;
    let left = requests;
    for (let round = 0; left.length > 0; round += 1) {
      if (round === TRIES) throw new Error(`DynamoDB left ${left.length} writes to ${table} undone`);
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, 2 ** round * 25));
      const { UnprocessedItems = {} } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: left } }),
      );
      left = UnprocessedItems[table] ?? [];
    }
  }
}

const keyPlace = (accessKeyId: string) => `key ${accessKeyId}`;
const startPlace = (roleArn: string, at: number) => `start ${roleArn} ${at}`;

export class DynamoDbHandled implements Handled {
  readonly #options: LiveTableOptions;

  constructor(options: LiveTableOptions) {
    this.#options = options;
  }

  async begin(id: string): Promise<'begun' | 'done' | 'busy'> {
    const { client, table } = this.#options;
    const now = this.#seconds();
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            ...placeOf(id),
            busy_until: { N: String(now + LEASE_S) },
            expires_at: { N: String(now + HANDLED_FOR_S) },
          },
          ConditionExpression: 'attribute_not_exists(pk) or busy_until < :now',
          ExpressionAttributeValues: { ':now': { N: String(now) } },
        }),
      );
      return 'begun';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: placeOf(id), ConsistentRead: true }),
    );
    return Item !== undefined && Item.busy_until === undefined ? 'done' : 'busy';
  }

  async end(id: string): Promise<void> {
    const { client, table } = this.#options;
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: placeOf(id),
        UpdateExpression: 'set expires_at = :end remove busy_until',
        ExpressionAttributeValues: { ':end': { N: String(this.#seconds() + HANDLED_FOR_S) } },
      }),
    );
  }

  async giveUp(id: string): Promise<void> {
    const { client, table } = this.#options;
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: table,
          Key: placeOf(id),
          ConditionExpression: 'attribute_exists(busy_until)',
        }),
      );
    } catch (error) {
      // Ended, or given up, by another one: nothing is left to give up.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

function placeOf(id: string): Item {
  return { pk: { S: `handled ${id}` }, sk: { S: 'handled' } };
}
