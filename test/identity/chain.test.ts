// Chains of roles: followed from key to key, across accounts, to any depth, and to an end.
import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/identity/attribute.ts';
import type { TrailRecord } from '../../src/trail/record.ts';
import { CountingLedger } from '../support/counting-ledger.ts';
import { API_WORKLOAD, POD_WORKLOAD, UNKNOWN, WORKER_WORKLOAD, whoCalled } from './expected.ts';
import {
  ALICE,
  byCaller,
  byToken,
  call,
  EKS_AUTH,
  forPod,
  KEY,
  LAMBDA,
  ledgerOf,
  POD,
  podSession,
  ROLE,
  SECOND_ROLE,
  session,
  THIRD_ROLE,
  WORKER,
} from './records.ts';

const SECOND_KEY = 'ASIAEXAMPLEKEY000002';
const THIRD_KEY = 'ASIAEXAMPLEKEY000003';
const LATER = '2026-10-05T03:20:00Z';
const START_OF_OTHER = '2026-10-05T03:05:00Z';
const second = { role: SECOND_ROLE, key: SECOND_KEY, at: LATER, roleId: 'AROAEXAMPLEROLE000002' };
const third = {
  role: THIRD_ROLE,
  key: THIRD_KEY,
  at: '2026-10-05T03:40:00Z',
  roleId: 'AROAEXAMPLEROLE000003',
};
const chained = { ...UNKNOWN, confidence: 'exact', evidence: 'chained' };
const apiChained = { ...chained, workload: API_WORKLOAD, mechanism: 'irsa' };

describe('a chain of roles', () => {
  const links = [
    byToken(),
    byCaller({ ...second, caller: podSession() }),
    byCaller({ ...third, caller: session(second) }),
  ];

  it('leads across accounts to the subject that began it', async () => {
    expect(await whoCalled(session(second), ...links)).toEqual({ ...apiChained, hops: [ROLE, SECOND_ROLE] });
    expect(await whoCalled(session(third), ...links)).toEqual({
      ...apiChained,
      hops: [ROLE, SECOND_ROLE, THIRD_ROLE],
    });
  });

  it('leads to the pod that began it', async () => {
    const seen = [forPod(), byCaller({ ...second, caller: session() })];
    expect(await whoCalled(session(second), ...seen)).toEqual({
      ...chained,
      workload: POD_WORKLOAD,
      mechanism: 'pod-identity',
      pod: POD['kubernetes-pod-name'],
      podUid: POD['kubernetes-pod-uid'],
      hops: [ROLE, SECOND_ROLE],
    });
  });

  it('is one where EKS Auth took both steps, with the tags or without', async () => {
    const caller = session({ invokedBy: 'pods.eks.amazonaws.com' });
    const expected = { evidence: 'chained', workload: POD_WORKLOAD, hops: [ROLE, SECOND_ROLE] };
    const tagged = byCaller({ ...second, caller, incomingTags: POD });
    expect(await whoCalled(session(second), tagged)).toMatchObject(expected);
    expect(await whoCalled(session(second), forPod(), byCaller({ ...second, caller }))).toMatchObject(
      expected,
    );
  });

  it('goes by the tags where the first session seems to be another pod’s', async () => {
    const caller = session({ invokedBy: 'pods.eks.amazonaws.com' });
    const other = forPod({ tags: { ...POD, 'kubernetes-namespace': 'payments' } });
    const seen = [other, byCaller({ ...second, caller, incomingTags: POD })];
    expect(await whoCalled(session(second), ...seen)).toMatchObject({
      confidence: 'exact',
      workload: POD_WORKLOAD,
    });
  });

  it('attributes the assumption itself to the session that made it', async () => {
    const [, assumption] = links;
    if (assumption === undefined) throw new RangeError('no assumption');
    expect(await attribute(assumption, await ledgerOf(...links))).toEqual({
      ...apiChained,
      evidence: 'issued-key',
      hops: [ROLE],
    });
  });

  it('can be followed over a caller without its key', async () => {
    const caller = podSession({ key: null, invokedBy: 'cloudformation.amazonaws.com' });
    const seen = [byToken(), byCaller({ ...second, caller })];
    expect(await whoCalled(session(second), ...seen)).toEqual({ ...apiChained, hops: [ROLE, SECOND_ROLE] });
  });

  it('shows its rung where its last session has no key', async () =>
    expect(await whoCalled(session({ ...second, key: null }), ...links)).toEqual({
      ...apiChained,
      evidence: 'session-start',
      hops: [ROLE, SECOND_ROLE],
    }));

  it('names nobody where a link is missing, whichever', async () => {
    const caller = session(third);
    for (const missing of links)
      expect(await whoCalled(caller, ...links.filter((link) => link !== missing))).toEqual(UNKNOWN);
  });

  it('names nobody where a person, a service or a session of unknown origin began it', async () => {
    for (const caller of [ALICE, LAMBDA, session({ name: 'alice@example.com' })])
      expect(await whoCalled(session(second), byCaller({ ...second, caller }))).toEqual(UNKNOWN);
  });

  it('names nobody where the first session’s issuance names nobody', async () => {
    const caller = session();
    const seen = [byCaller({ tags: {}, caller: EKS_AUTH }), byCaller({ ...second, caller })];
    expect(await whoCalled(session(second), ...seen)).toEqual(UNKNOWN);
  });

  it('hands on that a delegate began it', async () => {
    const seen = [
      byToken({ name: 'external-secrets-provider-aws' }),
      byCaller({ ...second, caller: podSession() }),
    ];
    expect(await whoCalled(session(second), ...seen)).toMatchObject({ isDelegated: true });
    const named = [
      byToken(),
      byCaller({ ...second, caller: podSession(), name: 'external-secrets-provider-aws' }),
    ];
    expect(await whoCalled(session(second), ...named)).toMatchObject({ isDelegated: false });
  });

  it('has no end to its depth', async () => {
    const depth = 500;
    const step = (index: number) => ({
      role: `arn:aws:iam::123456789012:role/step-${index}`,
      key: `ASIAEXAMPLESTEP${String(index).padStart(5, '0')}`,
    });
    const seen = [byToken()];
    let caller = podSession();
    for (let index = 0; index < depth; index++) {
      seen.push(byCaller({ ...step(index), caller }));
      caller = session(step(index));
    }
    const { hops, workload } = await whoCalled(caller, ...seen);
    expect(workload).toEqual(API_WORKLOAD);
    expect(hops).toEqual([ROLE, ...Array.from({ length: depth }, (_, index) => step(index).role)]);
  });
});

describe('chains that meet in one role and second', () => {
  const caller = session({ ...third, key: null });

  function meet(...callers: Parameters<typeof session>[0][]): TrailRecord[] {
    return callers.map((from, index) =>
      byCaller({ ...third, key: `ASIAEXAMPLEMEET0000${index}`, caller: session(from) }),
    );
  }

  it('leave the subject open where they began with two', async () => {
    const other = { ...second, at: START_OF_OTHER };
    const seen = [byToken(), byToken({ ...other, userName: WORKER }), ...meet({}, other)];
    expect(await whoCalled(caller, ...seen)).toEqual({
      ...UNKNOWN,
      confidence: 'ambiguous',
      evidence: 'session-start',
      mechanism: 'irsa',
      candidates: [API_WORKLOAD, WORKER_WORKLOAD],
      hops: [THIRD_ROLE],
    });
  });

  it('name the subject that both began with, and the way only if it is one', async () => {
    const other = { ...second, at: START_OF_OTHER };
    const twoWays = [byToken(), byToken(other), ...meet({}, other)];
    expect(await whoCalled(caller, ...twoWays)).toMatchObject({
      confidence: 'exact',
      workload: API_WORKLOAD,
      hops: [THIRD_ROLE],
    });
    expect(await whoCalled(caller, byToken(), ...meet({}, {}))).toMatchObject({
      confidence: 'exact',
      hops: [ROLE, THIRD_ROLE],
    });
  });

  it('leave it open where a person’s meets a pod’s', async () => {
    const seen = [byToken(), ...meet({}), byCaller({ ...third, caller: ALICE })];
    expect(await whoCalled(caller, ...seen)).toMatchObject({
      confidence: 'ambiguous',
      candidates: [API_WORKLOAD],
      hops: [THIRD_ROLE],
    });
  });

  it('are one way by key, where one of two sessions has no role before it', async () => {
    const seen = [
      byToken({ ...third, key: KEY }),
      byCaller({ ...third, key: KEY, caller: podSession() }),
      byToken(),
    ];
    expect(await whoCalled(session({ ...third, key: KEY }), ...seen)).toMatchObject({
      confidence: 'exact',
      evidence: 'issued-key',
      hops: [THIRD_ROLE],
    });
  });
});

describe('ways from one session that part and meet again', () => {
  const fork = { role: 'arn:aws:iam::123456789012:role/fork', key: 'ASIAEXAMPLEFORK00001', at: LATER };
  const last = { role: 'arn:aws:iam::123456789012:role/last', key: 'ASIAEXAMPLELAST00001', at: LATER };
  const keyless = session({ ...third, key: null });
  const first = byToken();

  it.each([
    [
      'of one length',
      [byCaller({ ...third, caller: session(second) }), byCaller({ ...third, caller: session(fork) })],
    ],
    [
      'of two lengths',
      [byCaller({ ...third, caller: podSession() }), byCaller({ ...third, caller: session(fork) })],
    ],
  ])('keep the workload and leave the way open: %s', async (_, meeting) => {
    const parting = [
      byCaller({ ...second, caller: podSession() }),
      byCaller({ ...fork, caller: podSession() }),
    ];
    const seen = [first, ...parting, ...meeting, byCaller({ ...last, caller: keyless })];
    const expected = { ...apiChained, hops: [last.role] };
    expect(await whoCalled(session(last), ...seen)).toEqual(expected);
    expect(await whoCalled(session(last), ...seen.toReversed())).toEqual(expected);
  });

  it('stay open for the sessions after that', async () => {
    const after = { role: 'arn:aws:iam::123456789012:role/after', key: 'ASIAEXAMPLEAFTER0001', at: LATER };
    const seen = [
      first,
      byCaller({ ...fork, caller: podSession() }),
      byCaller({ ...third, caller: podSession() }),
      byCaller({ ...third, caller: session(fork) }),
      byCaller({ ...last, caller: keyless }),
      byCaller({ ...after, caller: session(last) }),
    ];
    expect(await whoCalled(session(after), ...seen)).toEqual({ ...apiChained, hops: [after.role] });
  });

  it('are one way where the same roles lead there', async () => {
    const again = { ...second, key: 'ASIAEXAMPLEAGAIN0001' };
    const seen = [
      first,
      byCaller({ ...second, caller: podSession() }),
      byCaller({ ...again, caller: podSession() }),
      byCaller({ ...third, caller: session(second) }),
      byCaller({ ...third, caller: session(again) }),
      byCaller({ ...last, caller: keyless }),
    ];
    expect(await whoCalled(session(last), ...seen)).toEqual({
      ...apiChained,
      hops: [ROLE, SECOND_ROLE, THIRD_ROLE, last.role],
    });
  });
});

describe('a session that seems to have issued itself', () => {
  const own = { role: SECOND_ROLE, at: LATER, roleId: null };
  const keyless = session({ ...own, key: null });

  it('names nobody, and an answer comes', async () => {
    const seen = [byCaller({ ...own, key: SECOND_KEY, caller: keyless })];
    expect(await whoCalled(session({ ...own, key: SECOND_KEY }), ...seen)).toEqual(UNKNOWN);
  });

  it('names nobody in a wider circle', async () => {
    const seen = [
      byCaller({ ...second, caller: session(third) }),
      byCaller({ ...third, caller: session(second) }),
    ];
    expect(await whoCalled(session(third), ...seen)).toEqual(UNKNOWN);
  });

  it('names who else may have issued it, without a way', async () => {
    const seen = [
      byToken(),
      byCaller({ ...own, key: THIRD_KEY, caller: podSession() }),
      byCaller({ ...own, key: SECOND_KEY, caller: keyless }),
    ];
    const caller = session({ ...own, key: SECOND_KEY });
    expect(await whoCalled(caller, ...seen)).toEqual({ ...apiChained, hops: [SECOND_ROLE] });
    expect(await whoCalled(caller, ...seen.toReversed())).toEqual({ ...apiChained, hops: [SECOND_ROLE] });
  });

  it('leaves the answer open beside a session that names somebody', async () => {
    const circle = byCaller({ ...third, caller: session(third) });
    const lost = byCaller({ ...second, caller: session(third) });
    expect(await whoCalled(session(second), circle, lost, byToken(second))).toEqual({
      ...UNKNOWN,
      confidence: 'ambiguous',
      evidence: 'issued-key',
      candidates: [API_WORKLOAD],
      hops: [SECOND_ROLE],
    });
  });
});

describe('the ledger', () => {
  it('is asked for each caller once, though many sessions lead back to it', async () => {
    const many = Array.from({ length: 20 }, () => byCaller({ ...second, key: null, caller: podSession() }));
    const ledger = new CountingLedger(await ledgerOf(byToken(), ...many));
    const { confidence } = await attribute(call(session({ ...second, key: null })), ledger);
    expect(confidence).toBe('exact');
    expect(ledger.asked).toEqual([`${SECOND_ROLE} ${Date.parse(LATER)}`, KEY]);
  });

  it('is not asked about a record that speaks for itself, or whose caller is no role session', async () => {
    const ledger = new CountingLedger(await ledgerOf());
    const withMfa = {
      ...ALICE,
      sessionContext: { attributes: { creationDate: LATER, mfaAuthenticated: 'true' } },
    };
    const callers = [ALICE, withMfa, session({ creationDate: null })];
    for (const record of [byToken(), forPod(), ...callers.map(call)])
      expect((await attribute(record, ledger)).evidence === null).toBe(record.assumption === null);
    expect(ledger.asked).toEqual([]);
  });

  it('is asked for the caller’s copy only where the target’s fits', async () => {
    const ledger = new CountingLedger(await ledgerOf(byToken()));
    await attribute(call(podSession()), ledger);
    expect(ledger.asked).toEqual([KEY]);
  });

  it('may hold a session twice, and the second is the one that counts', async () => {
    const ledger = await ledgerOf(byToken());
    const [issuance] = await ledger.issuancesByKey(KEY);
    if (issuance === undefined) throw new RangeError('no issuance');
    await ledger.store({ ...issuance, subject: { namespace: 'orders', serviceAccount: 'worker' } });
    expect(await attribute(call(podSession()), ledger)).toMatchObject({ workload: WORKER_WORKLOAD });
  });
});
