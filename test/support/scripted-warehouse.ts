// A warehouse that remembers the statements it is given and answers them as a test says.
import { TRINO_DDL } from '../../src/adapters/trino/ddl.ts';
import type { Ddl, Warehouse, WarehouseRow } from '../../src/adapters/warehouse/warehouse.ts';

export interface Script {
  ddl?: Ddl;
  /** The rows of a statement; none where it is not said. What it throws fails the statement. */
  answer?: (sql: string) => WarehouseRow[] | undefined;
}

/** What was read of a trail without a record. */
const NO_RECORDS = { files: 0, read: 0, kept: 0, outside: 0, duplicate: 0, rejected: 0, calls: 0 };

export class ScriptedWarehouse implements Warehouse {
  readonly statements: string[] = [];
  readonly ddl: Ddl;
  readonly #answer: NonNullable<Script['answer']>;
  #fault: Error | null = null;

  constructor({ ddl = TRINO_DDL, answer = () => undefined }: Script = {}) {
    this.ddl = ddl;
    this.#answer = answer;
  }

  within(): Warehouse {
    return this;
  }

  withoutLimits(): Warehouse {
    return this;
  }

  /** Fails what is to give rows from now on. */
  failRows(message: string): void {
    this.#fault = new Error(message);
  }

  async run(sql: string): Promise<void> {
    this.statements.push(sql);
    this.#answer(sql);
  }

  async *rows(sql: string): AsyncGenerator<WarehouseRow[]> {
    this.statements.push(sql);
    if (this.#fault !== null) throw this.#fault;
    yield this.#answer(sql) ?? (/^select\s+count/.test(sql) ? [NO_RECORDS] : []);
  }

  /** The statements that begin so. */
  begun(start: string): string[] {
    return this.statements.filter((sql) => sql.startsWith(start));
  }
}
