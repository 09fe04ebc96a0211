// Takes parts into a store, settlement by settlement: what is not settled is in no answer, and goes with the next load.
import { unlink } from 'node:fs/promises';
import type { FileRead } from '../load-worker.ts';
import type { PartDone } from '../worker-pool.ts';
import { insertOutcomes } from './file-queue.ts';
import { insertParts } from './insert-parts.ts';
import { SETTLED_TABLES } from './schema.ts';
import { dropDuplicates } from './settle.ts';
import type { Store } from './store.ts';

/** Records and files that go into the store in one statement: many row groups, which both processors compress. */
const INSERTED_ITEMS = 200_000;
/** Or so many characters, where records or callers are long. */
const INSERTED_SIZE = 256 << 20;

/**
 * Takes parts into the store. Their rows carry the number of a settlement that is not in `settlements` yet, so no
 * question sees them and the next load discards them, until `settle` has dropped the duplicates.
 */
export class Intake {
  readonly #store: Store;
  readonly #loadNo: number;
  #waiting: PartDone[] = [];
  #waitingItems = 0;
  #waitingSize = 0;
  #inserted: FileRead[] = [];
  #insertedItems = 0;
  #settlement: number;

  private constructor(store: Store, loadNo: number, settlement: number) {
    this.#store = store;
    this.#loadNo = loadNo;
    this.#settlement = settlement;
  }

  /** Begins the next settlement. */
  static async begin(store: Store, loadNo: number): Promise<Intake> {
    return new Intake(store, loadNo, (await lastSettlement(store)) + 1);
  }

  /** Records and files taken in since the store was last settled: files without records take their room too. */
  get unsettled(): number {
    return this.#waitingItems + this.#insertedItems;
  }

  async add(part: PartDone): Promise<void> {
    this.#waiting.push(part);
    this.#waitingItems += part.files.reduce((sum, { records }) => sum + 1 + records.read, 0);
    this.#waitingSize += part.size;
    if (this.#waitingItems >= INSERTED_ITEMS || this.#waitingSize >= INSERTED_SIZE) await this.#insert();
  }

  async settle(): Promise<void> {
    await this.#insert();
    if (this.#inserted.length === 0) return;
    await this.#store.inTransaction(async () => {
      await insertOutcomes(this.#store, this.#loadNo, this.#inserted);
      const duplicates = await dropDuplicates(this.#store, this.#settlement);
      await this.#store.run(
        `insert into settlements values (${this.#settlement}, ${this.#loadNo}, ${duplicates})`,
      );
    });
    this.#settlement += 1;
    this.#inserted = [];
    this.#insertedItems = 0;
  }

  async #insert(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const parts = this.#waiting.map(({ part }) => part);
    await insertParts(this.#store, parts, this.#settlement);
    await Promise.all(parts.flatMap((part) => Object.values(part).map((path) => unlink(path))));
    for (const { files } of this.#waiting) for (const file of files) this.#inserted.push(file);
    this.#insertedItems += this.#waitingItems;
    this.#waiting = [];
    this.#waitingItems = 0;
    this.#waitingSize = 0;
  }
}

async function lastSettlement(store: Store): Promise<number> {
  const [last] = await store.all('select coalesce(max(settlement), 0) as settlement from settlements');
  return Number(last?.settlement ?? 0);
}

/** Removes the rows that a killed load took in and did not settle: they are no evidence of anything. */
export async function discardUnsettled(store: Store): Promise<void> {
  const last = await lastSettlement(store);
  for (const table of SETTLED_TABLES) await store.run(`delete from ${table} where settlement > ${last}`);
}
