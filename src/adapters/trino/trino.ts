// Speaks Trino's statement protocol: one statement in, pages of typed rows or an error out; cancels what is not wanted.
// Values go along as literals of EXECUTE IMMEDIATE. A client library for it knows no retry and no cancelling of its own.
import { ParameterError } from '../../catalogue/errors.ts';
import { compact } from '../../compact.ts';
import { PodtrailError } from '../../errors.ts';
import type { BoundValue } from '../compose-over-tables.ts';
import { retried, retriedStatement, statementError } from '../warehouse/errors.ts';
import { Watch } from '../warehouse/limits.ts';
import {
  literal,
  NOTHING_SPENT,
  type Spent,
  type StatementLimits,
  type Warehouse,
  WarehouseError,
  type WarehouseRow,
} from '../warehouse/warehouse.ts';
import { TRINO_DDL } from './ddl.ts';

export interface TrinoOptions {
  /** `http://127.0.0.1:8080`. */
  server: string;
  user: string;
  /** Sent over https only. */
  password?: string;
  limits?: StatementLimits;
}

interface Page {
  id?: string;
  nextUri?: string;
  columns?: { name: string }[];
  data?: unknown[][];
  error?: { errorName: string; message: string };
  stats?: { physicalInputBytes?: number };
}

const BUSY = new Set([429, 502, 503, 504]);

export class Trino implements Warehouse {
  readonly ddl = TRINO_DDL;
  readonly spent: Spent;
  readonly #options: TrinoOptions;
  readonly #schema: string | null;

  constructor(options: TrinoOptions, schema: string | null = null, spent: Spent = { ...NOTHING_SPENT }) {
    this.#options = options;
    this.#schema = schema;
    this.spent = spent;
    const { protocol } = address(options.server);
    if (options.password !== undefined && protocol !== 'https:')
      throw new ParameterError(`${options.server}: a password is sent over https only`);
  }

  /** `schema` is `catalog.schema`. */
  within(schema: string): Trino {
    return new Trino(this.#options, schema, this.spent);
  }

  withoutLimits(): Trino {
    const { limits: _, ...options } = this.#options;
    return new Trino(options, this.#schema, this.spent);
  }

  async run(sql: string, values: readonly BoundValue[] = []): Promise<void> {
    const watch = this.#watch();
    await retriedStatement(
      sql,
      async () => {
        for await (const _ of this.#pages(sql, values, watch));
      },
      (ms) => watch.wait(ms),
    );
  }

  /** A statement that fails is not run again, since rows of it may have been handed on. */
  rows(sql: string, values: readonly BoundValue[] = []): AsyncGenerator<WarehouseRow[]> {
    return this.#pages(sql, values, this.#watch());
  }

  #watch(): Watch {
    return new Watch(this.#options.limits ?? {}, this.spent);
  }

  async *#pages(sql: string, values: readonly BoundValue[], watch: Watch): AsyncGenerator<WarehouseRow[]> {
    const body =
      values.length === 0 ? sql : `execute immediate ${literal(sql)} using ${values.map(literal).join(', ')}`;
    const start = `${this.#options.server.replace(/\/$/, '')}/v1/statement`;
    let next: string | undefined;
    try {
      let page = await this.#page(start, watch, { method: 'POST', body });
      watch.begin();
      for (;;) {
        next = page.nextUri;
        watch.count(page.stats?.physicalInputBytes ?? 0);
        if (page.error !== undefined)
          throw statementError('Trino', `${page.error.errorName}: ${page.error.message}`);
        watch.check();
        const names = page.columns?.map(({ name }) => name) ?? [];
        if (page.data !== undefined && page.data.length > 0)
          yield page.data.map((row) =>
            Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])),
          );
        if (next === undefined) return;
        page = await this.#page(next, watch, {});
        next = page.nextUri;
      }
    } finally {
      // Whoever stops listening, or is told to stop, also stops the statement.
      if (next !== undefined) await this.#cancel(next);
    }
  }

  async #page(url: string, watch: Watch, request: RequestInit): Promise<Page> {
    return retried(
      async () => {
        watch.check();
        let response: Response;
        try {
          response = await fetch(url, {
            ...request,
            headers: this.#headers(url),
            ...compact({ signal: watch.signal }),
          });
        } catch (error) {
          watch.check();
          throw new WarehouseError(
            'trino-unreachable',
            `Trino at ${new URL(url).origin} did not answer: ${reasonOf(error)}`,
            // A statement may have begun although no answer came: only asking for pages is repeated.
            { cause: error, retryable: request.method !== 'POST' },
          );
        }
        if (BUSY.has(response.status))
          throw new WarehouseError('trino-busy', `Trino is too busy to answer (${response.status})`, {
            retryable: true,
          });
        if (response.status === 401 || response.status === 403)
          throw new WarehouseError(
            'access-denied',
            `Trino refuses ${this.#options.user} (${response.status}): give --user, and the password in TRINO_PASSWORD`,
          );
        if (!response.ok)
          throw new WarehouseError(
            'trino-failed',
            `${new URL(url).origin} answers ${response.status}: is it a Trino?`,
          );
        return (await response.json().catch((error: unknown) => {
          throw new WarehouseError('trino-failed', `${new URL(url).origin} answers no JSON: is it a Trino?`, {
            cause: error,
          });
        })) as Page;
      },
      (ms) => watch.wait(ms),
    );
  }

  #headers(url: string): Record<string, string> {
    const { server, user, password } = this.#options;
    const [catalog, schema] = this.#schema?.split('.') ?? [];
    return {
      'X-Trino-User': user,
      'X-Trino-Source': 'podtrail',
      'X-Trino-Time-Zone': 'UTC',
      'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
      ...compact({ 'X-Trino-Catalog': catalog, 'X-Trino-Schema': schema }),
      ...(password === undefined || new URL(url).origin !== new URL(server).origin
        ? {}
        : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
    };
  }

  async #cancel(next: string): Promise<void> {
    try {
      await fetch(next, {
        method: 'DELETE',
        headers: this.#headers(next),
        signal: AbortSignal.timeout(5_000),
      });
    } catch {
      // The server ends a statement by itself whose client is gone.
    }
  }
}

function address(server: string): URL {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol))
    // One with a password in it is not said again.
    throw new ParameterError(
      `${server.includes('@') ? 'what --server says' : `"${server}"`} is not an address of a Trino: write https://host:port`,
    );
  if (url.username !== '' || url.password !== '')
    throw new ParameterError(
      'the address of Trino holds a user or a password: give --user, and the password in TRINO_PASSWORD',
    );
  return url;
}

function reasonOf(error: unknown): string {
  if (error instanceof PodtrailError) return error.message;
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
