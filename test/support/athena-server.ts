// Owns a server that speaks Athena's protocol on 127.0.0.1: start, poll, results in pages, stop, failures, throttling.
// What a statement yields is its user's matter: scripted, or a real Trino.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AthenaStatement {
  sql: string;
  /** As sent: SQL literals. */
  parameters: string[];
  database: string;
  workgroup: string;
}

export interface AthenaResult {
  columns: { name: string; type: string }[];
  rows: (string | null)[][];
  scannedBytes: number;
}

/** What Athena says of a failure beside its reason. */
export class AthenaFailure extends Error {
  readonly told: { retryable?: boolean; scannedBytes?: number };

  constructor(reason: string, told: { retryable?: boolean; scannedBytes?: number }) {
    super(reason);
    this.told = told;
  }
}

/** Throws what Athena would give as the reason of the failure. */
export type Execute = (statement: AthenaStatement) => Promise<AthenaResult>;

interface Execution {
  statement: AthenaStatement;
  state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  reason?: string;
  isRetryable?: boolean | undefined;
  result?: AthenaResult;
  /** What has been read so far, of a statement that goes on. */
  scannedBytes: number;
}

export interface AthenaServer {
  url: string;
  statements: AthenaStatement[];
  stopped: string[];
  /** What was asked, as IAM calls it: `athena:StartQueryExecution`. */
  actions: Set<string>;
  /** Requests that are refused next, for being too many. */
  throttle: number;
  /** Requests of these actions are refused next, in a way that the SDK does not repeat by itself. */
  refusals: { action: string; type: string; message: string }[];
  /** How many pages of results were asked for. */
  pages: number;
  stop(): Promise<void>;
}

/** Under this environment the SDK finds credentials, and no configuration of this machine. */
export const ATHENA_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: '',
  AWS_REGION: 'us-east-1',
  AWS_PROFILE: '',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
} as const;

export async function startAthenaServer(execute: Execute): Promise<AthenaServer> {
  const executions = new Map<string, Execution>();
  const server: AthenaServer = {
    url: '',
    statements: [],
    stopped: [],
    actions: new Set(),
    throttle: 0,
    refusals: [],
    pages: 0,
    stop: async () => {},
  };

  const actions: Record<string, (body: Record<string, unknown>) => unknown> = {
    StartQueryExecution: (body) => {
      const context = (body.QueryExecutionContext ?? {}) as Record<string, string>;
      const statement = {
        sql: String(body.QueryString),
        parameters: (body.ExecutionParameters ?? []) as string[],
        database: context.Database ?? '',
        workgroup: String(body.WorkGroup),
      };
      const id = `query-${executions.size + 1}`;
      const execution: Execution = { statement, state: 'RUNNING', scannedBytes: 0 };
      executions.set(id, execution);
      server.statements.push(statement);
      execute(statement).then(
        (result) => {
          if (execution.state !== 'RUNNING') return;
          execution.result = result;
          execution.scannedBytes = result.scannedBytes;
          execution.state = 'SUCCEEDED';
        },
        (error: Error) => {
          if (execution.state !== 'RUNNING') return;
          execution.reason = error.message;
          if (error instanceof AthenaFailure) {
            execution.scannedBytes = error.told.scannedBytes ?? 0;
            execution.isRetryable = error.told.retryable;
          }
          execution.state = 'FAILED';
        },
      );
      return { QueryExecutionId: id };
    },
    GetQueryExecution: ({ QueryExecutionId: id }) => {
      const execution = executions.get(String(id));
      // A statement that goes on reads a megabyte from one poll to the next.
      if (execution?.state === 'RUNNING') execution.scannedBytes += 1e6;
      return {
        QueryExecution: {
          QueryExecutionId: id,
          Status: {
            State: execution?.state,
            StateChangeReason: execution?.reason,
            ...(execution?.isRetryable === undefined
              ? {}
              : { AthenaError: { Retryable: execution.isRetryable } }),
          },
          Statistics: { DataScannedInBytes: execution?.scannedBytes },
        },
      };
    },
    GetQueryResults: ({ QueryExecutionId: id, NextToken: token, MaxResults: most }) => {
      server.pages += 1;
      const { columns, rows } = executions.get(String(id))?.result ?? { columns: [], rows: [] };
      const all = [columns.map(({ name }) => name), ...rows];
      const from = Number(token ?? 0);
      const until = from + Number(most);
      return {
        ResultSet: {
          Rows: all.slice(from, until).map((row) => ({
            Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
          })),
          ResultSetMetadata: { ColumnInfo: columns.map(({ name, type }) => ({ Name: name, Type: type })) },
        },
        ...(until < all.length ? { NextToken: String(until) } : {}),
      };
    },
    StopQueryExecution: ({ QueryExecutionId: id }) => {
      const execution = executions.get(String(id));
      if (execution?.state === 'RUNNING') execution.state = 'CANCELLED';
      server.stopped.push(String(id));
      return {};
    },
  };

  const http = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    if (server.throttle > 0) {
      server.throttle -= 1;
      return reply(400, { __type: 'TooManyRequestsException', message: 'Rate exceeded' });
    }
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    server.actions.add(`athena:${action}`);
    const refusal = server.refusals.find((one) => one.action === action);
    if (refusal !== undefined) {
      server.refusals.splice(server.refusals.indexOf(refusal), 1);
      return reply(400, { __type: refusal.type, message: refusal.message });
    }
    reply(200, actions[action]?.(JSON.parse(Buffer.concat(chunks).toString())));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  server.stop = () =>
    new Promise((resolve) => {
      http.closeAllConnections();
      http.close(() => resolve());
    });
  return server;
}
