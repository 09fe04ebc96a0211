// Keeps how each workload renews its credentials of each role: one item, whose times only ever widen.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Workload } from '../../identity/workload.ts';
import { hashOf } from '../../live/failure.ts';
import { type Renewal, renewalKey } from '../../live/renewal.ts';
import type { Renewals, ToldStopped } from '../../ports.ts';
import { type Item, itemsAt, type LiveTableOptions } from './table.ts';

const RENEWALS = 'renewals';
/** Kept beyond the last session's end, which is longer than it is news that there was no other. */
const BEYOND_END_S = 2 * 24 * 3600;
/** Where a record does not say when its session ends: none is longer. */
const LONGEST_SESSION_MS = 12 * 3_600_000;

export class DynamoDbRenewals implements Renewals {
  readonly #options: LiveTableOptions;

  constructor(options: LiveTableOptions) {
    this.#options = options;
  }

  /** The latest session sets all of it; an earlier one that comes late, only what it widens. */
  async note({ workload, roleArn, mechanism, firstAt, lastAt, endsAt, sessions }: Renewal): Promise<void> {
    const Key = placeOf(workload, roleArn);
    const count = { ':sessions': { N: String(sessions) } };
    const first = { ':first_at': { N: String(firstAt) } };
    const end = Math.ceil((endsAt ?? lastAt + LONGEST_SESSION_MS) / 1000) + BEYOND_END_S;
    const isLatest = await this.#update(Key, {
      UpdateExpression: `set who = :who, last_at = :last_at, first_at = if_not_exists(first_at, :first_at), expires_at = :end${
        endsAt === null ? '' : ', ends_at = :ends_at'
      } ${endsAt === null ? 'remove ends_at ' : ''}add sessions :sessions`,
      ConditionExpression: 'attribute_not_exists(pk) or last_at < :last_at',
      ExpressionAttributeValues: {
        ...count,
        ...first,
        ':who': { S: JSON.stringify({ workload, roleArn, mechanism }) },
        ':last_at': { N: String(lastAt) },
        ':end': { N: String(end) },
        ...(endsAt === null ? {} : { ':ends_at': { N: String(endsAt) } }),
      },
    });
    // The only one, and later than all before, widens nothing else.
    if (isLatest && firstAt === lastAt) return;
    const isEarliest = await this.#update(Key, {
      UpdateExpression: `set first_at = :first_at${isLatest ? '' : ' add sessions :sessions'}`,
      ConditionExpression: 'first_at > :first_at',
      ExpressionAttributeValues: isLatest ? first : { ...count, ...first },
    });
    if (!isLatest && !isEarliest)
      await this.#update(Key, {
        UpdateExpression: 'add sessions :sessions',
        ExpressionAttributeValues: count,
      });
  }

  async lastOf(workload: Workload, roleArn: string): Promise<number | null> {
    const { client, table } = this.#options;
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: placeOf(workload, roleArn), ConsistentRead: true }),
    );
    return Item?.last_at?.N === undefined ? null : Number(Item.last_at.N);
  }

  async *all(): AsyncGenerator<{ renewal: Renewal; told: ToldStopped | null }> {
    for await (const item of itemsAt(this.#options, RENEWALS)) {
      const { workload, roleArn, mechanism } = JSON.parse(item.who?.S ?? 'null') as Renewal;
      yield {
        renewal: {
          workload,
          roleArn,
          mechanism,
          firstAt: Number(item.first_at?.N),
          lastAt: Number(item.last_at?.N),
          endsAt: item.ends_at?.N === undefined ? null : Number(item.ends_at.N),
          sessions: Number(item.sessions?.N),
        },
        told: item.told?.S === undefined ? null : (JSON.parse(item.told.S) as ToldStopped),
      };
    }
  }

  async tell(workload: Workload, roleArn: string, told: ToldStopped | null): Promise<void> {
    await this.#update(placeOf(workload, roleArn), {
      ConditionExpression: 'attribute_exists(pk)',
      ...(told === null
        ? {
            UpdateExpression: 'set first_at = last_at, sessions = :one remove told',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          }
        : {
            UpdateExpression: 'set told = :told',
            ExpressionAttributeValues: { ':told': { S: JSON.stringify(told) } },
          }),
    });
  }

  /** Whether its condition held. */
  async #update(
    Key: Item,
    how: {
      UpdateExpression: string;
      ConditionExpression?: string;
      ExpressionAttributeValues?: Record<string, AttributeValue>;
    },
  ): Promise<boolean> {
    const { client, table } = this.#options;
    try {
      await client.send(new UpdateItemCommand({ TableName: table, Key, ...how }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function placeOf(workload: Workload, roleArn: string): Item {
  return { pk: { S: RENEWALS }, sk: { S: hashOf(renewalKey(workload, roleArn)) } };
}
