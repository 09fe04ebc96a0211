// Keeps how each workload renews its credentials for each role: one item, whose times only widen.
import { type AttributeValue, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Workload } from '../../identity/workload.ts';
import { hashOf } from '../../live/failure.ts';
import { type Renewal, renewalKey } from '../../live/renewal.ts';
import type { Renewals, ToldStopped } from '../../ports.ts';
import { held, type Item, itemsAt, type LiveTableOptions, LONGEST_SESSION_S } from './table.ts';

const RENEWALS = 'renewals';
/** Kept beyond the last session's end, which is longer than it is news that there was no other. */
const BEYOND_END_S = 2 * 24 * 3600;

export class DynamoDbRenewals implements Renewals {
  readonly #options: LiveTableOptions;

  constructor(options: LiveTableOptions) {
    this.#options = options;
  }

  /** The latest session sets all of it at once; one that comes late, only what it widens. */
  async note({ workload, roleArn, lastAt, endsAt, periods }: Renewal): Promise<void> {
    const Key = placeOf(workload, roleArn);
    const end = Math.ceil((endsAt ?? lastAt + LONGEST_SESSION_S * 1000) / 1000) + BEYOND_END_S;
    const who = { ':who': { S: JSON.stringify({ workload, roleArn }) } };
    const last = { ':last_at': { N: String(lastAt) } };
    const ends: Record<string, AttributeValue> =
      endsAt === null ? {} : { ':ends_at': { N: String(endsAt) }, ':end': { N: String(end) } };
    const taken: Record<string, AttributeValue> =
      periods.length === 0 ? {} : { ':periods': { SS: [...periods] } };
    const add = periods.length === 0 ? '' : ' add periods :periods';
    const isLatest =
      endsAt !== null &&
      (await this.#update(Key, {
        UpdateExpression: `set who = :who, last_at = :last_at, ends_at = :ends_at, expires_at = :end${add}`,
        ConditionExpression:
          'attribute_not_exists(pk) or (last_at < :last_at and (attribute_not_exists(ends_at) or ends_at < :ends_at))',
        ExpressionAttributeValues: { ...who, ...last, ...ends, ...taken },
      }));
    if (isLatest) return;
    await this.#update(Key, {
      UpdateExpression: `set who = if_not_exists(who, :who), expires_at = if_not_exists(expires_at, :end)${add}`,
      ExpressionAttributeValues: { ...who, ...taken, ':end': { N: String(end) } },
    });
    await this.#update(Key, {
      UpdateExpression: 'set last_at = :last_at',
      ConditionExpression: 'attribute_not_exists(last_at) or last_at < :last_at',
      ExpressionAttributeValues: last,
    });
    if (endsAt !== null)
      await this.#update(Key, {
        UpdateExpression: 'set ends_at = :ends_at, expires_at = :end',
        ConditionExpression: 'attribute_not_exists(ends_at) or ends_at < :ends_at',
        ExpressionAttributeValues: ends,
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
      const { workload, roleArn } = JSON.parse(item.who?.S ?? 'null') as Renewal;
      yield {
        renewal: {
          workload,
          roleArn,
          lastAt: Number(item.last_at?.N),
          endsAt: item.ends_at?.N === undefined ? null : Number(item.ends_at.N),
          periods: item.periods?.SS ?? [],
        },
        told: item.told?.S === undefined ? null : (JSON.parse(item.told.S) as ToldStopped),
      };
    }
  }

  async tell(workload: Workload, roleArn: string, told: ToldStopped | null): Promise<void> {
    await this.#update(placeOf(workload, roleArn), {
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: told === null ? 'remove told' : 'set told = :told',
      ...(told === null ? {} : { ExpressionAttributeValues: { ':told': { S: JSON.stringify(told) } } }),
    });
  }

  async forget(workload: Workload, roleArn: string, periods: readonly string[]): Promise<void> {
    await this.#update(placeOf(workload, roleArn), {
      UpdateExpression: 'delete periods :periods',
      ExpressionAttributeValues: { ':periods': { SS: [...periods] } },
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
    return held(() => client.send(new UpdateItemCommand({ TableName: table, Key, ...how })));
  }
}

function placeOf(workload: Workload, roleArn: string): Item {
  return { pk: { S: RENEWALS }, sk: { S: hashOf(renewalKey(workload, roleArn)) } };
}
