// A schema of Trino with the tables of a store: what was read is copied over, and all the rest derived there by the models.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { statementOf, statementWithin, type Values } from '../../src/adapters/compose-over-tables.ts';
import {
  type DerivingEngine,
  deriveCallers,
  deriveInferences,
  OPEN_RANGE,
} from '../../src/adapters/derive-callers.ts';
import type { Store } from '../../src/adapters/duckdb/store.ts';
import { readRelation } from '../../src/adapters/query-files.ts';
import { NO_SETTINGS, type Settings } from '../../src/adapters/settings-file.ts';
import { Trino } from '../../src/adapters/trino/trino.ts';
import { typedRow } from '../../src/adapters/warehouse/ask-warehouse.ts';
import {
  type AttributedRange,
  narrowTo,
  type Places,
  type ReadSums,
  withAttributedRange,
} from '../../src/adapters/warehouse/attribute-log-files.ts';
import { allRows, literal, type Warehouse } from '../../src/adapters/warehouse/warehouse.ts';
import type { Question } from '../../src/catalogue/query-file.ts';
import type { ReportRow } from '../../src/report/columns.ts';
import type { TrinoServer } from './server.ts';

/** The day of all the trails here, and a time when all of it has been delivered. */
export const DAY = { since: new Date('2026-10-05T00:00:00Z'), until: new Date('2026-10-06T00:00:00Z') };
export const LATER = new Date('2026-10-08T00:00:00Z');

/** What a load writes, by the names that the models read it by. */
const READ = {
  settled_records: 'stored_records',
  records: 'stored_records',
  principals: 'principals',
  assumptions: 'assumptions',
  deliveries:
    '(select record_key as delivery_key, delivered_at from stored_records join deliveries on delivery_key = record_key >> 32)',
  clusters: 'clusters',
  snapshot_roles: 'snapshot_roles',
  session_name_patterns: 'session_name_patterns',
};

const ATTRIBUTED = ['attribution_key', 'twin_principal_key', 'root_principal_key'];

const TYPES: Record<string, string> = {
  VARCHAR: 'varchar',
  BIGINT: 'bigint',
  INTEGER: 'integer',
  TIMESTAMP: 'timestamp(3)',
};

export class AttributedSchema {
  readonly #engine: Warehouse;
  /** Null where the tables were copied. */
  readonly #attributed: AttributedRange | null;
  readonly close: () => Promise<void>;

  constructor(engine: Warehouse, attributed: AttributedRange | null = null, close = async () => {}) {
    this.#engine = engine;
    this.#attributed = attributed;
    this.close = close;
  }

  /** As statements write it. */
  async name(): Promise<string> {
    const [named] = await allRows(this.#engine, "select current_catalog || '.' || current_schema as name");
    return String(named?.name);
  }

  /** What was read; null where it was copied. */
  get sums(): ReadSums | null {
    return this.#attributed?.sums ?? null;
  }

  async narrow(range: { since: Date; until: Date }): Promise<void> {
    if (this.#attributed !== null) await narrowTo(this.#attributed.tables, range);
  }

  /** Copies what the store has read, and derives the callers anew. */
  static async ofStore(server: TrinoServer, name: string, store: Store): Promise<AttributedSchema> {
    const trino = await schemaOf(server, name);
    for (const [table, from] of Object.entries(READ)) await copy(server, trino, name, table, from, store);
    return derived(trino);
  }

  /** Reads the gzip files that CloudTrail delivered as podtrail does, and keeps the tables until `close`. */
  static async ofLogFiles(
    trino: Trino,
    places: Places,
    range: { since: Date; until: Date },
    settings: Settings = NO_SETTINGS,
  ): Promise<AttributedSchema> {
    const asked = { range, settings, now: LATER };
    let release = () => {};
    const closed = new Promise<void>((resolve) => {
      release = resolve;
    });
    return new Promise((resolve, reject) => {
      const done = withAttributedRange(trino, places, asked, async (attributed) => {
        const close = async () => {
          release();
          await done;
        };
        resolve(new AttributedSchema(attributed.tables.warehouse, attributed, close));
        await closed;
      });
      done.catch(reject);
    });
  }

  /** The rows of a question, typed as the store's are; over log files of the range that they were last narrowed to. */
  async ask(question: Question, values: Values): Promise<ReportRow[]> {
    const { sql, bound } =
      this.#attributed === null ? statementOf(question, values) : statementWithin(question, values);
    const rows = await allRows(this.#engine, sql, bound);
    return rows.map((row) => typedRow(question.columns, row));
  }

  /** How many rows each of the tables has, by name. */
  async count(table: string): Promise<number> {
    const [counted] = await allRows(this.#engine, `select count(*) as rows from ${table}`);
    return Number(counted?.rows);
  }
}

async function schemaOf(server: TrinoServer, name: string): Promise<Trino> {
  const trino = new Trino({ server: server.url, user: 'podtrail' });
  await trino.run(`create schema hive.${name}`);
  return trino.within(`hive.${name}`);
}

async function copy(
  server: TrinoServer,
  trino: Trino,
  name: string,
  table: string,
  from: string,
  store: Store,
): Promise<void> {
  const folder = join(server.warehouse, 'read', name, table);
  await mkdir(folder, { recursive: true });
  // A hash is DuckDB's own, and no model reads it; what naming wrote is derived here anew.
  const columns = (await store.all(`describe select * from ${from}`)).filter(
    (row) => row.column_type !== 'UBIGINT' && !ATTRIBUTED.includes(String(row.column_name)),
  );
  const names = columns.map((row) => String(row.column_name));
  await store.run(
    `copy (select ${names.join(', ')} from ${from}) to ${literal(join(folder, 'rows.parquet'))} (format parquet)`,
  );
  const typed = columns.map((row) => `${row.column_name} ${typeOf(String(row.column_type))}`);
  await trino.run(
    `create table ${table} (${typed.join(', ')}) with (format = 'PARQUET', external_location = 'local:///read/${name}/${table}')`,
  );
}

async function derived(trino: Trino): Promise<AttributedSchema> {
  const engine: DerivingEngine = {
    makeTable: async (table, sql, values) => {
      await trino.run(`drop table if exists ${table}`);
      await trino.run(`create table ${table} as ${sql}`, values);
    },
    run: (sql, values) => trino.run(sql, values),
    rows: (sql) => allRows(trino, sql),
    attributeRecords: () =>
      engine.makeTable(
        'attributed_records',
        readRelation('sources/trino/attributed-records.sql').sql,
        [],
        true,
      ),
  };
  await deriveCallers(engine);
  await engine.makeTable('records', 'select * from attributed_records', [], true);
  await deriveInferences(engine, OPEN_RANGE);
  return new AttributedSchema(trino);
}

function typeOf(type: string): string {
  const known = TYPES[type];
  if (known === undefined) throw new TypeError(`there is no type of Trino for ${type}`);
  return known;
}
