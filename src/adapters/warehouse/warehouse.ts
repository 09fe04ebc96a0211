// Owns what podtrail asks of an SQL engine over object storage (Athena, Trino), so that all else is written once for both.
import { PodtrailError } from '../../errors.ts';
import type { BoundValue } from '../compose-over-tables.ts';
import type { HistoryTable } from './history-tables.ts';
import type { LogFileLayout } from './log-file-table.ts';

/** Raised when the engine refuses or fails a statement; the message names the statement's object and the remedy. */
export class WarehouseError extends PodtrailError {}

/** Raised when a statement that the engine took fails: it no longer runs, and may be run again where that is safe. */
export class StatementError extends WarehouseError {}

/** By column name. Times are text in UTC (`2026-10-05 03:00:00.000`), numbers and booleans are values, absent is null. */
export type WarehouseRow = Record<string, unknown>;

export interface Warehouse {
  readonly ddl: Ddl;
  /** The same engine with another schema as the one in which plain names stand. */
  within(schema: string): Warehouse;
  /** The same engine without limits, to clear up after a statement that was cancelled. */
  withoutLimits(): Warehouse;
  /** Runs a statement to its end. Throws WarehouseError. */
  run(sql: string, values?: readonly BoundValue[]): Promise<void>;
  /** The rows in the engine's pages. Throws WarehouseError. */
  rows(sql: string, values?: readonly BoundValue[]): AsyncGenerator<WarehouseRow[]>;
}

/** The statements that engines word differently. */
export interface Ddl {
  createSchema(name: string): string;
  dropSchema(name: string): string;
  /** A table that is soon dropped again. Its times have milliseconds: as Hive tables have no more. */
  createTableAs(name: string, sql: string): string;
  createLogFileTable(layout: LogFileLayout): string;
  createHistoryTable(schema: string, table: HistoryTable): string;
  /** Joins small files of the partitions from a moment on, `2026-10-05 00:00:00`. */
  compact(schema: string, table: HistoryTable, since: string): string;
  /** Drops what no snapshot needs any more. */
  expire(schema: string, table: HistoryTable): string;
}

/** What statements have cost so far. */
export interface Spent {
  statements: number;
  scannedBytes: number;
  /** The same, each statement counted as LEAST_CHARGED_BYTES at least. */
  chargedBytes: number;
}

export const NOTHING_SPENT: Readonly<Spent> = { statements: 0, scannedBytes: 0, chargedBytes: 0 };

/** Athena charges so much for each statement at least: https://aws.amazon.com/athena/pricing/ */
export const LEAST_CHARGED_BYTES = 10e6;

/** Told while a statement runs: what it has read so far. */
export type OnProgress = (spent: Spent) => void;

/** How far statements may go. */
export interface StatementLimits {
  /** Ends what is running, as on Ctrl-C. */
  signal?: AbortSignal;
  /** A statement that takes longer is cancelled; milliseconds. */
  timeoutMs?: number;
  /** Statements are cancelled when all together have read more. */
  maxScanBytes?: number;
  onProgress?: OnProgress;
}

/** All rows of a small result. */
export async function allRows(
  warehouse: Warehouse,
  sql: string,
  values: readonly BoundValue[] = [],
): Promise<WarehouseRow[]> {
  const rows: WarehouseRow[] = [];
  for await (const page of warehouse.rows(sql, values)) rows.push(...page);
  return rows;
}

/** A value as an SQL literal of Trino and Athena. */
export function literal(value: BoundValue): string {
  if (value === null) return 'cast(null as varchar)';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
