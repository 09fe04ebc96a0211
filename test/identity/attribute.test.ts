// The ladder's upper rungs: what a record says of itself, and whose key signed it.
import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/identity/attribute.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import {
  API_WORKLOAD,
  OTHER_API_WORKLOAD,
  POD_WORKLOAD,
  UNKNOWN,
  WORKER_WORKLOAD,
  whoCalled,
} from './expected.ts';
import {
  ALICE,
  API,
  byCaller,
  byToken,
  call,
  forPod,
  ISSUER,
  KEY,
  LAMBDA,
  ledgerOf,
  MASKED,
  OTHER_PROVIDER,
  POD,
  podSession,
  ROLE,
  SECOND_ROLE,
  session,
  WORKER,
} from './records.ts';

const nothingSeen = new MemoryLedger();

describe('an attempt to assume a role by token', () => {
  const own = { ...UNKNOWN, confidence: 'exact', evidence: 'own-token', mechanism: 'irsa', hops: [ROLE] };

  it.each([
    ['successful', {}, API_WORKLOAD],
    ['failed', { error: 'AccessDenied' }, API_WORKLOAD],
    [
      'with a masked user name and a readable token subject',
      { userName: MASKED, tokenSubject: API },
      API_WORKLOAD,
    ],
    ['with a masked token subject', { tokenSubject: MASKED }, API_WORKLOAD],
    ['of another subject', { userName: WORKER }, WORKER_WORKLOAD],
    ['on another cluster', { provider: OTHER_PROVIDER }, OTHER_API_WORKLOAD],
  ])('names its subject: %s', async (_, token, workload) =>
    expect(await attribute(byToken(token), nothingSeen)).toEqual({ ...own, workload }),
  );

  it.each([
    ['two subjects that differ', { tokenSubject: WORKER }],
    ['another identity provider’s subject', { userName: 'repo:example/app:ref:refs/heads/main' }],
    ['no readable subject', { userName: MASKED }],
  ])('with %s names nobody', async (_, token) =>
    expect(await attribute(byToken(token), nothingSeen)).toEqual(UNKNOWN),
  );

  it('is told from a delegate’s', async () => {
    const token = byToken({ name: 'external-secrets-provider-aws' });
    expect(await attribute(token, nothingSeen)).toMatchObject({ isDelegated: true });
    expect(await attribute(byToken({ name: null }), nothingSeen)).toMatchObject({ isDelegated: false });
  });

  it('is of the cluster that the operator has named', async () => {
    const known = new Map([[ISSUER, { id: POD_WORKLOAD.clusterId, name: 'shop' }]]);
    const { workload } = await attribute(byToken(), nothingSeen, known);
    expect(workload).toEqual({ ...API_WORKLOAD, clusterId: POD_WORKLOAD.clusterId, cluster: 'shop' });
  });
});

describe('an attempt to assume a role for a pod', () => {
  const own = {
    ...UNKNOWN,
    confidence: 'exact',
    evidence: 'session-tags',
    workload: POD_WORKLOAD,
    mechanism: 'pod-identity',
    pod: POD['kubernetes-pod-name'],
    podUid: POD['kubernetes-pod-uid'],
  };

  it('names the pod', async () =>
    expect(await attribute(forPod(), nothingSeen)).toEqual({ ...own, hops: [ROLE] }));

  it('with the association’s first session names both roles', async () => {
    const caller = session({ invokedBy: 'pods.eks.amazonaws.com' });
    const record = byCaller({ caller, role: SECOND_ROLE, incomingTags: POD });
    expect(await attribute(record, nothingSeen)).toEqual({ ...own, hops: [ROLE, SECOND_ROLE] });
  });

  it('without tags names nobody, not even by the caller’s session', async () => {
    expect(await attribute(forPod({ tags: {} }), nothingSeen)).toEqual(UNKNOWN);
    const caller = session({ invokedBy: 'pods.eks.amazonaws.com' });
    const record = byCaller({ caller, role: SECOND_ROLE, tags: { 'kubernetes-namespace': 'orders' } });
    expect(await attribute(record, await ledgerOf(forPod()))).toEqual(UNKNOWN);
  });

  it('is believed of nobody but EKS Auth', async () => {
    for (const caller of [ALICE, LAMBDA, session()]) {
      const impostor = byCaller({ caller, role: SECOND_ROLE, tags: POD, incomingTags: POD });
      expect(await attribute(impostor, nothingSeen)).toEqual(UNKNOWN);
      expect(await whoCalled(session({ role: SECOND_ROLE }), impostor)).toEqual(UNKNOWN);
    }
  });
});

describe('a call with a key that an issuance handed out', () => {
  const byKey = { ...UNKNOWN, confidence: 'exact', evidence: 'issued-key', hops: [ROLE] };
  const apiByKey = { ...byKey, workload: API_WORKLOAD, mechanism: 'irsa' };

  it('is the subject’s of the issuance', async () =>
    expect(await whoCalled(podSession(), byToken())).toEqual(apiByKey));

  it('is the pod’s that the tags name', async () =>
    expect(await whoCalled(session(), forPod())).toEqual({
      ...byKey,
      workload: POD_WORKLOAD,
      mechanism: 'pod-identity',
      pod: POD['kubernetes-pod-name'],
      podUid: POD['kubernetes-pod-uid'],
    }));

  it('is unknown until the issuance is delivered, and known from then on', async () => {
    const ledger = await ledgerOf();
    const [issuance] = await (await ledgerOf(byToken())).issuancesByKey(KEY);
    if (issuance === undefined) throw new RangeError('no issuance');
    expect(await attribute(call(podSession()), ledger)).toEqual(UNKNOWN);
    await ledger.store(issuance);
    expect(await attribute(call(podSession()), ledger)).toEqual(apiByKey);
  });

  it.each([
    ['another role', { role: SECOND_ROLE }],
    ['another key', { key: 'ASIAEXAMPLEKEY000002' }],
    ['a start three seconds later', { creationDate: '2026-10-05T03:00:03Z' }],
    ['a start three seconds earlier', { creationDate: '2026-10-05T02:59:57Z' }],
    ['no start', { creationDate: null }],
  ])('is nobody’s with %s', async (_, caller) =>
    expect(await whoCalled(session(caller), byToken())).toEqual(UNKNOWN),
  );

  it.each([
    ['two seconds later', '2026-10-05T03:00:02Z'],
    ['two seconds earlier', '2026-10-05T02:59:58Z'],
    ['two seconds and a part of one later', '2026-10-05T03:00:02.999Z'],
  ])('may show a start %s', async (_, creationDate) =>
    expect(await whoCalled(podSession({ creationDate }), byToken())).toEqual(apiByKey),
  );

  it('goes by the key, whatever the name of the session is', async () => {
    const caller = podSession({ name: 'eks-orders-worker-1708012345' });
    expect(await whoCalled(caller, byToken(), byToken({ key: null, userName: WORKER }))).toEqual(apiByKey);
  });

  it('is nobody’s by an issuance that failed', async () => {
    const ledger = await ledgerOf();
    const [issuance] = await (await ledgerOf(byToken())).issuancesByKey(KEY);
    if (issuance === undefined) throw new RangeError('no issuance');
    await ledger.store({ ...issuance, isIssued: false });
    expect(await attribute(call(podSession()), ledger)).toEqual(UNKNOWN);
    expect(await attribute(call(podSession({ key: null })), ledger)).toEqual(UNKNOWN);
  });

  it('is nobody’s by an issuance that names nobody', async () => {
    for (const token of [{ tokenSubject: WORKER }, { userName: MASKED }, { userName: 'repo:example/app' }])
      expect(await whoCalled(podSession(), byToken(token))).toEqual(UNKNOWN);
    expect(await whoCalled(session(), forPod({ tags: {} }))).toEqual(UNKNOWN);
    expect(await whoCalled(session(), byCaller({ caller: LAMBDA }))).toEqual(UNKNOWN);
  });

  it('is nobody’s if the caller is no role session', async () => {
    for (const caller of [ALICE, LAMBDA, {}, { ...ALICE, accessKeyId: KEY }])
      expect(await whoCalled(caller, byToken())).toEqual(UNKNOWN);
  });

  it('is a delegate’s where the issuance is', async () => {
    const token = byToken({ name: 'external-secrets-provider-aws' });
    expect(await whoCalled(podSession(), token)).toEqual({ ...apiByKey, isDelegated: true });
  });

  it('is a delegate’s by its own name where the issuance hides the name, and only with a web identity', async () => {
    const name = 'external-secrets-provider-aws';
    const token = byToken({ name: null, roleId: null });
    expect(await whoCalled(podSession({ name }), token)).toEqual({ ...apiByKey, isDelegated: true });
    expect(await whoCalled(session({ name }), token)).toEqual(apiByKey);
    expect(await whoCalled(podSession(), token)).toEqual(apiByKey);
    expect(await whoCalled(podSession({ name }), byToken())).toEqual(apiByKey);
  });
});

describe('a key that several issuances show, as in logs that mask all keys alike', () => {
  const ambiguous = { ...UNKNOWN, confidence: 'ambiguous', evidence: 'issued-key', hops: [ROLE] };

  it('is still one subject’s if they agree', async () =>
    expect(await whoCalled(podSession(), byToken(), byToken())).toMatchObject({
      confidence: 'exact',
      workload: API_WORKLOAD,
    }));

  it('leaves all their subjects open if they don’t, in one order', async () => {
    const seen = [byToken({ userName: WORKER }), byToken(), byToken({ at: '2026-10-05T03:00:01Z' })];
    const expected = { ...ambiguous, mechanism: 'irsa', candidates: [API_WORKLOAD, WORKER_WORKLOAD] };
    expect(await whoCalled(podSession(), ...seen)).toEqual(expected);
    expect(await whoCalled(podSession(), ...seen.toReversed())).toEqual(expected);
  });

  it('leaves it open if one of them names nobody', async () =>
    expect(await whoCalled(podSession(), byToken(), byToken({ userName: MASKED }))).toEqual({
      ...ambiguous,
      candidates: [API_WORKLOAD],
    }));

  it('goes by the provider that the session shows, where two clusters have the same subject', async () =>
    expect(await whoCalled(podSession(), byToken({ provider: OTHER_PROVIDER }), byToken())).toMatchObject({
      confidence: 'exact',
      workload: API_WORKLOAD,
    }));

  it('leaves the cluster open where the session shows no provider', async () =>
    expect(await whoCalled(session(), byToken({ provider: OTHER_PROVIDER }), byToken())).toEqual({
      ...ambiguous,
      mechanism: 'irsa',
      candidates: [OTHER_API_WORKLOAD, API_WORKLOAD],
    }));

  it('goes by the key where the issuance shows no provider', async () =>
    expect(await whoCalled(podSession(), byToken({ provider: null, principalId: MASKED }))).toMatchObject({
      confidence: 'exact',
      workload: { ...API_WORKLOAD, clusterId: null, cluster: null },
    }));

  it('is no plain web identity’s of another provider', async () => {
    const pipeline = byToken({ provider: OTHER_PROVIDER, userName: 'repo:example/app' });
    expect(await whoCalled(podSession(), byToken(), pipeline)).toMatchObject({ confidence: 'exact' });
  });

  it('leaves the mechanism open where it differs', async () =>
    expect(await whoCalled(podSession(), byToken(), forPod())).toEqual({
      ...ambiguous,
      candidates: [POD_WORKLOAD, API_WORKLOAD],
    }));

  it('is a delegate’s if one of them is', async () => {
    const delegate = byToken({ name: 'external-secrets-provider-aws' });
    expect(await whoCalled(podSession(), byToken(), delegate)).toMatchObject({ isDelegated: true });
    const hidden = byToken({ name: null });
    expect(await whoCalled(podSession(), hidden, delegate)).toMatchObject({ isDelegated: true });
  });

  it('outranks the start, where another issuance would fit better', async () => {
    const late = byToken({ at: '2026-10-05T03:00:01Z' });
    const other = byToken({ key: 'ASIAEXAMPLEKEY000002', userName: WORKER });
    expect(await whoCalled(podSession(), late, other)).toMatchObject({
      evidence: 'issued-key',
      workload: API_WORKLOAD,
    });
  });
});
