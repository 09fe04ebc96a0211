// A schema of Trino with the tables of a store: what was read is copied over, and all the rest derived there by the models.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { statementOf, type Values } from '../../src/adapters/compose-over-tables.ts';
import { deriveCallers } from '../../src/adapters/derive-callers.ts';
import type { Store } from '../../src/adapters/duckdb/store.ts';
import { readRelation } from '../../src/adapters/query-files.ts';
import type { Question } from '../../src/catalogue/query-file.ts';
import type { ReportRow } from '../../src/report/columns.ts';
import { type ResourceRule, resourceRules } from '../../src/trail/resource-rules.ts';
import { literal, type Trino } from './client.ts';
import type { TrinoServer } from './server.ts';

/** What a load writes, by the names that the models read it by. */
const READ = {
  settled_records: 'stored_records',
  records: 'stored_records',
  principals: 'principals',
  assumptions: 'assumptions',
  clusters: 'clusters',
  session_name_patterns: 'session_name_patterns',
};

const TYPES: Record<string, string> = {
  VARCHAR: 'varchar',
  BIGINT: 'bigint',
  INTEGER: 'integer',
  TIMESTAMP: 'timestamp(6)',
};

export class AttributedSchema {
  readonly #trino: Trino;

  constructor(trino: Trino) {
    this.#trino = trino;
  }

  /** Copies what the store has read, and derives the callers anew. */
  static async ofStore(server: TrinoServer, name: string, store: Store): Promise<AttributedSchema> {
    const trino = await schemaOf(server, name);
    for (const [table, from] of Object.entries(READ)) await copy(server, trino, name, table, from, store);
    return derived(trino);
  }

  /**
   * Reads the gzip files that CloudTrail delivered, at `logs` below the warehouse, and derives all from them; settings are
   * the store's.
   */
  static async ofLogFiles(
    server: TrinoServer,
    name: string,
    logs: string,
    store: Store,
  ): Promise<AttributedSchema> {
    const trino = await schemaOf(server, name);
    const fields = LOG_FIELDS.map((field) => `${field} varchar`).join(', ');
    await trino.run(`create table log_files (records array(row(${fields})))
      with (format = 'OPENX_JSON', external_location = 'local:///${logs}')`);
    const rules = [...resourceRules].flatMap(([source, all]) => all.map((rule) => ruleRow(source, rule)));
    await trino.run(
      `create table resource_rules as select * from (values ${rules
        .map((row, place) => `(${place}, ${row.map((value) => literal(value)).join(', ')})`)
        .join(
          ', ',
        )}) as r(place, event_source, parameter, form, service, before, own_kind, owner_parameter, event_names)`,
    );
    for (const source of ['settled-records', 'principals', 'assumptions']) {
      const file = readRelation(`sources/trino/${source}.sql`);
      await trino.run(`create table ${file.name} as ${file.sql}`);
    }
    await trino.run('create table records as select * from settled_records');
    for (const table of ['clusters', 'session_name_patterns'] as const)
      await copy(server, trino, name, table, table, store);
    return derived(trino);
  }

  /** The rows of a question, typed as the store's are. */
  async ask(question: Question, values: Values): Promise<ReportRow[]> {
    const { sql, bound } = statementOf(question, values);
    const rows = await this.#trino.rows(sql, bound);
    return rows.map((row) => typed(question, row));
  }

  /** How many rows each of the tables has, by name. */
  async count(table: string): Promise<number> {
    const [counted] = await this.#trino.rows(`select count(*) as rows from ${table}`);
    return Number(counted?.rows);
  }
}

async function schemaOf(server: TrinoServer, name: string): Promise<Trino> {
  await server.trino.run(`create schema hive.${name}`);
  return server.trino.within(name);
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
  // A hash is DuckDB's own, and no model reads it.
  const columns = (await store.all(`describe ${from}`)).filter((row) => row.column_type !== 'UBIGINT');
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
  await deriveCallers({
    makeTable: async (table, sql, values) => {
      await trino.run(`drop table if exists ${table}`);
      await trino.run(`create table ${table} as ${sql}`, values);
    },
    run: (sql, values) => trino.run(sql, values),
    rows: (sql) => trino.rows(sql),
  });
  return new AttributedSchema(trino);
}

/** The fields of a record that podtrail reads, in the order in which sources/trino/settled-records names them. */
const LOG_FIELDS = [
  'eventversion',
  'useridentity',
  'eventtime',
  'eventsource',
  'eventname',
  'awsregion',
  'sourceipaddress',
  'useragent',
  'errorcode',
  'errormessage',
  'requestparameters',
  'responseelements',
  'requestid',
  'eventid',
  'recipientaccountid',
  'resources',
  'sharedeventid',
  'addendum',
];

function ruleRow(source: string, rule: ResourceRule): (string | null)[] {
  const names = rule.eventNames === null ? null : [...rule.eventNames].join(' ');
  return [
    source,
    rule.parameter,
    rule.form,
    rule.service,
    rule.before,
    rule.kindOfItsOwn,
    rule.ownerParameter,
    names,
  ];
}

function typeOf(type: string): string {
  const known = TYPES[type];
  if (known === undefined) throw new TypeError(`there is no type of Trino for ${type}`);
  return known;
}

function typed(question: Question, row: Record<string, unknown>): ReportRow {
  return Object.fromEntries(
    question.columns.map(({ name, type }) => {
      const value = row[name] ?? null;
      if (type === 'time' && typeof value === 'string')
        return [name, new Date(`${value.replace(' ', 'T').slice(0, 23)}Z`)];
      if (type === 'json' && typeof value === 'string') return [name, JSON.parse(value)];
      return [name, value];
    }),
  );
}
