// What is told of failures, and when it is over: once each, by event time, whatever order the records came in.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellingOf } from '../../src/adapters/findings-environment.ts';
import { type Workload, workloadText } from '../../src/identity/workload.ts';
import { type Failure, MOST_COUNTED } from '../../src/live/failure.ts';
import { type SettlePorts, settle } from '../../src/live/settle.ts';
import { RandomSource } from '../../src/simulator/random-source.ts';
import { collect } from '../support/collect.ts';
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
const succeeds = (name: string, at: number, more: { endsAt?: number; roleArn?: string } = {}) => {
  const { endsAt = at + HOUR, roleArn = role(name) } = more;
  const minutes = Math.round((endsAt - at) / MINUTE);
  const period = `${minutes}/${Math.floor(at / MINUTE / minutes)}`;
  return ports.renewals.note({ workload: workload(name), roleArn, lastAt: at, endsAt, periods: [period] });
};
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
        look: 'podtrail diagnose --since 2026-10-05T03:00:00Z --until 2026-10-05T03:01:01Z --namespace payments --service-account api',
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

  it('that began before midnight and is told after it, is not told again on that day', async () => {
    const midnight = Date.parse('2026-10-06T00:00:00Z');
    await fails(failure('api'), midnight - MINUTE);
    expect((await toldAt(midnight + MINUTE)).length).toBe(1);
    expect(await toldAt(midnight + 2 * MINUTE)).toEqual([]);
  });

  it('is over by the workload’s success after it, by event time, when it has had time to fail again', async () => {
    await succeeds('api', START - MINUTE);
    await fails(failure('api'), START);
    expect(await toldAt(START + MINUTE)).toEqual(['assumption-failed open api 1']);
    await succeeds('api', START + 2 * MINUTE);
    expect(await toldAt(START + 3 * MINUTE)).toEqual([]);
    expect(await toldAt(START + 11 * MINUTE)).toEqual(['assumption-failed closed api 1']);
    expect(emulators.findings).toMatchObject([{ closed: { by: 'success', at: '2026-10-05T03:02:00Z' } }]);
    expect(await toldAt(START + 12 * MINUTE)).toEqual([]);
  });

  it('is not over by a success of another workload, or on another role', async () => {
    await fails(failure('api', { roleArn: role('other') }), START);
    await toldAt(START + MINUTE);
    await succeeds('api', START + 2 * MINUTE);
    await succeeds('other', START + 2 * MINUTE);
    expect(await toldAt(START + 11 * MINUTE)).toEqual([]);
  });

  it('is over by itself when it is quiet for six hours', async () => {
    await fails(failure('api', { kind: 'call-denied', action: 's3:GetObject' }), START);
    await succeeds('api', START + 2 * MINUTE);
    expect(await toldAt(START + 6 * HOUR)).toEqual(['call-denied open api 1']);
    expect(await toldAt(START + 6 * HOUR + MINUTE)).toEqual(['call-denied closed api 1']);
    expect(emulators.findings).toMatchObject([{ closed: { by: 'quiet', at: '2026-10-05T09:00:00Z' } }]);
  });

  it('opens anew with what comes after it was over, and counts that alone', async () => {
    await fails(failure('api'), START);
    await toldAt(START + MINUTE);
    await succeeds('api', START + 2 * MINUTE);
    await toldAt(START + 12 * MINUTE);
    await fails(failure('api'), START + 14 * MINUTE);
    expect(await toldAt(START + 15 * MINUTE)).toEqual(['assumption-failed open api 1']);
    // What is delivered late is of the time before, which was told.
    await fails(failure('api'), START - MINUTE);
    await succeeds('api', START + 16 * MINUTE);
    expect(await toldAt(START + 26 * MINUTE)).toEqual(['assumption-failed closed api 1']);
    await fails(failure('api'), START - MINUTE);
    expect(await toldAt(START + 28 * MINUTE)).toEqual([]);
  });

  /** A run that is interrupted where it would settle: before, after the first of two writes, or not at all but late. */
  const interrupted = (settleAt: typeof ports.failures.settle) => {
    const { failures } = ports;
    const bound = Object.fromEntries(
      (['note', 'unsettled', 'read', 'tell', 'shared', 'share', 'unshare'] as const).map((name) => [
        name,
        (failures[name] as (...of: unknown[]) => unknown).bind(failures),
      ]),
    );
    return { ...ports, failures: { ...bound, settle: settleAt } as typeof failures };
  };

  it.each([
    [
      'dies before it is settled',
      async () => {
        throw new Error('killed');
      },
      ['assumption-failed closed api 2'],
    ],
    [
      'is late, and it fails again meanwhile',
      async (...[one, to]: Parameters<typeof ports.failures.settle>) => {
        await fails(failure('api'), START + 13 * MINUTE);
        await ports.failures.settle(one, to);
      },
      ['assumption-failed open api 1'],
    ],
  ])('is told right where the run that tells its end %s', async (_, settleAt, then) => {
    await fails(failure('api'), START);
    await toldAt(START + MINUTE);
    await succeeds('api', START + 2 * MINUTE);
    await settle(interrupted(settleAt), START + 12 * MINUTE).catch(() => {});
    if (then[0]?.includes('closed')) {
      await fails(failure('api'), START + 13 * MINUTE);
      await succeeds('api', START + 14 * MINUTE);
      expect(await toldAt(START + 24 * MINUTE)).toEqual(then);
    } else expect(await toldAt(START + 14 * MINUTE)).toEqual(then);
  });

  it('whose end another run has told already, is not taken for one that began since', async () => {
    await fails(failure('api'), START);
    await toldAt(START + MINUTE);
    const [noted] = await collect(ports.failures.unsettled(''));
    if (noted === undefined) throw new Error('it is open');
    const old = await ports.failures.read(noted);
    await succeeds('api', START + 2 * MINUTE);
    await toldAt(START + 12 * MINUTE);
    await fails(failure('api'), START + 13 * MINUTE);
    await ports.failures.settle(old, START);
    expect(await toldAt(START + 14 * MINUTE)).toEqual(['assumption-failed open api 1']);
  });

  it('keeps the surest cause that any of its records was given', async () => {
    const id = 'same';
    const causes = ['possible', 'proven', 'likely'] as const;
    for (const certainty of causes)
      await fails(failure('api', { id, cause: { id: `is-${certainty}`, certainty } }), START);
    await toldAt(START + MINUTE);
    expect(emulators.findings).toMatchObject([{ cause: { id: 'is-proven' }, count: 3 }]);
  });

  it('of more records than are counted says so, and knows the last of them', async () => {
    const sightings = Array.from({ length: MOST_COUNTED + 3 }, (_, place) => ({
      recordId: `many ${place}`,
      eventId: null,
      at: START + place * 1000,
    }));
    await ports.failures.note(failure('api'), sightings);
    await toldAt(START + 4 * HOUR);
    expect(emulators.findings).toMatchObject([
      { count: MOST_COUNTED, isCounted: false, lastTime: '2026-10-05T05:46:42Z' },
    ]);
  }, 60_000);

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

  it('counts a workload as new once, whatever fails of it, and before it is told', async () => {
    await fails(failure('api'), START);
    await fails(failure('api', { kind: 'call-denied', action: 's3:GetObject' }), START);
    await fails(failure('web'), START);
    emulators.throttle('sns', 1);
    await expect(settle(ports, START + MINUTE)).rejects.toThrow('Rate exceeded');
    await fails(failure('api', { kind: 'call-denied', action: 's3:PutObject' }), START);
    await toldAt(START + 2 * MINUTE);
    // A run in which something went wrong is none that an alarm should take for one.
    expect([metric('NewFailingWorkloads'), metric('OpenFindings')]).toEqual([[2, 0], [4]]);
  });

  it('is told at once where its workload cannot be counted as new, which the next run does', async () => {
    await fails(failure('api'), START);
    // Over before it is told.
    await fails(failure('web'), START - 11 * MINUTE);
    await succeeds('web', START - 10 * MINUTE);
    emulators.throttle('cloudwatch', 1);
    await expect(settle(ports, START + MINUTE)).rejects.toThrow('Rate exceeded');
    expect(emulators.findings.map(({ state }) => state).sort()).toEqual(['closed', 'open']);
    expect(await toldAt(START + 2 * MINUTE)).toEqual([]);
    await toldAt(START + 3 * MINUTE);
    expect(metric('NewFailingWorkloads')).toEqual([2, 0]);
  });

  it('counts its workload as new where a run died before it was counted', async () => {
    await fails(failure('api'), START);
    const died = `failing ${workloadText(workload('api'))}`;
    expect(await ports.handled.begin(died)).toBe('begun');
    expect(await toldAt(START + MINUTE)).toEqual(['assumption-failed open api 1']);
    await emulators.pass(301);
    expect(await toldAt(START + 7 * MINUTE)).toEqual([]);
    expect(metric('NewFailingWorkloads')).toEqual([0, 1]);
  });
});

describe('what many failures have in common', () => {
  const many = Array.from({ length: 12 }, (_, place) => `w${String(place).padStart(2, '0')}`);

  it('is told as one, and so are its growth, its next day and its end', async () => {
    for (const name of many.slice(0, 5)) await fails(failure(name), START);
    expect(await toldAt(START + MINUTE)).toEqual(['many-failing open 5 5']);
    expect(emulators.findings).toMatchObject([
      {
        by: 'cause',
        of: 'assumption-failed',
        cause: { id: 'provider-missing' },
        examples: many.slice(0, 5).map(workload),
      },
    ]);
    for (const name of many.slice(5, 9)) await fails(failure(name), START + MINUTE);
    expect(await toldAt(START + 2 * MINUTE)).toEqual([]);
    for (const name of many.slice(9)) await fails(failure(name), START + 2 * MINUTE);
    expect(await toldAt(START + 3 * MINUTE)).toEqual(['many-failing open 12 12']);
    for (const name of many.slice(0, 9)) await succeeds(name, START + 4 * MINUTE);
    expect(await toldAt(START + 14 * MINUTE)).toEqual([]);
    await succeeds('w09', START + 15 * MINUTE);
    // Two are few: each is told by itself from now on.
    expect((await toldAt(START + 16 * MINUTE)).sort()).toEqual([
      'assumption-failed open w10 1',
      'assumption-failed open w11 1',
      'many-failing closed 12 12',
    ]);
  });

  it('is told on each day while it goes on', async () => {
    for (const name of many)
      for (const hour of [0, 5, 10, 15, 20]) await fails(failure(name), START + hour * HOUR);
    await toldAt(START + HOUR);
    expect(await toldAt(START + 21 * HOUR)).toEqual(['many-failing open 12 60']);
    expect(await toldAt(START + 21 * HOUR + MINUTE)).toEqual([]);
  });

  it('keeps nobody untold where it could not be told itself', async () => {
    for (const name of many.slice(0, 5)) await fails(failure(name), START);
    emulators.throttle('sns', 6);
    await expect(settle(ports, START + MINUTE)).rejects.toThrow('Rate exceeded');
    await succeeds('w00', START + MINUTE);
    expect((await toldAt(START + 2 * HOUR)).length).toBe(5);
  });

  it('is told as one where all of it began and ended within a minute', async () => {
    for (const name of many) {
      await fails(failure(name), START);
      await succeeds(name, START + MINUTE);
    }
    expect(await toldAt(START + 11 * MINUTE)).toEqual(['many-failing open 12 12']);
    expect(await toldAt(START + 12 * MINUTE)).toEqual(['many-failing closed 12 12']);
  });

  it('is not there between clusters, nor between actions', async () => {
    for (const [place, name] of many.entries()) {
      await fails(failure(name, { kind: 'call-denied', action: `s3:Get${name}` }), START);
      const elsewhere = { ...workload(`${name}-x`), clusterId: `cluster ${place}` };
      await fails(failure(`${name}-x`, { workload: elsewhere }), START);
    }
    expect((await toldAt(START + MINUTE)).length).toBe(2 * many.length);
  });

  it('is the workload, where many kinds of its calls are denied', async () => {
    for (const name of many)
      await fails(failure('api', { kind: 'call-denied', action: `s3:${name}` }), START);
    expect(await toldAt(START + MINUTE)).toEqual(['many-failing open 1 12']);
    expect(emulators.findings).toMatchObject([
      {
        by: 'workload',
        failures: 12,
        cause: null,
        examples: [workload('api')],
        actions: many.map((name) => `s3:${name}`),
      },
    ]);
  });
});

describe('a workload that renewed its credentials', () => {
  const STEADY = [0, 0.9, 1.8, 2.7, 3.6];
  const renews = async (name: string, hours: number[]) => {
    for (const hour of hours) await succeeds(name, START + hour * HOUR);
  };

  it('and stopped is told, once, and that it is over', async () => {
    await renews('api', STEADY);
    expect(await toldAt(START + 5 * HOUR)).toEqual([]);
    expect(await toldAt(START + 5.25 * HOUR)).toEqual(['renewal-stopped open api ']);
    expect(emulators.findings).toMatchObject([
      {
        roleArn: role('api'),
        firstTime: '2026-10-05T03:00:00Z',
        lastTime: '2026-10-05T06:36:00Z',
        endedAt: '2026-10-05T07:36:00Z',
        look: 'podtrail ask stopped-renewing --since 2026-10-05T03:00:00Z --namespace payments',
      },
    ]);
    expect(await toldAt(START + 5.5 * HOUR)).toEqual([]);
    await renews('api', [5.6]);
    expect(await toldAt(START + 5.75 * HOUR)).toEqual(['renewal-stopped closed api ']);
    expect(await toldAt(START + 6 * HOUR)).toEqual([]);
  });

  it.each([
    ['took too few sessions to tell', [0, 0.9, 1.8]],
    ['is a job of every few hours', [0, 2, 4, 6]],
    ['is a job that takes many sessions at once', [0, 0.01, 0.02, 0.03, 0.04, 0.05]],
    ['stopped days ago', [-40, -39.1, -38.2, -37.3, -36.4]],
  ])('is not told where it %s', async (_, hours) => {
    await renews('api', hours);
    expect(await toldAt(START + 8 * HOUR)).toEqual([]);
  });

  it('is not told while a longer session lasts', async () => {
    await renews('api', STEADY);
    await succeeds('api', START + HOUR, { endsAt: START + 13 * HOUR });
    expect(await toldAt(START + 8 * HOUR)).toEqual([]);
  });

  it('and many others of its cluster, is told with them as one, and not that it renews again', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await renews(name, STEADY);
    expect(await toldAt(START + 5.25 * HOUR)).toEqual(['many-stopped  5 ']);
    expect(emulators.findings).toMatchObject([
      { cluster: workload('a').clusterId, examples: ['a', 'b', 'c', 'd', 'e'].map(workload) },
    ]);
    expect(await toldAt(START + 5.5 * HOUR)).toEqual([]);
    await renews('a', [5.6]);
    expect(await toldAt(START + 5.75 * HOUR)).toEqual([]);
    await renews('a', [6.5, 7.4, 8.3]);
    expect(await toldAt(START + 10 * HOUR)).toEqual(['renewal-stopped open a ']);
  });

  it('is known alike in whatever order its sessions come', async () => {
    const random = new RandomSource(3, 1);
    const all: unknown[] = [];
    for (let order = 0; order < 8; order += 1) {
      await emulators.reset();
      const sessions = [
        [0, 1],
        [0.9, 1.9],
        [1.8, 2.8],
        // In the same second, of two lengths.
        [1.8, 2.05],
      ].map((session): [number, number[]] => [random.word(), session]);
      for (const [, [at = 0, end = 0]] of sessions.sort(([a], [b]) => a - b))
        await succeeds('api', START + at * HOUR, { endsAt: START + end * HOUR });
      for await (const { renewal, told } of ports.renewals.all())
        all.push({ ...renewal, periods: [...renewal.periods].sort(), told });
    }
    expect(all.length).toBe(8);
    for (const one of all) expect(one).toEqual(all[0]);
    expect(all[0]).toMatchObject({ told: null, lastAt: START + 1.8 * HOUR, endsAt: START + 2.8 * HOUR });
  });

  it('keeps no more of its past than is looked at', async () => {
    for (let hour = 0; hour < 70; hour += 1) await succeeds('api', START + hour * HOUR);
    await toldAt(START + 70 * HOUR);
    for await (const { renewal } of ports.renewals.all()) {
      expect(renewal.periods.length).toBe(64);
      expect(renewal.periods).not.toContain(`60/${Math.floor(START / HOUR)}`);
    }
  });
});
