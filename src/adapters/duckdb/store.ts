// Opens and creates stores: DuckDB files with podtrail's schema and the prelude that makes DuckDB speak the queries' SQL.
// Statements of one store run one after another, in the order in which they were asked for.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { PodtrailError } from '../../errors.ts';
import { readQueryText } from '../query-files.ts';
import { quote, SCHEMA, STORE_VERSION } from './schema.ts';

/** Thrown when a store can't be opened: absent, locked by another process, no store, or another version's. */
export class StoreError extends PodtrailError {}

/** What DuckDB may hold in memory, while nothing is set for a question or for naming. */
const MEMORY_MIB = 192;
/** Rows that DuckDB compresses, reads and passes over together: smaller than its own size, so that two processors share them. */
const ROW_GROUP_SIZE = 20_480;
const QUESTION_MEMORY_MIB = 1536;
/** FSST takes a quarter of what a load costs DuckDB, for a store that is a fifth smaller; what repeats is kept in dictionaries. */
const SLOW_COMPRESSION = 'fsst';

export type Row = Record<string, unknown>;

export class Store {
  readonly path: string;
  /** Whether questions see all that is in the store: not where a load was killed before it named its callers. */
  isComplete = true;
  /** What DuckDB may hold in memory. */
  memoryMiB = MEMORY_MIB;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  #turn: Promise<unknown> = Promise.resolve();
  #running = 0;

  private constructor(path: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path;
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Readies the store for questions: they get more memory than a load has beside its workers, and see what is named. */
  async prepareForQuestions(): Promise<void> {
    if (this.memoryMiB !== QUESTION_MEMORY_MIB) await this.limitMemory(QUESTION_MEMORY_MIB);
    const [state] = await this.all(`with last as (select max(settlement) as settlement from named)
      select not exists (select 1 from settlements as s, last where s.settlement > last.settlement)
        and not exists (select 1 from stored_records as s, last where s.settlement > last.settlement) as is_complete`);
    this.isComplete = state?.is_complete === true;
    // The store's own view always filters, which makes the planner expect a fifth of the records.
    const settled = this.isComplete ? '' : 'where settlement <= (select max(settlement) from named)';
    await this.run(`create or replace temp view attributed_records as select *, record_key >> 32 as delivery_key from stored_records ${settled};
      create or replace temp view records as select * from attributed_records`);
  }

  /** Opens a store to write to it; makes it where the file does not exist. */
  static async openOrCreate(path: string): Promise<Store> {
    const isNew = !existsSync(path);
    const store = await Store.#open(path, 'READ_WRITE');
    // A process killed before the first commit leaves a database without tables; it becomes a store now.
    const tables = await store.all('select count(*) as tables from duckdb_tables() where not temporary');
    if (isNew || tables[0]?.tables === 0n) await store.run(`begin; ${SCHEMA} commit;`);
    await store.#checkVersion();
    return store;
  }

  /** Opens an existing store to ask it. */
  static async openToRead(path: string): Promise<Store> {
    if (!existsSync(path)) {
      throw new StoreError(
        'store-missing',
        `there is no store ${path}: make one with "podtrail load PATH… --store ${path}"`,
      );
    }
    const store = await Store.#open(path, 'READ_ONLY');
    const tables = await store.all('select table_name from duckdb_tables() where not temporary');
    if (tables.length > 0) await store.#checkVersion();
    if (tables.some(({ table_name: name }) => name === 'callers')) return store;
    await store.close();
    throw new StoreError(
      'store-incomplete',
      `no load into ${path} was completed yet: run "podtrail load PATH… --store ${path}" again`,
    );
  }

  static async #open(path: string, mode: 'READ_ONLY' | 'READ_WRITE'): Promise<Store> {
    try {
      const instance = await DuckDBInstance.create(':memory:', {
        memory_limit: `${MEMORY_MIB}MiB`,
        allocator_flush_threshold: '8MiB',
        allocator_bulk_deallocation_flush_threshold: '8MiB',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        temp_directory: spillFolder(path),
      });
      const connection = await instance.connect();
      const how = mode === 'READ_ONLY' ? 'read_only' : `row_group_size ${ROW_GROUP_SIZE}`;
      // DuckDB takes `:memory:`, and the name of a CSV or JSON file, for a database in memory, which would be gone with its records.
      await connection.run(`attach ${quote(resolve(path))} as store (type duckdb, ${how}); use store`);
      await connection.run(`set disabled_compression_methods = '${SLOW_COMPRESSION}'`);
      await connection.run(readQueryText('sources/duckdb/prelude.sql'));
      // A store that somebody else made may hold views that read files.
      if (mode === 'READ_ONLY') await connection.run('set enable_external_access = false');
      return new Store(path, instance, connection);
    } catch (error) {
      throw openError(path, error);
    }
  }

  async #checkVersion(): Promise<void> {
    const found = await this.all('select version from store_version').catch(() => []);
    if (found[0]?.version === STORE_VERSION) return;
    await this.close();
    throw new StoreError(
      'store-version',
      found.length === 0
        ? `${this.path} is a DuckDB database, but no podtrail store: choose another file for --store`
        : `the store ${this.path} was written by another version of podtrail: load the log files into a new one`,
    );
  }

  /** Sets what DuckDB may hold in memory; throws DuckDB's error where it holds more and cannot give it back. */
  async limitMemory(mebibytes: number): Promise<void> {
    await this.run(`set memory_limit = '${mebibytes}MiB'`);
    this.memoryMiB = mebibytes;
  }

  /** Gives what DuckDB freed back to the system, which it does when it is told its limit: it may be as much again as it holds. */
  async giveBack(): Promise<void> {
    await this.limitMemory(this.memoryMiB);
  }

  /** Runs `work` as one transaction: all of it stays, or, where it throws, nothing. */
  async inTransaction(work: () => Promise<void>): Promise<void> {
    await this.run('begin');
    try {
      await work();
      await this.run('commit');
    } catch (error) {
      await this.run('rollback').catch(() => {});
      throw error;
    }
  }

  /** Runs one or several statements for their effect. */
  async run(sql: string, values: DuckDBValue[] = []): Promise<void> {
    await this.#inTurn(() => this.#connection.run(sql, values));
  }

  /** All rows of a small result. */
  async all(sql: string, values: DuckDBValue[] = []): Promise<Row[]> {
    return this.#inTurn(
      async () => (await this.#connection.runAndReadAll(sql, values)).getRowObjects() as Row[],
    );
  }

  /**
   * The rows of a result of any size; nothing else may run on the store meanwhile. They are kept in a table first, which spills: DuckDB
   * ends a stream of rows that it still computes as if it were complete where computing fails.
   */
  async *rows(sql: string, values: DuckDBValue[] = []): AsyncGenerator<Row[]> {
    await this.run(`create or replace temp table answer as ${sql}`, values);
    try {
      const [kept] = await this.all('select count(*)::integer as rows from answer');
      const result = await this.#inTurn(() => this.#connection.stream('from answer'));
      const chunks = result.yieldRowObjects();
      let told = 0;
      for (;;) {
        const { done, value } = await this.#inTurn(() => chunks.next());
        if (done) break;
        told += value.length;
        yield value as Row[];
      }
      if (told !== kept?.rows)
        throw new StoreError(
          'answer-cut',
          `the answer broke off after ${told} of ${kept?.rows} rows: ask again`,
        );
    } finally {
      await this.run('drop table answer');
    }
  }

  /** Closes the store, once nothing runs on it any more: DuckDB crashes where rows are still being fetched. */
  async close(): Promise<void> {
    while (this.#running > 0) await this.#turn;
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    const result = this.#turn.then(work).finally(() => {
      this.#running -= 1;
    });
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Where DuckDB puts what does not fit its memory, beside a store's file; a process that is killed leaves it. */
export function spillFolder(path: string): string {
  return `${path}.tmp`;
}

function openError(path: string, error: unknown): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  if (/could not set lock on file|used by another process/i.test(message)) {
    return new StoreError(
      'store-locked',
      `the store ${path} is in use by another process: wait for it, or stop it`,
      {
        cause: error,
        retryable: true,
      },
    );
  }
  if (/not a valid DuckDB database|not a DuckDB/i.test(message)) {
    return new StoreError('store-invalid', `${path} is no podtrail store: choose another file for --store`, {
      cause: error,
    });
  }
  if (/cannot open file/i.test(message) && !existsSync(dirname(path))) {
    return new StoreError(
      'store-folder-missing',
      `the folder of the store ${path} does not exist: make it first`,
      {
        cause: error,
      },
    );
  }
  return new StoreError('store-unusable', `can't open the store ${path}: ${message.split('\n')[0]}`, {
    cause: error,
  });
}
