// Keeps what failed and is not over: an item for each failure, and one for each of its records, by the time of the event.
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Failure, hashOf, type Seen, type Sighting } from '../../live/failure.ts';
import type { Unsettled } from '../../live/settle.ts';
import type { Failures, Shared } from '../../ports.ts';
import { type Item, itemsAt, KEPT_FOR_S, type LiveTableOptions } from './table.ts';

const UNSETTLED = 'unsettled';
const SHARED = 'shared';
const MOST_EVENT_IDS = 3;
/** An event id is a UUID; what else a record calls so is not told. */
const LONGEST_EVENT_ID = 64;

export class DynamoDbFailures implements Failures {
  readonly #options: LiveTableOptions;

  constructor(options: LiveTableOptions) {
    this.#options = options;
  }

  /** Records first: whoever reads the failure's version reads all that was noted before it. */
  async note(failure: Failure, sightings: readonly Sighting[]): Promise<void> {
    const { client, table } = this.#options;
    for (const { recordId, eventId, at } of sightings)
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            pk: { S: sightingsOf(failure.id) },
            sk: { S: `${sortable(at)} ${hashOf(recordId)}` },
            ...(eventId !== null && eventId.length <= LONGEST_EVENT_ID ? { event_id: { S: eventId } } : {}),
            ...this.#kept(),
          },
        }),
      );
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: unsettledAt(failure.id),
        UpdateExpression: 'set failure = :failure, expires_at = :end add version :one',
        ExpressionAttributeValues: {
          ':failure': { S: JSON.stringify(failure) },
          ':end': this.#kept().expires_at,
          ':one': { N: '1' },
        },
      }),
    );
  }

  async *unsettled(): AsyncGenerator<string> {
    for await (const { sk } of itemsAt(this.#options, UNSETTLED)) yield sk?.S ?? '';
  }

  /** The failure's version first: all that was noted before it is then seen. */
  async read(id: string): Promise<Unsettled | null> {
    const item = await this.#item(unsettledAt(id));
    if (item === undefined) return null;
    const settled = await this.#item(settledAt(id));
    const settledTo = Number(settled?.settled_to?.N ?? 0);
    return {
      failure: JSON.parse(item.failure?.S ?? 'null') as Failure,
      seen: await this.#seen(id, settledTo),
      told: (item.told?.S ?? null) as Unsettled['told'],
      version: Number(item.version?.N),
      settledTo,
    };
  }

  async tell(id: string, how: NonNullable<Unsettled['told']>): Promise<void> {
    const { client, table } = this.#options;
    const ExpressionAttributeValues = { ':how': { S: how } };
    // Where it is over meanwhile, by another run, there is nothing to keep.
    await unlessRefused(() =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: unsettledAt(id),
          UpdateExpression: 'set told = :how',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues,
        }),
      ),
    );
  }

  async settle({ failure, version }: Unsettled, to: number): Promise<void> {
    const { client, table: TableName } = this.#options;
    const Item = { ...settledAt(failure.id), settled_to: { N: String(to) }, ...this.#kept() };
    await client.send(new PutItemCommand({ TableName, Item }));
    const Key = unsettledAt(failure.id);
    const ExpressionAttributeValues = { ':version': { N: String(version) } };
    await unlessRefused(() =>
      client.send(
        new DeleteItemCommand({
          TableName,
          Key,
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues,
        }),
      ),
    );
    // Noted meanwhile: it is open anew.
    await unlessRefused(() =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'remove told',
          ConditionExpression: 'version <> :version and attribute_exists(pk)',
          ExpressionAttributeValues,
        }),
      ),
    );
  }

  async shared(): Promise<Shared[]> {
    const found: Shared[] = [];
    for await (const { shared } of itemsAt(this.#options, SHARED))
      found.push(JSON.parse(shared?.S ?? 'null') as Shared);
    return found;
  }

  async share(shared: Shared): Promise<void> {
    const { client, table } = this.#options;
    const Item = { ...sharedAt(shared.key), shared: { S: JSON.stringify(shared) }, ...this.#kept() };
    await client.send(new PutItemCommand({ TableName: table, Item }));
  }

  async unshare(key: string): Promise<void> {
    const { client, table } = this.#options;
    await client.send(new DeleteItemCommand({ TableName: table, Key: sharedAt(key) }));
  }

  async #item(Key: Item): Promise<Item | undefined> {
    const { client, table } = this.#options;
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item;
  }

  async #seen(id: string, settledTo: number): Promise<Seen | null> {
    let seen: (Seen & { count: number; lastAt: number; eventIds: string[] }) | null = null;
    // Behind all records of that very time.
    const after = settledTo === 0 ? undefined : `${sortable(settledTo)}!`;
    for await (const { sk, event_id: eventId } of itemsAt(this.#options, sightingsOf(id), after)) {
      const at = Date.parse(sk?.S?.split(' ')[0] ?? '');
      seen ??= { firstAt: at, lastAt: at, count: 0, eventIds: [] };
      seen.lastAt = at;
      seen.count += 1;
      if (eventId?.S !== undefined && seen.eventIds.length < MOST_EVENT_IDS) seen.eventIds.push(eventId.S);
    }
    return seen;
  }

  #kept(): { expires_at: { N: string } } {
    return { expires_at: { N: String(Math.floor(this.#options.now() / 1000) + KEPT_FOR_S) } };
  }
}

/** ISO 8601 sorts as time does, and `!` stands behind the space that ends it. */
const sortable = (at: number) => new Date(at).toISOString();
const sightingsOf = (id: string) => `failure ${id}`;
const unsettledAt = (id: string): Item => ({ pk: { S: UNSETTLED }, sk: { S: id } });
const settledAt = (id: string): Item => ({ pk: { S: `settled ${id}` }, sk: { S: 'settled' } });
const sharedAt = (key: string): Item => ({ pk: { S: SHARED }, sk: { S: key } });

async function unlessRefused(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
