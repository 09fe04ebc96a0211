// Owns what stands in for AWS on the live path: a real DynamoDB protocol server (dynalite), and one server that takes what is
// put to CloudWatch, SNS and EventBridge in their own protocols and keeps it.
import { once } from 'node:events';
import { createServer, type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type AccountServer, startAccountServer } from './account-server.ts';
import { schemaFaults } from './finding-schema.ts';

export const LEDGER_TABLE = 'podtrail-ledger';

const TWO_WEEKS_MS = 14 * 24 * 3_600_000;

export interface PutDatum {
  name: string;
  dimensions: Record<string, string>;
  /** Epoch seconds. */
  at: number;
  value: number;
  /** Where it is not one value: SampleCount, Sum, Minimum, Maximum. */
  statistics?: Record<string, number>;
}

export interface LiveEmulators {
  /** What a function runs with. */
  environment: Record<string, string>;
  metrics: PutDatum[];
  findings: Record<string, unknown>[];
  /** The same, as EventBridge was told of them. */
  events: Record<string, unknown>[];
  /** IAM; it refuses to tell of roles until it has facts. */
  account: AccountServer;
  /** What was asked of the services, as IAM calls it: `dynamodb:PutItem`. */
  actions: Set<string>;
  /** Answers so many of the next requests to a service with a throttling error. */
  throttle(service: 'cloudwatch' | 'dynamodb' | 'events' | 'sns', times: number): void;
  /** Lets what is put to CloudWatch next wait without an answer; resolves when it has come. It is kept, or not, as told. */
  hang(isKept: boolean): Promise<void>;
  /** Nothing can be reached until what is returned is called. */
  outage(): Promise<() => Promise<void>>;
  /** So much time passes for what workers hold in the table. */
  pass(seconds: number): Promise<void>;
  /** CloudWatch refuses what is older than two weeks, as it does; simulated trails are. */
  refusesOldData: boolean;
  /** All items of the table. */
  items(): Promise<Record<string, unknown>[]>;
  /** Empties all of it. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startLiveEmulators(): Promise<LiveEmulators> {
  const metrics: PutDatum[] = [];
  const findings: Record<string, unknown>[] = [];
  const events: Record<string, unknown>[] = [];
  const actions = new Set<string>();
  let hanging: { isKept: boolean; hasCome: () => void } | null = null;
  const throttled = { cloudwatch: 0, dynamodb: 0, events: 0, sns: 0 };
  const sink = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const target = String(request.headers['x-amz-target'] ?? '');
      const service = target === '' ? 'sns' : target.startsWith('AWSEvents') ? 'events' : 'cloudwatch';
      actions.add(
        `${service}:${target === '' ? new URLSearchParams(body).get('Action') : target.split('.').at(-1)}`,
      );
      if (throttled[service] > 0) {
        throttled[service] -= 1;
        return answerThrottled(service, response);
      }
      if (service === 'sns') {
        const finding = JSON.parse(new URLSearchParams(body).get('Message') ?? 'null');
        const faults = schemaFaults(finding);
        if (faults.length > 0)
          return answerRefused(`${finding.kind} is not as its schema says: ${faults}`, response);
        findings.push(finding);
        return response
          .writeHead(200, { 'content-type': 'text/xml' })
          .end('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>');
      }
      if (service === 'cloudwatch') {
        const data = dataIn(body);
        if (emulators.refusesOldData && data.some(({ at }) => at * 1000 < Date.now() - TWO_WEEKS_MS))
          return answerInvalid(response);
        const { isKept = true, hasCome } = hanging ?? {};
        hanging = null;
        if (isKept) metrics.push(...data);
        if (hasCome !== undefined) return hasCome();
      }
      if (service === 'events') events.push(...eventsIn(body));
      return response
        .writeHead(200, {
          'content-type': target.startsWith('AWSEvents')
            ? 'application/x-amz-json-1.1'
            : 'application/x-amz-json-1.0',
        })
        .end(service === 'events' ? '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' : '{}');
    });
  });
  const account = await startAccountServer(actions);
  const database = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  const [answer] = database.listeners('request') as ((...of: [IncomingMessage, ServerResponse]) => void)[];
  database.removeAllListeners('request');
  database.on('request', (request: IncomingMessage, response: ServerResponse) => {
    actions.add(`dynamodb:${String(request.headers['x-amz-target']).split('.').at(-1)}`);
    if (throttled.dynamodb === 0) return answer?.(request, response);
    throttled.dynamodb -= 1;
    answerThrottled('dynamodb', response);
  });
  await listening(database);
  const sinkUrl = urlOf(await listening(sink));
  const environment = {
    AWS_ACCESS_KEY_ID: 'EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'EXAMPLE',
    AWS_REGION: 'us-east-1',
    // What fails comes back by the queue, which is what the tests are about.
    AWS_MAX_ATTEMPTS: '1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: urlOf(database),
    AWS_ENDPOINT_URL_CLOUDWATCH: sinkUrl,
    AWS_ENDPOINT_URL_SNS: sinkUrl,
    AWS_ENDPOINT_URL_EVENTBRIDGE: sinkUrl,
    AWS_ENDPOINT_URL_IAM: account.environment.AWS_ENDPOINT_URL ?? '',
    LEDGER_TABLE,
    METRIC_NAMESPACE: 'podtrail',
    ACCOUNT_ID: '111122223333',
    FINDINGS_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:podtrail-findings',
  };
  const client = () =>
    new DynamoDBClient({
      endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB,
      region: 'us-east-1',
      credentials: { accessKeyId: 'EXAMPLE', secretAccessKey: 'EXAMPLE' },
    });
  await createTable(client());
  const emulators: LiveEmulators = {
    environment,
    metrics,
    findings,
    events,
    account,
    actions,
    throttle: (service, times) => {
      throttled[service] = times;
    },
    hang: (isKept) =>
      new Promise((hasCome) => {
        hanging = { isKept, hasCome };
      }),
    outage: async () => {
      const ports = [sink, database].map((server) => (server.address() as AddressInfo).port);
      for (const server of [sink, database]) await unreachable(server);
      return async () => {
        await listening(sink, ports[0]);
        await listening(database, ports[1]);
      };
    },
    pass: async (seconds) => {
      for (const { pk, sk, busy_until: until } of (await emulators.items()) as Record<
        string,
        AttributeValue
      >[])
        if (pk !== undefined && sk !== undefined && until !== undefined)
          await client().send(
            new UpdateItemCommand({
              TableName: LEDGER_TABLE,
              Key: { pk, sk },
              UpdateExpression: 'add busy_until :seconds',
              ExpressionAttributeValues: { ':seconds': { N: String(-seconds) } },
            }),
          );
    },
    refusesOldData: false,
    items: async () => {
      const found: Record<string, unknown>[] = [];
      let from: Record<string, never> | undefined;
      do {
        const page = await client().send(
          new ScanCommand({ TableName: LEDGER_TABLE, ExclusiveStartKey: from }),
        );
        found.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey as typeof from;
      } while (from !== undefined);
      return found;
    },
    reset: async () => {
      await client().send(new DeleteTableCommand({ TableName: LEDGER_TABLE }));
      await createTable(client());
      metrics.splice(0);
      findings.splice(0);
      events.splice(0);
      actions.clear();
      emulators.refusesOldData = false;
      account.facts = { unread: [] };
    },
    stop: async () => {
      await closed(database);
      await closed(sink);
      await account.stop();
    },
  };
  return emulators;
}

/** Returns when it may be used. */
async function createTable(client: DynamoDBClient): Promise<void> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName: LEDGER_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  for (let status = TableDescription?.TableStatus; status !== 'ACTIVE'; ) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: LEDGER_TABLE }));
    status = Table?.TableStatus;
  }
}

function eventsIn(body: string): Record<string, unknown>[] {
  const { Entries } = JSON.parse(body) as {
    Entries: { Source: string; DetailType: string; Detail: string }[];
  };
  return Entries.map(({ Source, DetailType, Detail }) => ({
    source: Source,
    'detail-type': DetailType,
    detail: JSON.parse(Detail),
  }));
}

function dataIn(body: string): PutDatum[] {
  const { MetricData } = JSON.parse(body) as {
    MetricData: {
      MetricName: string;
      Timestamp: number;
      Value?: number;
      StatisticValues?: { SampleCount: number; Sum: number; Minimum: number; Maximum: number };
      Dimensions: { Name: string; Value: string }[];
    }[];
  };
  return MetricData.map(({ MetricName: name, Timestamp: at, Value, StatisticValues, Dimensions = [] }) => ({
    name,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    at,
    value: Value ?? StatisticValues?.Sum ?? Number.NaN,
    ...(StatisticValues === undefined ? {} : { statistics: StatisticValues }),
  }));
}

function answerInvalid(response: ServerResponse): void {
  response
    .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify({ __type: 'InvalidParameterValueException', message: 'Timestamp out of range' }));
}

function answerRefused(why: string, response: ServerResponse): void {
  const told = `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>${why}</Message></Error></ErrorResponse>`;
  response.writeHead(400, { 'content-type': 'text/xml' }).end(told);
}

function answerThrottled(service: string, response: ServerResponse): void {
  if (service !== 'sns')
    response
      .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }));
  else
    response
      .writeHead(400, { 'content-type': 'text/xml' })
      .end(
        '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
      );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
}

/** The server keeps what it holds, and nobody gets through to it. */
async function unreachable(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((done) => Server.prototype.close.call(server, () => done()));
}

async function listening(server: Server, port = 0): Promise<Server> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
