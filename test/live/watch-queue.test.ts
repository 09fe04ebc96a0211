// What can go wrong on the live path, one fault at a time: nothing is lost, nothing is told twice.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DynamoDbHandled } from '../../src/adapters/dynamodb/handled.ts';
import { tellingOf } from '../../src/adapters/findings-environment.ts';
import { type Live, liveOf } from '../../src/adapters/live-environment.ts';
import { watchEvents, watchLogFiles } from '../../src/adapters/sqs/watch-queue.ts';
import { settle } from '../../src/live/settle.ts';
import { LEDGER_TABLE, type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';
import {
  attempt,
  batch,
  deniedCall,
  event,
  eventId,
  IDENTITY,
  issued,
  type Json,
  PROVIDER,
  ROLE,
  refused,
} from '../support/live-events.ts';
import { drain, message } from '../support/queue.ts';
import { S3_ENVIRONMENT, type S3Server, startS3Server } from '../support/s3-server.ts';

let emulators: LiveEmulators;
let s3: S3Server;
let live: Live;
let before: NodeJS.ProcessEnv;
let lines: string[];

beforeAll(async () => {
  before = { ...process.env };
  emulators = await startLiveEmulators();
  s3 = await startS3Server();
  Object.assign(process.env, S3_ENVIRONMENT, emulators.environment, {
    AWS_ACCESS_KEY_ID: S3_ENVIRONMENT.AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL_S3: s3.endpointUrl,
  });
  live = liveOf(emulators.environment);
  await s3.createBucket('trail-bucket');
});
afterAll(async () => {
  vi.restoreAllMocks();
  process.env = before;
  await emulators.stop();
  await s3.stop();
});
beforeEach(async () => {
  await emulators.reset();
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
});

/** What is told of it a little later. */
const told = async () => {
  await settle(tellingOf(emulators.environment), Date.parse('2026-10-05T03:06:00Z'));
  return emulators.findings;
};
const metric = (name: string) =>
  emulators.metrics.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0);

/** The live path where nothing can be noted as done. */
function withoutEnd(): typeof live {
  const { handled } = live.ports;
  const refusing = {
    begin: (id: string) => handled.begin(id),
    giveUp: (id: string) => handled.giveUp(id),
    end: () => Promise.reject(new Error('no more')),
  };
  return { ...live, ports: { ...live.ports, handled: refusing } };
}

describe('a batch of events', () => {
  it('counts an SDK that tries again as several failures in one minute of failure, and tells of it once', async () => {
    const answer = await watchEvents(
      batch(...[1, 2, 3].map((place) => event(refused(place)))),
      live,
      'assumptions',
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect([metric('AssumptionFailures'), metric('AssumptionFailureMinutes')]).toEqual([3, 1]);
    expect(await told()).toEqual([
      expect.objectContaining({
        kind: 'assumption-failed',
        state: 'open',
        confidence: 'exact',
        firstTime: '2026-10-05T03:00:10Z',
        lastTime: '2026-10-05T03:00:10Z',
        count: 3,
        eventIds: expect.arrayContaining([eventId(1), eventId(2), eventId(3)]),
        roleArn: ROLE,
        errorCode: 'AccessDenied',
        workload: expect.objectContaining({ namespace: 'payments', serviceAccount: 'api' }),
      }),
    ]);
  });

  it('tells the cause as far as the record does, where IAM may not be asked', async () => {
    await watchEvents(batch(event(refused(1))), liveOf(emulators.environment), 'assumptions');
    expect(await told()).toMatchObject([{ cause: { id: 'trust-not-known', certainty: 'likely' } }]);
    expect(emulators.metrics.find(({ name }) => name === 'AssumptionFailures')?.dimensions.Cause).toBe(
      'trust-not-known',
    );
    expect(lines.join('')).toMatch(/IAM could not be asked of a role: AccessDenied/);
  });

  it('asks IAM of a role once for all that fail, and tells the cause by its trust policy', async () => {
    const trusting = {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${PROVIDER.split('oidc-provider/')[1]}:sub`]: 'system:serviceaccount:payments:web',
        },
      },
    };
    const trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [trusting] });
    emulators.account.facts = {
      role: { arn: ROLE, trustPolicy },
      providers: [{ arn: PROVIDER }],
      unread: [],
    };
    const fresh = liveOf(emulators.environment);
    await watchEvents(batch(event(refused(1)), event(refused(2))), fresh, 'assumptions');
    emulators.actions.clear();
    await watchEvents(batch(event(refused(3))), fresh, 'assumptions');
    expect([...emulators.actions].filter((action) => action.startsWith('iam:'))).toEqual([]);
    expect(await told()).toMatchObject([{ cause: { id: 'trust-wrong-subject', certainty: 'proven' } }]);
  });

  it('says that a role is not there', async () => {
    emulators.account.facts = { role: null, providers: [], unread: [] };
    await watchEvents(batch(event(refused(1))), liveOf(emulators.environment), 'assumptions');
    expect(await told()).toMatchObject([{ cause: { id: 'role-missing', certainty: 'proven' } }]);
  });

  it.each([
    ['an hour after', 61, 'trust-not-known', 'likely'],
    ['within an hour', 59, 'role-missing', 'proven'],
  ])(
    'that is first had %s is judged by IAM only where that can tell of then',
    async (_, minutes, id, certainty) => {
      emulators.account.facts = { role: null, providers: [], unread: [] };
      const one = message(event(refused(1)), '1', 1);
      const at = Date.parse('2026-10-05T03:00:10Z') + minutes * 60_000;
      const attributes = { ...one.attributes, ApproximateFirstReceiveTimestamp: String(at) };
      await watchEvents({ Records: [{ ...one, attributes }] }, liveOf(emulators.environment), 'assumptions');
      expect(await told()).toMatchObject([{ cause: { id, certainty } }]);
    },
  );

  it('lets one message that is no event come back, and handles the others', async () => {
    const answer = await watchEvents(
      batch(event(refused(1)), '{"detail', event(issued(2))),
      live,
      'assumptions',
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect([metric('AssumptionFailures'), metric('Assumptions')]).toEqual([1, 1]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ events: 3, handled: 2, rejected: 1, failed: 1 });
  });

  it('keeps no token anywhere', async () => {
    await watchEvents(batch(event(issued(1))), live, 'assumptions');
    const items = await emulators.items();
    // The session twice, how it was renewed, and that it was handled.
    expect(items.length).toBe(4);
    expect(JSON.stringify([items, lines, emulators.metrics, emulators.findings])).not.toContain('NEVER-KEPT');
  });

  it('names a caller whose issuance comes after the first denied call', async () => {
    const first = await watchEvents(batch(event(deniedCall(1))), live, 'denials');
    expect(first.batchItemFailures).toEqual([{ itemIdentifier: '0' }]);
    expect(emulators.metrics).toEqual([]);
    await watchEvents(batch(event(issued(2))), live, 'assumptions');
    const second = await watchEvents({ Records: [message(event(deniedCall(1)), '0', 2)] }, live, 'denials');
    expect(second.batchItemFailures).toEqual([]);
    expect(await told()).toMatchObject([
      { kind: 'call-denied', action: 's3:GetObject', workload: { serviceAccount: 'api' } },
    ]);
    expect([metric('DeniedCalls'), metric('UnnamedDeniedCalls')]).toEqual([1, 0]);
  });

  it('names nobody through a chain whose first session may still be known by its key', async () => {
    const beginning = (place: number, serviceAccount: string, accessKeyId: string): Json => ({
      ...issued(place),
      userIdentity: { ...IDENTITY, userName: `system:serviceaccount:payments:${serviceAccount}` },
      responseElements: {
        provider: PROVIDER,
        assumedRoleUser: { assumedRoleId: 'AROAEXAMPLE:payments' },
        credentials: { accessKeyId, expiration: 'Oct 5, 2026, 4:00:10 AM' },
      },
    });
    const first = { ...(deniedCall(0).userIdentity as Json), accessKeyId: 'ASIARIGHTEXAMPLE0000' };
    const chain = {
      ...attempt(3),
      eventName: 'AssumeRole',
      eventTime: '2026-10-05T03:01:00Z',
      userIdentity: first,
      requestParameters: { roleArn: `${ROLE}-second`, roleSessionName: 'x' },
      responseElements: { credentials: { accessKeyId: 'ASIASECONDEXAMPLE000' } },
    };
    const denied = {
      ...deniedCall(4),
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROASECOND:x',
        accessKeyId: 'ASIASECONDEXAMPLE000',
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: `${ROLE}-second` },
          attributes: { creationDate: '2026-10-05T03:01:00Z' },
        },
      },
    };
    // Of the same role, second and session name, and delivered before the right one.
    await watchEvents(
      batch(event(beginning(1, 'wrong', 'ASIAWRONGEXAMPLE0000')), event(chain)),
      live,
      'assumptions',
    );
    const early = await watchEvents(batch(event(denied)), live, 'denials');
    expect(early.batchItemFailures.length).toBe(1);
    await watchEvents(batch(event(beginning(2, 'right', 'ASIARIGHTEXAMPLE0000'))), live, 'assumptions');
    expect(await watchEvents(batch(event(denied)), live, 'denials')).toEqual({ batchItemFailures: [] });
    expect(await told()).toMatchObject([{ kind: 'call-denied', workload: { serviceAccount: 'right' } }]);
  });

  const OF_INSTANCE = {
    type: 'AssumedRole',
    principalId: 'AROANODE:i-02930ce60274d87a7',
    accessKeyId: 'ASIANODEEXAMPLE00000',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/nodes' },
      attributes: { creationDate: '2026-10-05T02:00:00Z' },
      ec2RoleDelivery: '2.0',
    },
  };

  it('waits for no issuance behind what a node asks: it is told and counted at the first try', async () => {
    const asked = refused(1, {
      eventSource: 'eks-auth.amazonaws.com',
      eventName: 'AssumeRoleForPodIdentity',
      userIdentity: OF_INSTANCE,
      requestParameters: { clusterName: 'prod', token: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    });
    const denied = deniedCall(2, { userIdentity: OF_INSTANCE });
    expect(await watchEvents(batch(event(asked)), live, 'assumptions')).toEqual({ batchItemFailures: [] });
    expect(await watchEvents(batch(event(denied)), live, 'denials')).toEqual({ batchItemFailures: [] });
    expect(['AssumptionFailures', 'DeniedCalls', 'UnnamedDeniedCalls'].map(metric)).toEqual([1, 0, 1]);
    expect(await told()).toMatchObject([
      { kind: 'assumption-failed', workload: null, node: { instance: 'i-02930ce60274d87a7' } },
    ]);
  });

  it("stops to wait at the last try: the call is counted as nobody's, and never lost", async () => {
    expect(await drain([event(deniedCall(1))], (one) => watchEvents(one, live, 'denials'))).toEqual([]);
    expect([metric('DeniedCalls'), metric('UnnamedDeniedCalls')]).toEqual([0, 1]);
    expect(await told()).toEqual([]);
  });

  it('leaves assumptions to the one function and denied calls to the other', async () => {
    const passed = event(refused(1));
    await watchEvents(batch(passed, passed, event(issued(2))), live, 'denials');
    await watchEvents(batch(event(deniedCall(3))), live, 'assumptions');
    expect(new Set(emulators.metrics.map(({ name }) => name))).toEqual(new Set(['RecordsSkipped']));
    const marked = (await emulators.items()).map(({ pk }) => (pk as { S: string }).S).sort();
    expect(marked).toEqual([
      expect.stringMatching('^handled skipped by assumptions record .*3/'),
      expect.stringMatching('^handled skipped by denials record .*1/'),
      expect.stringMatching('^handled skipped by denials record .*2/'),
    ]);
    expect(emulators.findings).toEqual([]);
    // Once for each function, however often it comes, and it is still the other's.
    await watchEvents(batch(passed), live, 'denials');
    expect(metric('RecordsSkipped')).toBe(3);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ handled: 0, duplicates: 0, passed: 1 });
    await watchEvents(batch(passed), live, 'assumptions');
    expect([metric('AssumptionFailures'), metric('RecordsSkipped')]).toEqual([1, 3]);
  });

  it('counts what it passes over when it comes again, where that could not be counted', async () => {
    emulators.throttle('cloudwatch', 1);
    const passed = event(refused(1));
    const { batchItemFailures } = await watchEvents(batch(passed), live, 'denials');
    expect([batchItemFailures.length, metric('RecordsSkipped')]).toEqual([1, 0]);
    expect(await watchEvents(batch(passed), live, 'denials')).toEqual({ batchItemFailures: [] });
    expect(metric('RecordsSkipped')).toBe(1);
  });

  it('counts denied calls of nobody and failed assumptions of nobody apart, so that a share is of the same records', async () => {
    const { userIdentity } = deniedCall(0);
    const chained = refused(2, { eventName: 'AssumeRole', userIdentity });
    expect(await drain([event(deniedCall(1))], (one) => watchEvents(one, live, 'denials'))).toEqual([]);
    expect(await drain([event(chained)], (one) => watchEvents(one, live, 'assumptions'))).toEqual([]);
    expect(
      ['AllDeniedCalls', 'UnnamedDeniedCalls', 'UnnamedAssumptionFailures', 'AssumptionFailures'].map(metric),
    ).toEqual([1, 1, 1, 0]);
    await watchEvents(batch(event(issued(3))), live, 'assumptions');
    await watchEvents(batch(event(deniedCall(4))), live, 'denials');
    expect(['AllDeniedCalls', 'UnnamedDeniedCalls', 'DeniedCalls'].map(metric)).toEqual([2, 1, 1]);
  });

  it('takes over what a worker began and died of, once its time is over', async () => {
    const client = new DynamoDBClient({});
    const dead = new DynamoDbHandled({ client, table: LEDGER_TABLE, now: () => Date.now() - 200_000 });
    const id = `record ${eventId(1)}/111122223333/us-east-1`;
    expect(await dead.begin(id)).toBe('begun');
    const early = await watchEvents(batch(event(refused(1))), live, 'assumptions');
    expect([early.batchItemFailures.length, emulators.metrics.length]).toEqual([1, 0]);
    const later = new DynamoDbHandled({ client, table: LEDGER_TABLE, now: () => Date.now() + 200_000 });
    const after = { ...live, ports: { ...live.ports, handled: later } };
    expect(await watchEvents(batch(event(refused(1))), after, 'assumptions')).toEqual({
      batchItemFailures: [],
    });
    expect(metric('AssumptionFailures')).toBe(1);
  });

  it('gives its records back where CloudWatch refuses, and tells nothing twice', async () => {
    emulators.throttle('cloudwatch', 1);
    const bodies = [event(refused(1)), event(refused(2))];
    const answer = await watchEvents(batch(...bodies), live, 'assumptions');
    expect(answer.batchItemFailures.length).toBe(2);
    expect(lines.at(-1)).toContain('Throttling');
    await watchEvents(batch(...bodies), live, 'assumptions');
    expect([
      metric('AssumptionFailures'),
      metric('AssumptionFailureMinutes'),
      (await told()).map(({ count }) => count),
    ]).toEqual([2, 1, [2]]);
  });

  it('hands nothing back that is counted, where it cannot be noted as done, and says so', async () => {
    const bodies = [event(refused(1)), event(refused(2)), event(issued(3))];
    expect(await watchEvents(batch(...bodies), withoutEnd(), 'assumptions')).toEqual({
      batchItemFailures: [],
    });
    expect(lines.at(-1)).toContain('no more');
    expect([metric('AssumptionFailures'), metric('Assumptions'), metric('RecordsKept')]).toEqual([2, 1, 3]);
    expect((await told()).map(({ count }) => count)).toEqual([2]);
  });

  it('counts what is too old for CloudWatch, and puts the rest', async () => {
    emulators.refusesOldData = true;
    const now = new Date().toISOString();
    const answer = await watchEvents(
      batch(event(refused(1)), event(refused(2, { eventTime: `${now.slice(0, 19)}Z` }))),
      live,
      'assumptions',
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect([metric('AssumptionFailures'), metric('RecordsKept'), metric('DataOutOfTime')]).toEqual([1, 1, 3]);
  });

  it.each(['eventID', 'errorCode', 'eventName', 'requestParameters', 'userIdentity'])(
    'handles an event whose %s is as long as a message can be, or leaves it to the dead letters, and handles the others',
    async (field) => {
      const long = 'x'.repeat(240_000);
      const more: Record<string, unknown> = {
        requestParameters: { roleArn: long, roleSessionName: long },
        userIdentity: { type: 'WebIdentityUser', userName: long, identityProvider: PROVIDER },
      };
      const oversized = event(refused(2, { [field]: more[field] ?? long }));
      const dead = await drain([event(refused(1)), oversized, event(issued(3))], (one) =>
        watchEvents(one, live, 'assumptions'),
      );
      const handled = metric('AssumptionFailures') + dead.length;
      expect([handled, metric('Assumptions')]).toEqual([2, 1]);
      expect(dead).toEqual(field === 'errorCode' ? [] : [oversized]);
      expect(lines.join('')).not.toContain('xxxxx');
    },
  );

  it.each([
    ['roles', (text: string) => ({ requestParameters: { roleArn: text, roleSessionName: text } })],
    ['event ids', (text: string) => ({ eventID: text })],
    ['regions and accounts', (text: string) => ({ awsRegion: text, recipientAccountId: text })],
    [
      'subjects',
      (text: string) => ({ userIdentity: { ...IDENTITY, userName: `system:serviceaccount:a:${text}` } }),
    ],
  ])('handles %s as long as any text may be', async (_, more) => {
    const text = 'y'.repeat(4_000);
    const bodies = [issued(1), refused(2)].map((record, place) =>
      event({ ...record, ...more(`${text}${place}`) }),
    );
    expect(await drain(bodies, (one) => watchEvents(one, live, 'assumptions'))).toEqual([]);
    expect(metric('RecordsKept')).toBe(2);
    expect(await told()).toMatchObject([{ kind: 'assumption-failed', count: 1 }]);
  });

  it('handles events whose time is ahead of the function’s clock', async () => {
    const ahead = `${new Date(Date.now() + 90 * 60_000).toISOString().slice(0, 19)}Z`;
    const Records = [event(refused(1, { eventTime: ahead }))].map((body) => {
      const one = message(body, '1', 1);
      return { ...one, attributes: { ...one.attributes, SentTimestamp: String(Date.now()) } };
    });
    await watchEvents({ Records }, live, 'assumptions');
    expect([metric('AssumptionFailures'), metric('DeliveryDelayMs')]).toEqual([1, 0]);
  });

  it('measures how late an event came to the queue', async () => {
    const at = Date.parse('2026-10-05T03:00:10Z');
    const Records = [1, 2].map((place) => {
      const one = message(event(refused(place)), String(place), 1);
      return { ...one, attributes: { ...one.attributes, SentTimestamp: String(at + place * 1000) } };
    });
    await watchEvents({ Records }, live, 'assumptions');
    expect(emulators.metrics.find(({ name }) => name === 'DeliveryDelayMs')?.statistics).toEqual({
      SampleCount: 2,
      Sum: 3000,
      Minimum: 1000,
      Maximum: 2000,
    });
  });

  it('makes no series of names that somebody makes up', async () => {
    const made = Array.from({ length: 60 }, (_, place) =>
      refused(place, {
        errorCode: `Made.Up.${place}`,
        userIdentity: {
          type: 'WebIdentityUser',
          userName: `system:serviceaccount:ns-${place}:sa-${place}`,
          identityProvider: `${PROVIDER}${place}`,
        },
      }),
    );
    await watchEvents(batch(...made.map(event)), live, 'assumptions');
    const series = new Set(
      emulators.metrics.map(({ name, dimensions }) => JSON.stringify([name, dimensions])),
    );
    expect([series.size, metric('AssumptionFailures')]).toEqual([3, 60]);
  });

  it('counts sessions by the workloads that are to be named, whatever other names there are and in whatever order', async () => {
    const cluster = PROVIDER.split('oidc-provider/')[1];
    const NAMED_WORKLOADS = `${cluster}/payments/api, ${cluster}/payments/never,other/other/other`;
    const naming = liveOf({ ...emulators.environment, NAMED_WORKLOADS });
    const session = (place: number, namespace: string, serviceAccount: string) => {
      const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
      const { responseElements, ...rest } = issued(place);
      return {
        ...rest,
        userIdentity: { ...IDENTITY, userName: subject },
        responseElements: { ...(responseElements as Json), subjectFromWebIdentityToken: subject },
      };
    };
    const all = [
      session(0, 'payments', 'api'),
      // Neither a namespace's other accounts, nor names that read alike.
      session(1, 'payments', 'web'),
      session(2, 'payments/api', 'api'),
      session(3, 'other', 'other'),
      ...Array.from({ length: 40 }, (_, place) => session(4 + place, `ns-${place}`, `sa-${place}`)),
      session(44, 'payments', 'api'),
    ].map(event);
    const counted = async (bodies: string[]) => {
      await emulators.reset();
      await watchEvents(batch(...bodies.slice(0, 20)), naming, 'assumptions');
      await watchEvents(batch(...bodies.slice(20)), naming, 'assumptions');
      const sums: Record<string, number> = {};
      for (const { name, dimensions, value } of emulators.metrics) {
        if (name !== 'WorkloadSessions') continue;
        const series = Object.values(dimensions).join(' ');
        sums[series] = (sums[series] ?? 0) + value;
      }
      return sums;
    };
    const sums = await counted(all);
    expect(sums).toEqual({ [`${cluster} payments api`]: 2, 'other other other': 43 });
    expect(metric('SessionsIssued')).toBe(45);
    expect(await counted(all.reverse())).toEqual(sums);
  });
});

describe('notices of log files', () => {
  const KEY =
    'AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/05/111122223333_CloudTrail_us-east-1_20261005T0305Z_AbCdEfGhIjKlMnOp.json';
  const notice = (key: string) =>
    JSON.stringify({ detail: { bucket: { name: 'trail-bucket' }, object: { key } } });

  it('are read, and what is rejected in a file is counted once, however often it comes', async () => {
    const Records = [issued(1), refused(2), { ...refused(3), eventTime: 'never' }];
    await s3.put('trail-bucket', { [KEY]: JSON.stringify({ Records }) });
    for (const _ of [1, 2])
      expect(await watchLogFiles(batch(notice(KEY)), live)).toEqual({ batchItemFailures: [] });
    expect([metric('RecordsKept'), metric('RecordsRejected'), metric('AssumptionFailures')]).toEqual([
      2, 1, 1,
    ]);
  });

  const CALL: Json = { ...deniedCall(5), errorCode: undefined };
  const INSIGHT: Json = { ...attempt(6), eventCategory: 'Insight', eventType: 'AwsCloudTrailInsight' };

  it('are counted in full: what is kept, skipped and rejected is what was read', async () => {
    const Records = [issued(1), refused(2), CALL, { ...CALL, eventID: eventId(7) }, INSIGHT, 'no record'];
    await s3.put('trail-bucket', { [KEY]: JSON.stringify({ Records }) });
    emulators.throttle('cloudwatch', 1);
    const counts = () => ['RecordsKept', 'RecordsSkipped', 'RecordsRejected'].map(metric);
    expect((await watchLogFiles(batch(notice(KEY)), live)).batchItemFailures.length).toBe(1);
    for (const _ of [1, 2]) {
      expect(await watchLogFiles(batch(notice(KEY)), live)).toEqual({ batchItemFailures: [] });
      expect(counts()).toEqual([2, 3, 1]);
    }
  });

  it('are counted by another worker where one died while counting', async () => {
    const path = `s3://trail-bucket/${KEY}`;
    await s3.put('trail-bucket', { [KEY]: JSON.stringify({ Records: [refused(1), CALL, 'no record'] }) });
    expect(await live.ports.handled.begin(`file ${path}`)).toBe('begun');
    expect((await watchLogFiles(batch(notice(KEY)), live)).batchItemFailures.length).toBe(1);
    await emulators.pass(301);
    expect(await watchLogFiles(batch(notice(KEY)), live)).toEqual({ batchItemFailures: [] });
    expect(['RecordsKept', 'RecordsSkipped', 'RecordsRejected'].map(metric)).toEqual([1, 1, 1]);
  });

  it('do not come back where what is counted cannot be noted as done', async () => {
    await s3.put('trail-bucket', { [KEY]: JSON.stringify({ Records: [CALL] }) });
    expect(await watchLogFiles(batch(notice(KEY)), withoutEnd())).toEqual({ batchItemFailures: [] });
    expect(metric('RecordsSkipped')).toBe(1);
  });

  it('leave in the log which record of which file is rejected, and why, once for each reason', async () => {
    const Records = [
      issued(1),
      ...[2, 3].map((place) => refused(place, { eventTime: 'never' })),
      'no record',
    ];
    await s3.put('trail-bucket', { [KEY]: JSON.stringify({ Records }) });
    await watchLogFiles(batch(notice(KEY)), live);
    const { rejected, reasons } = JSON.parse(lines.at(-1) ?? '');
    expect([rejected, reasons]).toEqual([
      3,
      [
        `s3://trail-bucket/${KEY} record 1: eventTime is not a time`,
        expect.stringContaining(`s3://trail-bucket/${KEY} record 3: `),
      ],
    ]);
  });

  it('are counted once they can be read to their end, or when nothing more is waited for', async () => {
    const cut = KEY.replace('AbCdEfGh', 'CutThere');
    await s3.put('trail-bucket', { [cut]: `{"Records":[${JSON.stringify(CALL)},{"eventVer` });
    const read = (tries: number) =>
      watchLogFiles({ Records: [message(notice(cut), '1', tries)] }, live).then(
        ({ batchItemFailures }) => batchItemFailures.length,
      );
    expect([await read(1), metric('RecordsSkipped')]).toEqual([1, 0]);
    expect([await read(4), metric('RecordsSkipped')]).toEqual([1, 1]);
    expect([await read(5), metric('RecordsSkipped')]).toEqual([1, 1]);
  });

  it('come back where the object is gone or is no log file inside', async () => {
    const cut = KEY.replace('AbCdEfGh', 'CutShort');
    await s3.put('trail-bucket', { [cut]: `{"Records":[${JSON.stringify(refused(1))},{"eventVer` });
    const answer = await watchLogFiles(
      batch(notice(KEY.replace('AbCdEfGh', 'NotThere')), notice(cut), '{}'),
      live,
    );
    expect(answer.batchItemFailures.length).toBe(3);
    expect(metric('AssumptionFailures')).toBe(1);
  });

  it('of the trail itself come back, and the log says whose are needed', async () => {
    const body = JSON.stringify({ s3Bucket: 'trail-bucket', s3ObjectKey: [KEY] });
    expect((await watchLogFiles(batch(body), live)).batchItemFailures.length).toBe(1);
    expect(lines.at(-1)).toContain('the topic must be the one that the bucket notifies, not the trail');
  });

  it('of other objects than log files are passed over', async () => {
    const digest = KEY.replaceAll('CloudTrail', 'CloudTrail-Digest');
    expect(await watchLogFiles(batch(notice(digest), notice('elsewhere/file.txt')), live)).toEqual({
      batchItemFailures: [],
    });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ passed: 2, failed: 0 });
  });
});

describe('liveOf', () => {
  it.each([
    ['a missing table', { LEDGER_TABLE: '' }, /LEDGER_TABLE .* not set/],
    ['clusters that are no JSON', { CLUSTERS: '{' }, /CLUSTERS is not JSON/],
    ['a cluster without a name', { CLUSTERS: '{"x":{"id":"y"}}' }, /no name for x/],
    ['a cluster that is null', { CLUSTERS: '{"x":null}' }, /no name for x/],
  ])('says what is wrong with %s', (_, more, said) => {
    expect(() => liveOf({ ...emulators.environment, ...more })).toThrow(said);
  });
});
