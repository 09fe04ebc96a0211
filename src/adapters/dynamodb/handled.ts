// Keeps which records were handled: who has begun a record holds it for a while.
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Handled } from '../../ports.ts';
import { held, type Item, KEPT_FOR_S, keyPart, type LiveTableOptions } from './table.ts';

/** Who has begun a record and not ended it by then is dead: no function runs so long. */
const LEASE_S = 300;

export class DynamoDbHandled implements Handled {
  readonly #options: LiveTableOptions;

  constructor(options: LiveTableOptions) {
    this.#options = options;
  }

  async begin(id: string): Promise<'begun' | 'done' | 'busy'> {
    const { client, table } = this.#options;
    const now = this.#seconds();
    const isBegun = await held(() =>
      client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            ...placeOf(id),
            busy_until: { N: String(now + LEASE_S) },
            expires_at: { N: String(now + KEPT_FOR_S) },
          },
          ConditionExpression: 'attribute_not_exists(pk) or busy_until < :now',
          ExpressionAttributeValues: { ':now': { N: String(now) } },
        }),
      ),
    );
    if (isBegun) return 'begun';
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
        ExpressionAttributeValues: { ':end': { N: String(this.#seconds() + KEPT_FOR_S) } },
      }),
    );
  }

  async giveUp(id: string): Promise<void> {
    const { client, table } = this.#options;
    // Ended, or given up, by another one: nothing is left to give up.
    await held(() =>
      client.send(
        new DeleteItemCommand({
          TableName: table,
          Key: placeOf(id),
          ConditionExpression: 'attribute_exists(busy_until)',
        }),
      ),
    );
  }

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

function placeOf(id: string): Item {
  return { pk: { S: `handled ${keyPart(id)}` }, sk: { S: 'handled' } };
}
