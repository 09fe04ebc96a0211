// Keeps open failures: an item for each failure and one for each of its records, by event time.
import { randomUUID } from 'node:crypto';
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { each } from '../../each.ts';
import {
  certaintyOf,
  type Failure,
  hashOf,
  MOST_COUNTED,
  type Seen,
  type Sighting,
} from '../../live/failure.ts';
import type { NotedFailure, Told, Unsettled } from '../../live/settle.ts';
import type { Failures, Shared } from '../../ports.ts';
import { held, type Item, itemsAt, KEPT_FOR_S, type LiveTableOptions } from './table.ts';

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
    const { client, table: TableName } = this.#options;
    await each(sightings, ({ recordId, eventId, at }) =>
      client.send(
        new PutItemCommand({
          TableName,
          Item: {
            pk: { S: sightingsOf(failure.id) },
            sk: { S: `${sortable(at)} ${hashOf(recordId)}` },
            ...(eventId !== null && eventId.length <= LONGEST_EVENT_ID ? { event_id: { S: eventId } } : {}),
            ...this.#kept(),
          },
        }),
      ),
    );
    const Key = unsettledAt(failure.id);
    const values = {
      ':failure': { S: JSON.stringify(failure) },
      ':doubt': { N: String(certaintyOf(failure)) },
    };
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression:
          'set failure = if_not_exists(failure, :failure), doubt = if_not_exists(doubt, :doubt), version = :version, expires_at = :end',
        ExpressionAttributeValues: {
          ...values,
          ':version': { S: randomUUID() },
          ':end': this.#kept().expires_at,
        },
      }),
    );
    // Whether IAM could be asked makes one cause surer than another: the surest is kept.
    await held(() =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'set failure = :failure, doubt = :doubt',
          ConditionExpression: 'doubt > :doubt',
          ExpressionAttributeValues: values,
        }),
      ),
    );
  }

  async *unsettled(from: string): AsyncGenerator<NotedFailure> {
    for await (const item of itemsAt(this.#options, UNSETTLED, from)) yield notedIn(item);
    for await (const item of itemsAt(this.#options, UNSETTLED)) {
      if ((item.sk?.S ?? '') > from) return;
      yield notedIn(item);
    }
  }

  /** The version was read before, so that all that was noted with it is seen. */
  async read(noted: NotedFailure): Promise<Unsettled> {
    const { id } = noted.failure;
    const { client, table: TableName } = this.#options;
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: settledAt(id), ConsistentRead: true }),
    );
    const settledTo = Number(Item?.settled_to?.N ?? 0);
    // What was told of the time before is told no more.
    const told = noted.told?.settledTo === settledTo ? noted.told : null;
    return { ...noted, told, seen: await this.#seen(id, settledTo), settledTo };
  }

  async tell(id: string, told: Told): Promise<void> {
    const { client, table: TableName } = this.#options;
    // Where it is over meanwhile, by another run, there is nothing to keep.
    await held(() =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: unsettledAt(id),
          UpdateExpression: 'set told = :told',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':told': { S: JSON.stringify(told) } },
        }),
      ),
    );
  }

  async settle({ failure, version }: Unsettled, to: number): Promise<void> {
    const { client, table: TableName } = this.#options;
    await held(() =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: settledAt(failure.id),
          UpdateExpression: 'set settled_to = :to, expires_at = :end',
          ConditionExpression: 'attribute_not_exists(pk) or settled_to < :to',
          ExpressionAttributeValues: { ':to': { N: String(to) }, ':end': this.#kept().expires_at },
        }),
      ),
    );
    // Noted meanwhile, it stays.
    await held(() =>
      client.send(
        new DeleteItemCommand({
          TableName,
          Key: unsettledAt(failure.id),
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': { S: version } },
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

  /** Reads so many of the earliest records and no more; the latest is found from the other end. */
  async #seen(id: string, settledTo: number): Promise<Seen | null> {
    const pk = sightingsOf(id);
    // Behind all records of that very time.
    const after = `${sortable(settledTo)}!`;
    const times: number[] = [];
    const eventIds: string[] = [];
    for await (const { sk, event_id: eventId } of itemsAt(this.#options, pk, after)) {
      if (times.length === MOST_COUNTED) {
        const [firstAt = 0] = times;
        return { firstAt, lastAt: await this.#lastAt(pk), count: MOST_COUNTED, isCounted: false, eventIds };
      }
      times.push(timeIn(sk));
      if (eventId?.S !== undefined && eventIds.length < MOST_EVENT_IDS) eventIds.push(eventId.S);
    }
    const [firstAt] = times;
    const lastAt = times.at(-1);
    return firstAt === undefined || lastAt === undefined
      ? null
      : { firstAt, lastAt, count: times.length, isCounted: true, eventIds };
  }

  async #lastAt(pk: string): Promise<number> {
    const { client, table } = this.#options;
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
      }),
    );
    return timeIn(Items[0]?.sk);
  }

  #kept(): { expires_at: { N: string } } {
    return { expires_at: { N: String(Math.floor(this.#options.now() / 1000) + KEPT_FOR_S) } };
  }
}

function notedIn({ failure, told, version }: Item): NotedFailure {
  return {
    failure: JSON.parse(failure?.S ?? 'null') as Failure,
    told: JSON.parse(told?.S ?? 'null') as Told | null,
    version: version?.S ?? '',
  };
}

/** ISO 8601 sorts as time does, and `!` stands behind the space that ends it. */
const sortable = (at: number) => new Date(at).toISOString();
const timeIn = (sk: Item[string] | undefined) => Date.parse(sk?.S?.split(' ')[0] ?? '');
const sightingsOf = (id: string) => `failure ${id}`;
const unsettledAt = (id: string): Item => ({ pk: { S: UNSETTLED }, sk: { S: id } });
const settledAt = (id: string): Item => ({ pk: { S: `settled ${id}` }, sk: { S: 'settled' } });
const sharedAt = (key: string): Item => ({ pk: { S: SHARED }, sk: { S: key } });
