// Keeps the ledger of issued sessions in the live path's table.
import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Issuance } from '../../identity/issuance.ts';
import type { Ledger } from '../../ports.ts';
import { itemsAt, keyPart, type LiveTableOptions, LONGEST_SESSION_S } from './table.ts';

/** An issuance is kept so long after its session's end, for calls that are delivered late. */
const BEYOND_END_S = 24 * 3600;
const TRIES = 8;

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
            sk: { S: keyPart(id) },
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
    const found: Issuance[] = [];
    for await (const { issuance } of itemsAt(this.#options, pk))
      found.push(JSON.parse(issuance?.S ?? 'null') as Issuance);
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
const startPlace = (roleArn: string, at: number) => `start ${keyPart(roleArn)} ${at}`;
