// Owns the tables of a schema that lives as long as one piece of work, and drops them with it, however the work ends.

import { randomUUID } from 'node:crypto';
import { each } from '../../each.ts';
import type { BoundValue } from '../compose-over-tables.ts';
import type { DerivingEngine } from '../derive-callers.ts';
import { readRelation } from '../query-files.ts';
import { rowsStatements } from './rows-statements.ts';
import { allRows, type Warehouse } from './warehouse.ts';

/** Tables are dropped so many at once, which engines allow, as their statements wait more than they work. */
const AT_ONCE = 5;

/** The tables of one schema, each remembered, so that all can be dropped: engines drop no schema that holds some. */
export class ScratchTables implements DerivingEngine {
  /** The engine, with these tables by their plain names. */
  readonly warehouse: Warehouse;
  readonly #made = new Set<string>();

  constructor(warehouse: Warehouse) {
    this.warehouse = warehouse;
  }

  async make(name: string, sql: string, values: readonly BoundValue[] = []): Promise<void> {
    if (this.#made.has(name)) await this.warehouse.run(`drop table if exists ${name}`);
    this.#made.add(name);
    await this.warehouse.run(this.warehouse.ddl.createTableAs(name, sql), values);
  }

  /** Makes a table of these rows of texts, in their order by `place`. */
  async makeRows(
    name: string,
    columns: readonly string[],
    rows: readonly (string | null)[][],
  ): Promise<void> {
    const [first, ...others] = rowsStatements(columns, rows);
    await this.make(name, first);
    for (const sql of others) await this.run(`insert into ${name} ${sql}`);
  }

  makeTable(name: string, sql: string, values: readonly (string | null)[]): Promise<void> {
    return this.make(name, sql, values);
  }

  async run(sql: string, values: readonly (string | null)[] = []): Promise<void> {
    await this.warehouse.run(sql, values);
  }

  rows(sql: string): Promise<Record<string, unknown>[]> {
    return allRows(this.warehouse, sql);
  }

  attributeRecords(): Promise<void> {
    return this.make('attributed_records', readRelation('sources/trino/attributed-records.sql').sql);
  }

  /** Tries to drop each table; returns what went wrong. */
  async dropAll(): Promise<unknown[]> {
    const warehouse = this.warehouse.withoutLimits();
    const faults: unknown[] = [];
    const drop = (name: string) =>
      warehouse.run(`drop table if exists ${name}`).catch((error) => faults.push(error));
    await each([...this.#made].reverse(), drop, AT_ONCE);
    return faults;
  }
}

/**
 * Does the work in a schema of its own, whose name begins with `prefix`. Where the work fails its error is told, and none of
 * clearing up; where only that fails, the first of its errors.
 */
export async function withScratchTables<T>(
  engine: Warehouse,
  prefix: string,
  work: (tables: ScratchTables) => Promise<T>,
): Promise<T> {
  const schema = `${prefix}${randomUUID().replaceAll('-', '')}`;
  const tables = new ScratchTables(engine.within(schema));
  const clear = async (): Promise<unknown[]> => {
    const faults = await tables.dropAll();
    const drop = engine.withoutLimits().run(engine.ddl.dropSchema(schema));
    await drop.catch((error) => faults.push(error));
    return faults;
  };
  let result: T;
  try {
    // An engine may have made it though the statement was cancelled.
    await engine.run(engine.ddl.createSchema(schema));
    result = await work(tables);
  } catch (error) {
    await clear();
    throw error;
  }
  const [fault] = await clear();
  if (fault !== undefined) throw fault;
  return result;
}
