// Keeps the ledger of issued sessions in the live path's table.
import { BatchWriteItemCommand, UpdateItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { type Heir, isHeir } from '../../identity/inherit.ts';
import type { Issuance } from '../../identity/issuance.ts';
import type { Inheritance, KeptIssuance } from '../../identity/root.ts';
import type { Ledger } from '../../ports.ts';
import { held, itemsAt, keyPart, type LiveTableOptions, LONGEST_SESSION_S } from './table.ts';

/** An issuance is kept so long after its session's end, for calls that are delivered late. */
const BEYOND_END_S = 24 * 3600;
const TRIES = 8;

/**
 * Issuances stand under their key and under their role's start and, where they may inherit, under their caller's key, so that each
 * is found by a consistent read; an index would lag behind. What they inherit stands with them under their key.
 */
export class DynamoDbLedger implements Ledger {
  readonly #options: LiveTableOptions;

  constructor(options: LiveTableOptions) {
    this.#options = options;
  }

  async store(issuance: Issuance): Promise<void> {
    const { id, issuedKeyId, roleArn, issuedAt, expiresAt } = issuance;
    const { accessKeyId: callerKeyId } = issuance.caller;
    const end = Math.ceil((expiresAt ?? issuedAt + LONGEST_SESSION_S * 1000) / 1000) + BEYOND_END_S;
    const places = [
      ...(issuedKeyId === null ? [] : [keyPlace(issuedKeyId)]),
      ...(roleArn === null ? [] : [startPlace(roleArn, issuedAt)]),
      ...(isHeir(issuance) && callerKeyId !== null ? [callerPlace(callerKeyId)] : []),
    ];
    await this.#write(
      places.map((pk) => ({
        PutRequest: {
          Item: {
            pk: { S: pk },
            sk: { S: keyPart(id) },
            issuance: { S: JSON.stringify(issuance) },
            expires_at: { N: String(end) },
          },
        },
      })),
    );
  }

  async inherit({ id, issuedKeyId }: Heir, inherited: Inheritance): Promise<void> {
    const { client, table } = this.#options;
    const isOpen = inherited === 'disputed' ? '' : ' and attribute_not_exists(inherited)';
    await held(() =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: keyPlace(issuedKeyId) }, sk: { S: keyPart(id) } },
          UpdateExpression: 'set inherited = :inherited',
          // Who is still storing it, looks up what it inherits after that.
          ConditionExpression: `attribute_exists(pk)${isOpen}`,
          ExpressionAttributeValues: { ':inherited': { S: JSON.stringify(inherited) } },
        }),
      ),
    );
  }

  issuancesByKey(accessKeyId: string): Promise<KeptIssuance[]> {
    return this.#at(keyPlace(accessKeyId));
  }

  issuancesByStart(roleArn: string, startedAt: number): Promise<KeptIssuance[]> {
    return this.#at(startPlace(roleArn, startedAt));
  }

  issuancesByCaller(accessKeyId: string): Promise<KeptIssuance[]> {
    return this.#at(callerPlace(accessKeyId));
  }

  async #at(pk: string): Promise<KeptIssuance[]> {
    const found: KeptIssuance[] = [];
    for await (const { issuance, inherited } of itemsAt(this.#options, pk))
      found.push({
        ...(JSON.parse(issuance?.S ?? 'null') as Issuance),
        inherited: JSON.parse(inherited?.S ?? 'null') as Inheritance | null,
      });
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

const keyPlace = (accessKeyId: string) => `key ${keyPart(accessKeyId)}`;
const callerPlace = (accessKeyId: string) => `caller ${keyPart(accessKeyId)}`;
const startPlace = (roleArn: string, at: number) => `start ${keyPart(roleArn)} ${at}`;
