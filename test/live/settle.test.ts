// What is told of failures, and when it is over: once each, by event time, whatever order the records came in.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellingOf } from '../../src/adapters/findings-environment.ts';
import type { Workload } from '../../src/identity/workload.ts';
import type { Failure } from '../../src/live/failure.ts';
import { type SettlePorts, settle } from '../../src/live/settle.ts';
import { RandomSource } from '../../src/simulator/random-source.ts';
import { type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-10-05T03:00:00Z');

let emulators: LiveEmulators;
let ports: SettlePorts;
let before: NodeJS.ProcessEnv;

beforeAll(async () => {
  before = { ...process.env };
  emulators = await startLiveEmulators();
  Object.assign(process.env, emulators.environment);
  ports = tellingOf(emulators.environment);
});
afterAll(async () => {
  process.env = before;
  await emulators.stop();
});
beforeEach(() => emulators.reset());

const workload = (serviceAccount: string): Workload => ({
  clusterId: 'arn:aws:eks:us-east-1:111122223333:cluster/prod',
  cluster: 'prod',
  namespace: 'payments',
  serviceAccount,
});
const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

function failure(name: string, more: Partial<Failure> = {}): Failure {
  return {
    id: `${more.kind ?? 'assumption-failed'} ${name} ${more.action ?? ''}`,
    kind: 'assumption-failed',
    accountId: '111122223333',
    region: 'us-east-1',
    workload: workload(name),
    node: null,
    confidence: 'exact',
    roleArn: role(name),
    action: 'sts:AssumeRoleWithWebIdentity',
    errorCode: 'AccessDenied',
    cause: { id: 'provider-missing', certainty: 'proven' },
    ...more,
  };
}

let records = 0;
const fails = (of: Failure, at: number, recordId = `record ${++records}`) =>
  ports.failures.note(of, [{ recordId, eventId: recordId, at }]);
const succeeds = (name: string, at: number, sessions = 1) =>
  ports.renewals.note({
    workload: workload(name),
    roleArn: role(name),
    mechanism: 'irsa',
    firstAt: at,
    lastAt: at,
    endsAt: at + HOUR,
    sessions,
  });
/** What is told by a run at `at`, in a few words each. */
async function toldAt(at: number): Promise<string[]> {
  emulators.findings.splice(0);
  await settle(ports, at);
  return emulators.findings.map(({ kind, state, count, workload: who, workloads }) =>
    [kind, state, (who as Workload | undefined)?.serviceAccount ?? workloads, count].join(' '),
  );
}
const metric = (name: string) =>
  emulators.metrics.filter((one) => one.name === name).map(({ value }) => value);

describe('a failure', () => {
  it('is told once while it goes on, with what is known of it, to SNS and to EventBridge', async () => {
    await fails(failure('api'), START, 'e1');
    await fails(failure('api'), START + MINUTE, 'e2');
    expect(await toldAt(START + 2 * MINUTE)).toEqual(['assumption-failed open api 2']);
    expect(emulators.findings).toMatchObject([
      {
        firstTime: '2026-10-05T03:00:00Z',
        lastTime: '2026-10-05T03:01:00Z',
        eventIds: ['e1', 'e2'],
        closed: null,
        look: 'podtrail ask failed-assumptions --since 2026-10-05T03:00:00Z --until 2026-10-05T03:01:01Z --namespace payments',
      },
    ]);
    expect(emulators.events).toEqual([
      { source: 'podtrail', 'detail-type': 'podtrail finding', detail: emulators.findings[0] },
    ]);
    await fails(failure('api'), START + 3 * MINUTE);
    expect(await toldAt(START + 4 * MINUTE)).toEqual([]);
  });

  it('counts a record once, however often it is noted', async () => {
    for (const _ of [1, 2, 3]) await fails(failure('api'), START, 'same');
    expect(await toldAt(START + MINUTE)).toEqual(['assumption-failed open api 1']);
  });

  it('is told again on the next day, while it goes on', async () => {
    for (let hour = 0; hour <= 24; hour += 5) await fails(failure('api'), START + hour * HOUR);
    await toldAt(START + HOUR);
    const next = START + 21 * HOUR;
    expect(await toldAt(next)).toEqual(['assumption-failed open api 5']);
    expect(await toldAt(next + MINUTE)).toEqual([]);
  });

  it('is over by the workload’s success after it, by event time', async () => {
    await succeeds('api', START - MINUTE);
    await fails(failure('api'), START);
    expect(await toldAt(START + MINUTE)).toEqual(['assumption-failed open api 1']);
    await succeeds('api', START + 2 * MINUTE);
    expect(await toldAt(START + 3 * MINUTE)).toEqual(['assumption-failed closed api 1']);
    expect(emulators.findings).toMatchObject([{ closed: { by: 'success', at: '2026-10-05T03:02:00Z' } }]);
    expect(await toldAt(START + 4 * MINUTE)).toEqual([]);
  });

  it('is not over by a success of another workload, or on another role', async () => {
    await fails(failure('api', { roleArn: role('other') }), START);
    await toldAt(START + MINUTE);
    await succeeds('api', START + 2 * MINUTE);
    await succeeds('other', START + 2 * MINUTE);
    expect(await toldAt(START + 3 * MINUTE)).toEqual([]);
  });

  it('is over by itself when it is quiet for six hours', async () => {
    await fails(failure('api', { kind: 'call-denied', action: 's3:GetObject' }), START);
    await succeeds('api', START + 2 * MINUTE);
    expect(await toldAt(START + 6 * HOUR)).toEqual(['call-denied open api 1']);
    expect(await toldAt(START + 6 * HOUR + MINUTE)).toEqual(['call-denied closed api 1']);
    expect(emulators.findings).toMatchObject([
      { closed: { by: 'quiet', at: '2026-10-05T09:00:00Z' }, look: expect.stringContaining('denied-calls') },
    ]);
  });

  it('opens anew with what comes after it was over, and counts that alone', async () => {
    await fails(failure('api'), START);
    await toldAt(START + MINUTE);
    await succeeds('api', START + 2 * MINUTE);
    await toldAt(START + 3 * MINUTE);
    await fails(failure('api'), START + 4 * MINUTE);
    expect(await toldAt(START + 5 * MINUTE)).toEqual(['assumption-failed open api 1']);
    // What is delivered late is of the time before, which was told.
    await fails(failure('api'), START - MINUTE);
    await succeeds('api', START + 6 * MINUTE);
    expect(await toldAt(START + 7 * MINUTE)).toEqual(['assumption-failed closed api 1']);
    await fails(failure('api'), START - MINUTE);
    expect(await toldAt(START + 8 * MINUTE)).toEqual([]);
  });

  it('that is noted while it is told as over stays', async () => {
    await fails(failure('api'), START);
    await toldAt(START + MINUTE);
    await succeeds('api', START + 2 * MINUTE);
    const { failures } = ports;
    const late = {
      ...ports,
      failures: {
        note: failures.note.bind(failures),
        unsettled: failures.unsettled.bind(failures),
        read: failures.read.bind(failures),
        tell: failures.tell.bind(failures),
        shared: failures.shared.bind(failures),
        share: failures.share.bind(failures),
        unshare: failures.unshare.bind(failures),
        settle: async (...[one, to]: Parameters<typeof failures.settle>) => {
          await fails(failure('api'), START + 3 * MINUTE);
          await failures.settle(one, to);
        },
      },
    };
    await settle(late, START + 4 * MINUTE);
    expect(await toldAt(START + 5 * MINUTE)).toEqual(['assumption-failed open api 1']);
  });

  it('that nobody is named by is told with the cluster and the node', async () => {
    const node = {
      cluster: 'arn:aws:eks:us-east-1:111122223333:cluster/prod',
      instance: 'i-064d652934ecf0bfc',
    };
    await fails(failure('x', { workload: null, roleArn: null, node }), START);
    await toldAt(START + MINUTE);
    expect(emulators.findings).toMatchObject([{ workload: null, node }]);
    expect(metric('NewFailingWorkloads')).toEqual([0]);
  });

  it('puts nothing into a command that a shell could take for more', async () => {
    const hostile = { ...workload('api'), namespace: 'a; rm -rf /' };
    await fails(failure('api', { workload: hostile }), START);
    await toldAt(START + MINUTE);
    expect(emulators.findings[0]?.look).not.toContain('rm');
  });

  it.each(['sns', 'events'] as const)('is told in the next run where %s refuses', async (service) => {
    await fails(failure('api'), START);
    emulators.throttle(service, 1);
    await expect(settle(ports, START + MINUTE)).rejects.toThrow('Rate exceeded');
    expect(await toldAt(START + 2 * MINUTE)).toEqual(['assumption-failed open api 1']);
    expect(await toldAt(START + 3 * MINUTE)).toEqual([]);
  });

  it('is told by another run where one died while telling it', async () => {
    await fails(failure('api'), START);
    const died = `finding ${failure('api').id} open 0`;
    expect(await ports.handled.begin(died)).toBe('begun');
    expect(await toldAt(START + MINUTE)).toEqual([]);
    await ports.handled.giveUp(died);
    expect(await toldAt(START + 2 * MINUTE)).toEqual(['assumption-failed open api 1']);
  });

  it('counts a workload as new once, whatever fails of it, until it has not failed for long', async () => {
    await fails(failure('api'), START);
    await fails(failure('api', { kind: 'call-denied', action: 's3:GetObject' }), START);
    await fails(failure('web'), START);
    await toldAt(START + MINUTE);
    await fails(failure('api', { kind: 'call-denied', action: 's3:PutObject' }), START);
    await toldAt(START + 2 * MINUTE);
    expect([metric('NewFailingWorkloads'), metric('OpenFindings')]).toEqual([
      [2, 0],
      [3, 4],
    ]);
  });
});

describe('one cause in many workloads', () => {
  const many = Array.from({ length: 12 }, (_, place) => `w${String(place).padStart(2, '0')}`);

  it('is told as one, and so are its growth and its end', async () => {
    for (const name of many.slice(0, 5)) await fails(failure(name), START);
    expect(await toldAt(START + MINUTE)).toEqual(['many-failing open 5 5']);
    expect(emulators.findings).toMatchObject([
      {
        of: 'assumption-failed',
        cause: { id: 'provider-missing' },
        examples: many.slice(0, 5).map(workload),
      },
    ]);
    for (const name of many.slice(5, 9)) await fails(failure(name), START + MINUTE);
    expect(await toldAt(START + 2 * MINUTE)).toEqual([]);
    for (const name of many.slice(9)) await fails(failure(name), START + 2 * MINUTE);
    expect(await toldAt(START + 3 * MINUTE)).toEqual(['many-failing open 12 12']);
    for (const name of many.slice(0, 11)) await succeeds(name, START + 4 * MINUTE);
    expect(await toldAt(START + 5 * MINUTE)).toEqual([]);
    await succeeds('w11', START + 6 * MINUTE);
    expect(await toldAt(START + 7 * MINUTE)).toEqual(['many-failing closed 12 12']);
    await fails(failure('w01'), START + 8 * MINUTE);
    expect(await toldAt(START + 9 * MINUTE)).toEqual(['assumption-failed open w01 1']);
  });

  it('is nothing that denied calls of several actions have', async () => {
    for (const name of many)
      await fails(failure(name, { kind: 'call-denied', action: `s3:Get${name}` }), START);
    expect((await toldAt(START + MINUTE)).length).toBe(many.length);
  });
});

describe('a workload that renewed its credentials', () => {
  const renews = async (name: string, hours: number[]) => {
    for (const hour of hours) await succeeds(name, START + hour * HOUR);
  };

  it('and stopped is told, once, and that it is over', async () => {
    await renews('api', [0, 0.9, 1.8]);
    expect(await toldAt(START + 3 * HOUR)).toEqual([]);
    expect(await toldAt(START + 3.5 * HOUR)).toEqual(['renewal-stopped open api ']);
    expect(emulators.findings).toMatchObject([
      {
        roleArn: role('api'),
        firstTime: '2026-10-05T03:00:00Z',
        lastTime: '2026-10-05T04:48:00Z',
        endedAt: '2026-10-05T05:48:00Z',
        look: 'podtrail ask stopped-renewing --since 2026-10-05T03:00:00Z --namespace payments',
      },
    ]);
    expect(await toldAt(START + 4 * HOUR)).toEqual([]);
    await renews('api', [4.1]);
    expect(await toldAt(START + 4.25 * HOUR)).toEqual(['renewal-stopped closed api ']);
    expect(await toldAt(START + 4.5 * HOUR)).toEqual([]);
  });

  it.each([
    ['that took too few sessions to tell', [0, 0.9]],
    ['that is a job of every few hours', [0, 3, 6]],
    ['whose session still lasts', [0, 0.9, 1.8, 2.7]],
    ['that stopped days ago', [-40, -39.1, -38.2]],
  ])('is not told %s', async (_, hours) => {
    await renews('api', hours);
    expect(await toldAt(START + 3.5 * HOUR + (hours.at(-1) === 6 ? 6 * HOUR : 0))).toEqual([]);
  });

  it('and many others of its cluster, is told with them as one, and not that it renews again', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await renews(name, [0, 0.9, 1.8]);
    expect(await toldAt(START + 3.5 * HOUR)).toEqual(['many-stopped  5 ']);
    expect(emulators.findings).toMatchObject([
      { cluster: workload('a').clusterId, examples: ['a', 'b', 'c', 'd', 'e'].map(workload) },
    ]);
    await renews('a', [3.6]);
    expect(await toldAt(START + 4 * HOUR)).toEqual([]);
    await renews('a', [4.5, 5.4]);
    expect(await toldAt(START + 7 * HOUR)).toEqual(['renewal-stopped open a ']);
  });

  it('is known alike in whatever order its sessions come', async () => {
    const random = new RandomSource(3, 1);
    const all: unknown[] = [];
    for (let order = 0; order < 6; order += 1) {
      await emulators.reset();
      const hours = [0, 0.9, 1.8, 1.8].map((hour): [number, number] => [random.word(), hour]);
      await renews(
        'api',
        hours.sort(([a], [b]) => a - b).map(([, hour]) => hour),
      );
      for await (const one of ports.renewals.all()) all.push(one);
    }
    expect(all.length).toBe(6);
    for (const one of all) expect(one).toEqual(all[0]);
    expect(all[0]).toMatchObject({ told: null, renewal: { sessions: 4, firstAt: START } });
  });
});
