// Reads and writes the live path's one table: items of one place page by page, and conditional writes.
import { createHash } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

export interface LiveTableOptions {
  client: DynamoDBClient;
  table: string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** What is kept of records is kept so long: longer than a queue and its dead letters keep a message. */
export const KEPT_FOR_S = 20 * 24 * 3600;

/** In the order of their `sk`, those behind `after` where it is given. */
export async function* itemsAt(
  { client, table }: LiveTableOptions,
  pk: string,
  after?: string,
): AsyncGenerator<Item> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk and sk > :after',
      ExpressionAttributeValues: {
        ':pk': { S: pk },
        ...(after === undefined ? {} : { ':after': { S: after } }),
      },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield* Items;
}

/** Where a record does not say when its session ends: no session of a role is longer. */
export const LONGEST_SESSION_S = 12 * 3600;

/** Does a write that has a condition; whether that held. */
export async function held(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** A sort key holds 1,024 bytes, a partition key 2,048. */
const LONGEST_KEY = 1000;

/** What a record says, as part of a key: whatever is longer than any real one becomes its hash. */
export function keyPart(text: string): string {
  if (Buffer.byteLength(text) <= LONGEST_KEY) return text;
  return `sha256 ${createHash('sha256').update(text).digest('hex')}`;
}
