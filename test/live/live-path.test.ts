// The live path from end to end: a simulated trail as events, in any order and twice, and as log files, gives metrics, findings
// and a ledger that equal each other and the truth. DynamoDB, CloudWatch, SNS and S3 are spoken to over their own protocols.
import { readFileSync } from 'node:fs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type EventPattern, matches } from '../../infra/match-event.ts';
import { tellingOf } from '../../src/adapters/findings-environment.ts';
import { type Live, liveOf } from '../../src/adapters/live-environment.ts';
import { watchEvents, watchLogFiles } from '../../src/adapters/sqs/watch-queue.ts';
import type { WorkloadFinding } from '../../src/live/finding.ts';
import { settle } from '../../src/live/settle.ts';
import { type EventTruth, simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { isDenied } from '../../src/trail/denial.ts';
import { readLogFile } from '../../src/trail/log-file.ts';
import { parseRecord } from '../../src/trail/record.ts';
import { type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';
import { batch } from '../support/live-events.ts';
import { type MetricsTruth, metricsTruth } from '../support/metrics-truth.ts';
import { drain } from '../support/queue.ts';
import { S3_ENVIRONMENT, type S3Server, startS3Server } from '../support/s3-server.ts';

const BUCKET = 'trail-bucket';
const QUARTER_MS = 15 * 60_000;
const NAMED = [
  'prod/orders/worker',
  'oidc.eks.us-west-2.amazonaws.com/id/F1FBDE45F2460113EAAB0907E20F4CF7/velero/velero-server',
];

let emulators: LiveEmulators;
let s3: S3Server;
let live: Live;
let before: NodeJS.ProcessEnv;
/** Each record that can be read, as EventBridge would send it, and the trail's truth. */
let events: string[];
let denied: Set<string>;
let truths: EventTruth[];
let truth: MetricsTruth;
let notices: string[];
/** A quarter of an hour in which renewals are looked through, after the last event. */
let endsAt: number;

beforeAll(async () => {
  before = { ...process.env };
  emulators = await startLiveEmulators();
  s3 = await startS3Server();
  Object.assign(process.env, S3_ENVIRONMENT, emulators.environment, {
    AWS_ACCESS_KEY_ID: S3_ENVIRONMENT.AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL_S3: s3.endpointUrl,
  });
  live = liveOf({
    ...emulators.environment,
    NAMED_NAMESPACES: 'prod/payments',
    NAMED_WORKLOADS: NAMED.join(),
  });
  events = [];
  truths = [];
  notices = [];
  denied = new Set();
  const raw: Record<string, unknown>[] = [];
  let last = 0;
  await s3.createBucket(BUCKET);
  for (const { key, body, truth } of simulateTrail({ seed: 5, records: 2_500, hostile: false })) {
    await s3.put(BUCKET, { [key]: body });
    notices.push(JSON.stringify({ detail: { bucket: { name: BUCKET }, object: { key } } }));
    truths.push(...truth);
    await readLogFile(bytesOf(body), {
      record: (value) => {
        raw.push(value);
        events.push(
          JSON.stringify({ source: 'aws.sts', 'detail-type': 'AWS API Call via CloudTrail', detail: value }),
        );
        const { record } = parseRecord(value);
        last = Math.max(last, record?.eventTime ?? 0);
        if (record !== null && isDenied(record.errorCode)) denied.add(String(record.eventId));
      },
      rejected: () => {},
      skipped: () => {},
    });
  }
  truth = metricsTruth(raw, truths);
  endsAt = (Math.floor(last / QUARTER_MS) + 1) * QUARTER_MS;
}, 120_000);
afterAll(async () => {
  process.env = before;
  await emulators.stop();
  await s3.stop();
});

async function* bytesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

type Told = Pick<WorkloadFinding, 'id' | 'state' | 'count' | 'workload'> & { kind: string };
const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);

interface Effects {
  /** Sums by name, dimensions and minute; what is skipped depends on the path. */
  metrics: Record<string, number>;
  findings: Told[];
  skipped: number;
  /** All that is kept of records, but for when it expires and how often it was noted. */
  kept: string[];
}

/** Sets and members in one order: the database keeps none. */
function inOrderOf(item: Record<string, unknown>): unknown {
  return Object.entries(item)
    .map(([name, value]) => {
      const { SS } = value as { SS?: string[] };
      return [name, SS === undefined ? value : [...SS].sort()];
    })
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

async function effects(): Promise<Effects> {
  await settle(tellingOf(emulators.environment), endsAt);
  const metrics: Record<string, number> = {};
  for (const { name, dimensions, at, value } of emulators.metrics) {
    // Each run says how many are open.
    if (name === 'OpenFindings' || name === 'RecordsSkipped') continue;
    const series = JSON.stringify([name, dimensions, at]);
    metrics[series] = (metrics[series] ?? 0) + value;
  }
  const findings = [...emulators.findings] as unknown as Told[];
  const items = (await emulators.items()).filter(
    ({ pk }) => !/^handled (file|skipped) /.test((pk as { S: string }).S),
  );
  return {
    metrics: Object.fromEntries(Object.entries(metrics).sort()),
    skipped: metric('RecordsSkipped'),
    findings: findings.sort((a, b) => (a.id < b.id ? -1 : 1)),
    kept: items.map(({ expires_at: _, version: __, ...item }) => JSON.stringify(inOrderOf(item))).sort(),
  };
}

const metric = (name: string, of: Record<string, string> = {}) =>
  sum(
    emulators.metrics
      .filter((one) => one.name === name)
      .filter(({ dimensions }) => Object.entries(of).every(([key, value]) => dimensions[key] === value))
      .map(({ value }) => value),
  );

/** Rules of EventBridge by name. */
const RULES: Record<string, { Properties: { EventPattern: EventPattern } }> = parse(
  readFileSync('infra/rules.yml', 'utf8'),
  { logLevel: 'error' },
).Resources;

/** What a rule lets through to its function. */
const through = (rule: string, { Records }: SQSEvent): SQSEvent => ({
  Records: Records.filter(({ body }) =>
    matches(RULES[rule]?.Properties.EventPattern ?? {}, JSON.parse(body)),
  ),
});

const both = async (event: SQSEvent) => {
  const { batchItemFailures: first } = await watchEvents(
    through('AssumptionsRule', event),
    live,
    'assumptions',
  );
  const { batchItemFailures: second } = await watchEvents(through('DenialsRule', event), live, 'denials');
  return { batchItemFailures: [...first, ...second] };
};

it('passes by what somebody else puts on the bus', () => {
  const [sent] = events;
  if (sent === undefined) throw new RangeError('there is no event');
  const forged = JSON.stringify({ ...JSON.parse(sent), source: 'orders.app' });
  const passed = (body: string) =>
    ['AssumptionsRule', 'DenialsRule'].flatMap((rule) => through(rule, batch(body)).Records).length;
  expect([passed(sent) > 0, passed(forged)]).toEqual([true, 0]);
});

describe('a trail of the live path', () => {
  let inOrder: Effects;

  it('as events, tells what is true', async () => {
    await emulators.reset();
    expect(await drain(events, both)).toEqual([]);
    inOrder = await effects();
    const said = new Set(
      truths.flatMap(({ says }) => (says === null ? [] : [`${says.namespace}/${says.service_account}`])),
    );
    const failures = inOrder.findings.filter(
      ({ kind }) => kind === 'assumption-failed' || kind === 'call-denied',
    );
    // Each failure that is counted is in one finding: by itself, or as one of many.
    const told = inOrder.findings.filter(({ kind }) => kind !== 'renewal-stopped');
    const counted = emulators.metrics.filter(({ name }) =>
      ['AssumptionFailures', 'DeniedCalls'].includes(name),
    );
    expect(sum(told.map(({ count }) => count))).toBe(sum(counted.map(({ value }) => value)));
    const named = failures.flatMap(({ workload }) => workload ?? []);
    expect(named.length).toBeGreaterThan(5);
    for (const { namespace, serviceAccount } of named)
      expect(said).toContain(`${namespace}/${serviceAccount}`);
    const names = new Set(named.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`));
    const provable = truths.filter(
      ({ event_id: id, provable: how, evidence }) =>
        denied.has(id) &&
        how === 'exact' &&
        ['own-token', 'session-tags', 'issued-key', 'chained'].includes(evidence ?? ''),
    );
    expect(provable.length).toBeGreaterThan(5);
    for (const { says } of provable) expect(names).toContain(`${says?.namespace}/${says?.service_account}`);
  }, 120_000);

  it('as events, counts what is true', () => {
    expect(truth.deniedCalls).toBeGreaterThan(20);
    expect([metric('RecordsKept'), metric('SessionsIssued')]).toEqual([truth.kept, truth.sessions]);
    // Both functions are brought the assumptions that were denied to a role's session, and one leaves them to the other.
    expect(truth.deniedAssumptions).toBeGreaterThan(5);
    expect(metric('RecordsSkipped')).toBe(truth.deniedAssumptions);
    expect(metric('AllDeniedCalls')).toBe(truth.deniedCalls);
    expect(metric('DeniedCalls') + metric('UnnamedDeniedCalls')).toBe(truth.deniedCalls);
    expect([metric('DeniedCalls') > 0, metric('UnnamedDeniedCalls') > 0]).toEqual([true, true]);
    expect(
      metric('AssumptionFailures') + metric('UnnamedAssumptionFailures') + truth.deniedCalls + truth.sessions,
    ).toBe(truth.kept - truth.bucketKeys);
    expect(truth.bucketKeys).toBeGreaterThan(0);
  });

  it('as events, names the workloads that are to be named in the sessions, and no other', () => {
    const named = NAMED.map((name) => {
      const [, Cluster = '', Namespace = '', ServiceAccount = ''] = /^(.+)[/](.+)[/](.+)$/.exec(name) ?? [];
      return metric('WorkloadSessions', { Cluster, Namespace, ServiceAccount });
    });
    expect(named).toEqual(NAMED.map((name) => truth.sessionsOf.get(name)));
    const other = { Cluster: 'other', Namespace: 'other', ServiceAccount: 'other' };
    expect(metric('WorkloadSessions', other)).toBe(truth.sessions - sum(named));
    expect(metric('WorkloadSessions')).toBe(truth.sessions);
  });

  it('as events twice and in another order, has the same effects', async () => {
    await emulators.reset();
    expect(await drain(events, both, { shuffle: 7, duplicate: 0.2 })).toEqual([]);
    expect(await effects()).toEqual(inOrder);
  }, 120_000);

  it('as log files, has the same effects', async () => {
    await emulators.reset();
    const dead = await drain(notices, (event) => watchLogFiles(event, live), {
      batch: 1,
      shuffle: 3,
      duplicate: 0.3,
    });
    expect(dead).toEqual([]);
    const { skipped, ...rest } = await effects();
    expect(rest).toEqual({ ...inOrder, skipped: undefined });
    expect([skipped, metric('RecordsRejected')]).toEqual([truth.read - truth.kept, 0]);
  }, 120_000);

  it('has the same effects where all services are too busy for a while', async () => {
    await emulators.reset();
    emulators.throttle('cloudwatch', 40);
    emulators.throttle('dynamodb', 60);
    expect(await drain(events, both)).toEqual([]);
    emulators.throttle('sns', 30);
    emulators.throttle('events', 30);
    let refused = 0;
    const run = () =>
      settle(tellingOf(emulators.environment), endsAt).then(
        () => true,
        () => false,
      );
    while (!(await run())) refused += 1;
    expect(refused).toBeGreaterThan(1);
    expect(await effects()).toEqual(inOrder);
  }, 120_000);
});
