// Speaks Trino's statement protocol: one statement in, typed rows or Trino's error out.
// Values go along as literals of EXECUTE IMMEDIATE, as Athena's execution parameters do.

import type { BoundValue } from '../../src/adapters/compose-over-tables.ts';

interface Page {
  nextUri?: string;
  columns?: { name: string }[];
  data?: unknown[][];
  error?: { errorName: string; message: string };
}

const HEADERS = {
  'X-Trino-User': 'podtrail',
  'X-Trino-Time-Zone': 'UTC',
  'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
};

export class Trino {
  readonly #server: string;
  readonly #schema: string;

  constructor(server: string, schema = 'ready') {
    this.#server = server;
    this.#schema = schema;
  }

  /** The same server with another schema of the Hive catalog as the one that names stand in. */
  within(schema: string): Trino {
    return new Trino(this.#server, schema);
  }

  async run(sql: string, values: readonly BoundValue[] = []): Promise<void> {
    await this.rows(sql, values);
  }

  /** The rows by column name; times are text, numbers are numbers. Throws Trino's error. */
  async rows(sql: string, values: readonly BoundValue[] = []): Promise<Record<string, unknown>[]> {
    const body =
      values.length === 0 ? sql : `execute immediate ${literal(sql)} using ${values.map(literal).join(', ')}`;
    const headers = { ...HEADERS, 'X-Trino-Catalog': 'hive', 'X-Trino-Schema': this.#schema };
    let page = await read(await fetch(`${this.#server}/v1/statement`, { method: 'POST', body, headers }));
    const rows: Record<string, unknown>[] = [];
    for (;;) {
      if (page.error !== undefined) {
        throw new Error(`${page.error.errorName}: ${page.error.message}\n${sql.slice(0, 400)}`);
      }
      const names = page.columns?.map(({ name }) => name) ?? [];
      for (const row of page.data ?? []) {
        rows.push(Object.fromEntries(names.map((name, index) => [name, row[index]])));
      }
      if (page.nextUri === undefined) return rows;
      page = await read(await fetch(page.nextUri));
    }
  }
}

async function read(response: Response): Promise<Page> {
  if (!response.ok) throw new Error(`Trino answered ${response.status}`);
  return (await response.json()) as Page;
}

/** A value as an SQL literal. */
export function literal(value: BoundValue): string {
  if (value === null) return 'cast(null as varchar)';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
