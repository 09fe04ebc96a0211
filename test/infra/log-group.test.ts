// The metric filters of infra/log-group.yml count what the functions would of the same records: of a simulated trail, and of its records
// with whatever error, name and caller there is.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { watch } from '../../src/live/watch.ts';
import type { Handled } from '../../src/ports.ts';
import { simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { readLogFile } from '../../src/trail/log-file.ts';
import { parseRecord } from '../../src/trail/record.ts';
import { attempt, deniedCall, IDENTITY, issued, type Json, refused } from '../support/live-events.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { type MetricFilter, metricFilter } from '../support/metric-filter.ts';

const { Resources } = parse(readFileSync('infra/log-group.yml', 'utf8'), { logLevel: 'error' });
const filters: Record<string, MetricFilter> = Object.fromEntries(
  Object.entries(Resources as Record<string, { Type: string; Properties: { FilterPattern: string } }>)
    .filter(([, { Type }]) => Type === 'AWS::Logs::MetricFilter')
    .map(([name, { Properties }]) => [name, metricFilter(Properties.FilterPattern)]),
);

let records: Json[];

beforeAll(async () => {
  records = [];
  for (const hostile of [false, true])
    for (const { body } of simulateTrail({ seed: 9, records: 1_500, hostile }))
      await readLogFile(bytesOf(body), {
        record: (value) => parseRecord(value).record !== null && records.push(value),
        rejected: () => {},
        skipped: () => {},
      });
}, 60_000);

async function* bytesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

const NEVER: Handled = { begin: async () => 'begun', end: async () => {}, giveUp: async () => {} };

/** What a function counts of one record, to which no other is known, by names of metrics; and how a session began. */
async function countedBy(takes: 'assumptions' | 'denials', raw: Json): Promise<Set<string>> {
  const { record } = parseRecord(raw);
  if (record === null) throw new Error('not a record');
  const counted = new Set<string>();
  const nothing = { note: async () => {} };
  const ports = {
    ledger: new MemoryLedger(),
    handled: NEVER,
    metrics: {
      put: async (data: readonly { name: string; dimensions: Readonly<Record<string, string>> }[]) => {
        for (const { name, dimensions } of data) {
          counted.add(name);
          if (dimensions.Mechanism !== undefined) counted.add(dimensions.Mechanism);
        }
      },
    },
    failures: nothing,
    renewals: nothing,
    roles: { of: async () => null },
  };
  const named = { namespaces: new Set<string>(), workloads: new Set<string>() };
  const delivery = { messageId: '1', record, sentAt: null, receivedAt: null, isLastTry: true };
  const { failure } = await watch([delivery], ports, { takes, clusters: new Map(), named });
  if (failure !== null) throw failure;
  return counted;
}

/** What nobody but EKS writes; its second step, to a target role, names nobody by itself, and the functions follow the chain. */
const isOfEks = ({ eventName, userIdentity }: Json) =>
  eventName === 'AssumeRole' && (userIdentity as Json | undefined)?.invokedBy === 'pods.eks.amazonaws.com';

async function expected(raw: Json): Promise<Record<string, boolean>> {
  const assumption = await countedBy('assumptions', raw);
  const denial = await countedBy('denials', raw);
  const isFailed = assumption.has('AssumptionFailures') || assumption.has('UnnamedAssumptionFailures');
  const isOfPod = assumption.has('irsa') || assumption.has('pod-identity') || isOfEks(raw);
  return {
    AssumptionFailuresFilter: isFailed && (assumption.has('AssumptionFailures') || isOfEks(raw)),
    AssumptionFailuresByErrorFilter: isFailed,
    AssumptionsFilter: assumption.has('SessionsIssued') && isOfPod,
    DeniedCallsFilter: denial.has('AllDeniedCalls'),
  };
}

/** How often each filter matched; fails at the first record that a function counts otherwise. */
async function compare(all: readonly Json[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const raw of all) {
    const { eventSource, eventName, errorCode, userIdentity } = raw;
    const matched = Object.fromEntries(Object.entries(filters).map(([name, fits]) => [name, fits(raw)]));
    expect({ ...matched, of: { eventSource, eventName, errorCode, userIdentity } }).toEqual({
      ...(await expected(raw)),
      of: { eventSource, eventName, errorCode, userIdentity },
    });
    for (const [name, isIt] of Object.entries(matched)) counts[name] = (counts[name] ?? 0) + Number(isIt);
  }
  return counts;
}

const CODES = [
  ...[
    'AccessDenied',
    'AccessDeniedException',
    'Client.AccessDeniedByPolicy',
    'AuthorizationError',
    'Forbidden',
  ],
  ...['Client.UnauthorizedOperation', 'UnauthorizedAccess', 'UnauthorizedException', 'Server.Unauthorized'],
  ...['403Forbidden.x', 'NotAuthorized', 'AuthorizationErrorException'],
  // Nearly so, and not.
  ...[
    'NotAuthorizedException',
    'UnauthorizedOperations',
    'Unauthorised',
    'accessdenied',
    'AccesDenied',
    'xUnauthorizedy',
  ],
  ...[
    'ThrottlingException',
    'InvalidIdentityToken',
    'ValidationError',
    'ResourceNotFoundException',
    'NoSuchKey',
  ],
];

describe('the metric filters of the template for a log group', () => {
  it('count of a simulated trail what the functions do', async () => {
    const counts = await compare(records);
    expect(Object.keys(counts).length).toBe(4);
    for (const [name, count] of Object.entries(counts)) expect([name, count > 20]).toEqual([name, true]);
    expect(records.length).toBeGreaterThan(2_500);
  }, 120_000);

  it('count attempts and calls of whomever, with whatever error, as the functions do', async () => {
    const { userIdentity: session } = deniedCall(0);
    const eks = { type: 'AWSService', invokedBy: 'pods.eks.amazonaws.com' };
    const callers: Json[] = [
      IDENTITY,
      session as Json,
      { ...(session as Json), invokedBy: 'pods.eks.amazonaws.com' },
      { ...IDENTITY, userName: 'repo:example/shop:ref:refs/heads/main' },
      { ...IDENTITY, userName: undefined },
      eks,
      { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
      { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' },
      { type: 'Root' },
    ];
    const asks = (eventName: string, eventSource = 'sts.amazonaws.com') => ({ eventName, eventSource });
    const names = [
      ...['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML', 'GetCallerIdentity'].map((one) =>
        asks(one),
      ),
      asks('AssumeRoleForPodIdentity', 'eks-auth.amazonaws.com'),
      asks('GetObject', 's3.amazonaws.com'),
    ];
    const { responseElements } = issued(0);
    const all = names.flatMap((name) =>
      callers.flatMap((userIdentity) => [
        ...CODES.map((errorCode) => refused(1, { ...name, userIdentity, errorCode })),
        attempt(1, { ...name, userIdentity }),
        attempt(1, { ...name, userIdentity, responseElements }),
      ]),
    );
    const counts = await compare(all);
    expect(all.length).toBeGreaterThan(1_000);
    for (const [name, count] of Object.entries(counts)) expect([name, count > 4]).toEqual([name, true]);
  }, 60_000);

  it('take for a ServiceAccount what only reads like one, which their grammar cannot tell', async () => {
    const userIdentity = { ...IDENTITY, userName: 'system:serviceaccount:Not_A_Label:api' };
    const odd = refused(1, { userIdentity });
    expect(filters.AssumptionFailuresFilter?.(odd)).toBe(true);
    expect((await expected(odd)).AssumptionFailuresFilter).toBe(false);
    expect(readFileSync('docs/deploy.md', 'utf8')).toContain('`system:serviceaccount:*:*`');
  });
});

describe('a metric filter', () => {
  /** The events and patterns of AWS's documentation. */
  const EVENT = {
    eventType: 'UpdateTrail',
    sourceIPAddress: '111.111.111.111',
    arrayKey: ['value', 'another value'],
    objectList: [
      { name: 'a', id: 1 },
      { name: 'b', id: 2 },
    ],
    SomeObject: null,
    'cluster.name': 'c',
    ThisFlag: true,
    latency: 49,
    number: [1e-3],
    user: { id: 1, email: 'John.Stiles@example.com' },
    users: [
      { id: 2, email: 'John.Doe@example.com' },
      { id: 3, email: 'Jane.Doe@example.com' },
    ],
    actions: ['GET', 'PUT', 'DELETE'],
    coordinates: [
      [0, 1, 2],
      [4, 5, 6],
      [7, 8, 9],
    ],
  };

  it.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{ $.eventType = "updatetrail" }', false],
    ['{ $.eventType = "Update" }', false],
    ['{ $.eventType = "*" }', true],
    ['{ $.eventType = %Trail% }', true],
    ['{ $.sourceIPAddress != 123.123.* }', true],
    ['{ $.sourceIPAddress != 111.111.* }', false],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[*] = %val.{2}% }', true],
    ['{ $.arrayKey = "value" }', false],
    ['{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }', true],
    ['{ $.objectList[1].id = 2 }', true],
    ['{ $.[\'cluster.name\'] = "c" }', true],
    ['{ $.SomeObject IS NULL }', true],
    ['{ $.eventType IS NULL }', false],
    ['{ $.ThisFlag IS TRUE }', true],
    ['{ $.ThisFlag IS FALSE }', false],
    ['{ $.SomeOtherObject NOT EXISTS }', true],
    ['{ $.SomeObject NOT EXISTS }', false],
    ['{ $.user.name.first NOT EXISTS }', true],
    ['{ $.SomeOtherObject = "*" }', false],
    ['{ $.latency < 50 }', true],
    ['{ $.latency >= 50 }', false],
    ['{ $.number[0] = 1e-3 }', true],
    ['{ $.number[0] != 1e+3 }', true],
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
    [
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }',
      true,
    ],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }',
      false,
    ],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
  ])('%s matches as it is documented: %s', (pattern, isIt) => {
    expect(metricFilter(pattern)(EVENT)).toBe(isIt);
  });

  it.each([
    ['no braces', '$.eventType = "x"'],
    ['no end', '{ $.eventType = "x"'],
    ['more after its end', '{ $.eventType = "x" } }'],
    ['an open parenthesis', '{ ($.eventType = "x" }'],
    ['a name for a selector', '{ eventType = "x" }'],
    ['EXISTS', '{ $.eventType EXISTS }'],
    ['IS NOT', '{ $.eventType IS NOT NULL }'],
    ['another IS', '{ $.eventType IS EMPTY }'],
    ['another operator', '{ $.eventType == "x" }'],
    ['words for operators', '{ $.a = "x" AND $.b = "y" }'],
    ['a selector for a value', '{ $.a = $.b }'],
    ['an order of texts', '{ $.a > "x" }'],
    ['single quotes', "{ $.a = 'x' }"],
    ['one ampersand', '{ $.a = "x" & $.b = "y" }'],
    ['parentheses in a regular expression', '{ $.a = %(x|y)% }'],
    ['three regular expressions', '{ $.a = %x% || $.b = %y% || $.c = %z% }'],
    ['two wildcards in a selector', '{ $.a[*].b[*] = "x" }'],
    [
      'four selectors with wildcards',
      `{ ${['a', 'b', 'c', 'd'].map((one) => `$.${one}[*] = 1`).join(' || ')} }`,
    ],
    ['more than 1,024 characters', `{ $.a = "${'x'.repeat(1_024)}" }`],
  ])('is refused with %s', (_, pattern) => {
    expect(() => metricFilter(pattern)).toThrow(RangeError);
  });

  it('says nothing where it is not documented what an absent member is to !=', () => {
    expect(() => metricFilter('{ $.SomeOtherObject != "x" }')(EVENT)).toThrow('not documented');
  });
});
