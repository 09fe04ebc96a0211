// Runs statements on Athena: starts, polls, pages through results, stops what is not wanted; values are execution parameters.
import { randomUUID } from 'node:crypto';
import type { AthenaClient, ColumnInfo, QueryExecution, Row } from '@aws-sdk/client-athena';
import { ParameterError } from '../../catalogue/errors.ts';
import { compact } from '../../compact.ts';
import { CREDENTIALS_REMEDY, hushNodeWarning } from '../aws-sdk.ts';
import type { BoundValue } from '../compose-over-tables.ts';
import { retried, retriedStatement, statementError, warehouseError } from '../warehouse/errors.ts';
import { Watch } from '../warehouse/limits.ts';
import {
  type Ddl,
  literal,
  NOTHING_SPENT,
  type Spent,
  type StatementLimits,
  type Warehouse,
  WarehouseError,
  type WarehouseRow,
} from '../warehouse/warehouse.ts';
import { athenaDdl } from './ddl.ts';

export interface AthenaOptions {
  workgroup: string;
  database: string;
  /** Where results go, `s3://bucket/prefix/`; the workgroup's own where absent. */
  output?: string;
  /** Where the history's files go, ending in a slash; null where it is not said, which is enough to ask. */
  location: string | null;
  region?: string;
  limits?: StatementLimits;
}

type Sdk = typeof import('@aws-sdk/client-athena');

interface Connection {
  sdk: Sdk;
  client: AthenaClient;
}

const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 2_000;
const PAGE_ROWS = 1_000;
/** What an execution parameter may hold, by Athena's API. */
const LONGEST_PARAMETER = 1_024;

export class Athena implements Warehouse {
  readonly ddl: Ddl;
  readonly spent: Spent;
  readonly #options: AthenaOptions;
  readonly #connection: Connection;

  private constructor(options: AthenaOptions, connection: Connection, spent: Spent) {
    this.#options = options;
    this.#connection = connection;
    this.spent = spent;
    this.ddl = athenaDdl(options.location);
  }

  /** Loads the client; credentials come from the SDK's default chain. */
  static async connect(options: AthenaOptions): Promise<Athena> {
    hushNodeWarning();
    const sdk = await import('@aws-sdk/client-athena');
    const client = new sdk.AthenaClient({
      // Athena throttles per account: waiting longer each time is what AWS asks for.
      retryMode: 'adaptive',
      maxAttempts: 8,
      ...compact({ region: options.region }),
    });
    return new Athena(options, { sdk, client }, { ...NOTHING_SPENT });
  }

  within(schema: string): Athena {
    return new Athena({ ...this.#options, database: schema }, this.#connection, this.spent);
  }

  withoutLimits(): Athena {
    const { limits: _, ...options } = this.#options;
    return new Athena(options, this.#connection, this.spent);
  }

  async run(sql: string, values: readonly BoundValue[] = []): Promise<void> {
    await this.#execute(sql, values, this.#watch());
  }

  async *rows(sql: string, values: readonly BoundValue[] = []): AsyncGenerator<WarehouseRow[]> {
    const { sdk, client } = this.#connection;
    const watch = this.#watch();
    const id = await this.#execute(sql, values, watch);
    let token: string | undefined;
    let isFirst = true;
    do {
      const answer = await this.#request(watch, () =>
        client.send(
          new sdk.GetQueryResultsCommand({
            QueryExecutionId: id,
            MaxResults: PAGE_ROWS,
            ...compact({ NextToken: token }),
          }),
        ),
      );
      this.#options.limits?.onProgress?.(this.spent);
      const columns = answer.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
      // The first row of a select is its header.
      const rows = (answer.ResultSet?.Rows ?? []).slice(isFirst ? 1 : 0);
      if (rows.length > 0) yield rows.map((row) => typedRow(columns, row));
      isFirst = false;
      token = answer.NextToken;
    } while (token !== undefined);
  }

  #watch(): Watch {
    return new Watch(this.#options.limits ?? {}, this.spent);
  }

  /** Runs a statement to its end, again where its failure may pass; returns its id. */
  async #execute(sql: string, values: readonly BoundValue[], watch: Watch): Promise<string> {
    return retriedStatement(
      sql,
      async () => {
        watch.check();
        const id = await this.#start(sql, values, watch);
        watch.begin();
        await this.#finish(id, watch);
        return id;
      },
      (ms) => watch.wait(ms),
    );
  }

  /** Returns the id of the execution. */
  async #start(sql: string, values: readonly BoundValue[], watch: Watch): Promise<string> {
    const { sdk, client } = this.#connection;
    const { workgroup, database, output } = this.#options;
    const parameters = values.map(literal);
    const long = parameters.find((text) => text.length > LONGEST_PARAMETER);
    if (long !== undefined)
      throw new WarehouseError(
        'parameter-too-long',
        `Athena takes values of ${LONGEST_PARAMETER} characters at most, and one has ${long.length}: give a shorter value, or fewer networks (the ranges that hold them)`,
      );
    const command = new sdk.StartQueryExecutionCommand({
      QueryString: sql,
      // The same one each time that the request is sent, so that the statement is started once.
      ClientRequestToken: randomUUID(),
      WorkGroup: workgroup,
      QueryExecutionContext: { Database: database },
      ...(output === undefined ? {} : { ResultConfiguration: { OutputLocation: output } }),
      ...(parameters.length === 0 ? {} : { ExecutionParameters: parameters }),
    });
    const started = await this.#request(watch, () => client.send(command));
    return started.QueryExecutionId ?? '';
  }

  /** Waits for the end of an execution; stops one that may go no further, or that cannot be watched. */
  async #finish(id: string, watch: Watch): Promise<void> {
    const { sdk, client } = this.#connection;
    let isOver = false;
    try {
      for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, LONGEST_POLL_MS)) {
        const { QueryExecution: execution } = await this.#request(watch, () =>
          client.send(new sdk.GetQueryExecutionCommand({ QueryExecutionId: id })),
        );
        const state = execution?.Status?.State;
        isOver = state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
        watch.count(execution?.Statistics?.DataScannedInBytes ?? 0);
        if (state === 'FAILED' || state === 'CANCELLED') throw failure(execution);
        watch.check();
        if (isOver) return;
        await watch.wait(wait);
      }
    } finally {
      if (!isOver) await this.#stop(id);
    }
  }

  async #stop(id: string): Promise<void> {
    const { sdk, client } = this.#connection;
    try {
      await client.send(new sdk.StopQueryExecutionCommand({ QueryExecutionId: id }));
    } catch (error) {
      throw new WarehouseError(
        'athena-not-stopped',
        `could not stop Athena query ${id}; it may still be running and billed: stop it in the console (${(error as Error).message})`,
        { cause: error },
      );
    }
  }

  /** Sends a request, again where its failure may pass. */
  #request<T>(watch: Watch, request: () => Promise<T>): Promise<T> {
    return retried(
      () => {
        watch.checkWanted();
        return this.#send(request);
      },
      (ms) => watch.wait(ms),
    );
  }

  /** A request whose errors are told as podtrail's. */
  async #send<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const { name, message, $fault, code } = error as Error & { $fault?: string; code?: string };
      if (/credentials|TokenProvider/i.test(name))
        throw new WarehouseError(
          'athena-credentials',
          `no AWS credentials for Athena (${message}): ${CREDENTIALS_REMEDY}`,
          { cause: error },
        );
      if (/Region is missing/.test(message))
        throw new ParameterError('no region for Athena: give --athena-region or set AWS_REGION');
      throw warehouseError('Athena', `${name}: ${message}`, {
        cause: error,
        // Node gives lost connections a code.
        retryable: $fault === 'server' || code !== undefined || name === 'TimeoutError' || undefined,
      });
    }
  }
}

function failure(execution: QueryExecution | undefined): WarehouseError {
  const status = execution?.Status;
  const said = status?.StateChangeReason ?? status?.AthenaError?.ErrorMessage ?? 'no reason given';
  if (status?.State === 'CANCELLED' && !/limit/i.test(said))
    return new WarehouseError('cancelled', `Athena: the query was cancelled from outside (${said})`);
  return statementError('Athena', said, { retryable: status?.AthenaError?.Retryable });
}

function typedRow(columns: readonly ColumnInfo[], row: Row): WarehouseRow {
  return Object.fromEntries(
    columns.map((column, index) => [column.Name ?? '', typedValue(column, row.Data?.[index]?.VarCharValue)]),
  );
}

/** NULL has no text at all, which the empty string has. */
function typedValue({ Type: type = 'varchar' }: ColumnInfo, text: string | undefined): unknown {
  if (text === undefined) return null;
  if (type === 'boolean') return text === 'true';
  if (
    /^(tinyint|smallint|integer|int)$/.test(type) ||
    type === 'double' ||
    type === 'float' ||
    type === 'real'
  )
    return Number(text);
  if (type !== 'bigint') return text;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
