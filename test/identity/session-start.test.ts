// Calls without their session's key, which services make on a caller's behalf: told by role and start alone.
import { describe, expect, it } from 'vitest';
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
  byCaller,
  byToken,
  FOREIGN,
  forPod,
  LAMBDA,
  MASKED,
  OTHER_PROVIDER,
  POD,
  podSession,
  ROLE,
  SECOND_ROLE,
  session,
  WORKER,
} from './records.ts';

const onBehalf = { key: null, invokedBy: 'secretsmanager.amazonaws.com' };
const tokenSession = podSession(onBehalf);
const roleSession = session(onBehalf);
const byStart = { ...UNKNOWN, confidence: 'exact', evidence: 'session-start', hops: [ROLE] };
const apiByStart = { ...byStart, workload: API_WORKLOAD, mechanism: 'irsa' };
const ambiguous = { ...UNKNOWN, confidence: 'ambiguous', evidence: 'session-start', hops: [ROLE] };

describe('a call on behalf of a session', () => {
  it('is the session’s that began in its role at its start', async () => {
    expect(await whoCalled(tokenSession, byToken())).toEqual(apiByStart);
    expect(await whoCalled(roleSession, forPod())).toMatchObject({
      evidence: 'session-start',
      workload: POD_WORKLOAD,
      pod: POD['kubernetes-pod-name'],
    });
  });

  it('is that even with a key of the service’s own', async () =>
    expect(await whoCalled(podSession({ ...onBehalf, key: 'ASIAEXAMPLESERVICE01' }), byToken())).toEqual(
      apiByStart,
    ));

  it('is nobody’s with another key than the session’s, where no service calls', async () => {
    const other = podSession({ key: 'ASIAEXAMPLEANOTHER01' });
    expect(await whoCalled(other, byToken())).toEqual(UNKNOWN);
    expect(await whoCalled(podSession({ key: MASKED }), byToken())).toEqual(apiByStart);
    expect(await whoCalled(other, byToken({ key: null }))).toEqual(apiByStart);
  });

  it.each([
    ['another role', { role: SECOND_ROLE }],
    ['a start a second later', { at: '2026-10-05T03:00:01Z' }],
    ['a start a second earlier', { at: '2026-10-05T02:59:59Z' }],
    ['another provider', { provider: OTHER_PROVIDER }],
    ['no provider, where a token began the session', { provider: null }],
    ['another session name', { name: 'botocore-session-1791169201' }],
    ['another role id', { roleId: 'AROAEXAMPLEROLE000002' }],
    ['no start', { creationDate: null }],
  ])('is nobody’s with %s', async (_, caller) =>
    expect(await whoCalled(podSession({ ...onBehalf, ...caller }), byToken())).toEqual(UNKNOWN),
  );

  it('is nobody’s of another name than was asked for, where the response shows no session', async () => {
    const other = { ...onBehalf, name: 'botocore-session-1791169201' };
    expect(await whoCalled(podSession(other), byToken({ roleId: null }))).toEqual(UNKNOWN);
    expect(await whoCalled(session(other), forPod({ roleId: null }))).toEqual(UNKNOWN);
    expect(await whoCalled(podSession({ ...other, roleId: MASKED }), byToken({ roleId: null }))).toEqual(
      apiByStart,
    );
    expect(await whoCalled(tokenSession, byToken({ roleId: null }))).toEqual(apiByStart);
  });

  it('is told from another in its second by the name that was asked for', async () => {
    const worker = byToken({ userName: WORKER, name: 'worker', roleId: null, key: 'ASIAEXAMPLEKEY000002' });
    expect(await whoCalled(tokenSession, byToken(), worker)).toEqual(apiByStart);
  });

  it('with a provider is nobody’s whose session began without one', async () => {
    expect(await whoCalled(tokenSession, forPod())).toEqual(UNKNOWN);
    expect(await whoCalled(tokenSession, byCaller({ caller: podSession({ role: SECOND_ROLE }) }))).toEqual(
      UNKNOWN,
    );
  });

  it('without a provider is nobody’s whose token shows none', async () =>
    expect(await whoCalled(roleSession, byToken({ provider: null, principalId: MASKED }))).toEqual(UNKNOWN));

  it.each([
    ['the caller’s id lacks the session name', { principalId: 'AROAEXAMPLEROLE000001' }, {}],
    ['the caller’s id ends before the session name', { principalId: 'AROAEXAMPLEROLE000001:' }, {}],
    ['the caller’s id is masked', { principalId: MASKED }, {}],
    ['the caller’s id is masked with a colon in it', { principalId: 'xAROAEXAMPLE:masked' }, {}],
    ['the caller has no id', { principalId: null }, {}],
    ['the issuance’s id lacks the session name', {}, { name: null }],
    ['the issuance shows no id', {}, { roleId: null }],
  ])('may be held against an issuance where %s', async (_, caller, token) =>
    expect(await whoCalled(podSession({ ...onBehalf, ...caller }), byToken(token))).toMatchObject({
      confidence: 'exact',
      workload: API_WORKLOAD,
    }),
  );

  it('is unknown where only sessions fit that name nobody', async () => {
    expect(await whoCalled(roleSession, byCaller({ caller: ALICE }))).toEqual(UNKNOWN);
    expect(await whoCalled(tokenSession, byToken({ tokenSubject: WORKER }))).toEqual(UNKNOWN);
  });
});

describe('sessions of one role that began in one second', () => {
  it('are one subject’s if all are', async () =>
    expect(await whoCalled(tokenSession, byToken(), byToken({ key: null }))).toEqual(apiByStart));

  it('leave all their subjects open, in one order', async () => {
    const seen = [byToken({ userName: WORKER }), byToken()];
    const expected = { ...ambiguous, mechanism: 'irsa', candidates: [API_WORKLOAD, WORKER_WORKLOAD] };
    expect(await whoCalled(tokenSession, ...seen)).toEqual(expected);
    expect(await whoCalled(tokenSession, ...seen.toReversed())).toEqual(expected);
  });

  it('leave it open if one fits that names nobody', async () =>
    expect(await whoCalled(tokenSession, byToken(), byToken({ userName: MASKED }))).toEqual({
      ...ambiguous,
      candidates: [API_WORKLOAD],
    }));

  it('are told apart by their names', async () => {
    const other = byToken({ userName: WORKER, name: 'aws-sdk-java-1791169200101' });
    expect(await whoCalled(tokenSession, byToken(), other)).toEqual(apiByStart);
  });

  it('are told apart by their providers where one subject is on two clusters', async () => {
    const seen = [byToken(), byToken({ provider: OTHER_PROVIDER })];
    expect(await whoCalled(tokenSession, ...seen)).toEqual(apiByStart);
    expect(await whoCalled(podSession({ ...onBehalf, provider: OTHER_PROVIDER }), ...seen)).toMatchObject({
      workload: OTHER_API_WORKLOAD,
    });
  });

  it('leave two clusters of one name open, which their ids tell apart', async () => {
    const otherArn = 'arn:aws:eks:eu-west-1:111122223333:cluster/shop';
    const other = forPod({ tags: { ...POD, 'eks-cluster-arn': otherArn } });
    expect(await whoCalled(roleSession, forPod(), other)).toEqual({
      ...ambiguous,
      mechanism: 'pod-identity',
      candidates: [{ ...POD_WORKLOAD, clusterId: otherArn }, POD_WORKLOAD],
    });
  });

  it('leave the pod open where they are several pods’ of one workload', async () => {
    const { 'kubernetes-pod-uid': podUid } = POD;
    const renamed = forPod({ tags: { ...POD, 'kubernetes-pod-name': 'worker-7d4b9c6f5-zzzzz' } });
    expect(await whoCalled(roleSession, forPod(), renamed)).toMatchObject({
      workload: POD_WORKLOAD,
      pod: null,
      podUid,
    });
    const { 'kubernetes-pod-name': _, 'kubernetes-pod-uid': __, ...tags } = POD;
    expect(await whoCalled(roleSession, forPod(), forPod({ tags }))).toMatchObject({
      confidence: 'exact',
      pod: null,
      podUid: null,
    });
    expect(await whoCalled(roleSession, forPod(), forPod())).toMatchObject({
      pod: POD['kubernetes-pod-name'],
      podUid,
    });
  });

  it('may be a person’s under the pod’s session name: the key tells, the start does not', async () => {
    const pod = forPod();
    const person = byCaller({ caller: ALICE, key: 'ASIAEXAMPLEKEY000009' });
    expect(await whoCalled(session(), pod, person)).toMatchObject({
      confidence: 'exact',
      workload: POD_WORKLOAD,
    });
    expect(await whoCalled(session({ key: 'ASIAEXAMPLEKEY000009' }), pod, person)).toEqual(UNKNOWN);
    expect(await whoCalled(roleSession, pod, person)).toEqual({ ...ambiguous, candidates: [POD_WORKLOAD] });
  });

  it('do not fall back on the start where the key fits and names nobody', async () => {
    const service = byCaller({ caller: LAMBDA, key: 'ASIAEXAMPLEKEY000009' });
    expect(await whoCalled(session({ key: 'ASIAEXAMPLEKEY000009' }), forPod(), service)).toEqual(UNKNOWN);
  });
});

describe('an assumption from another account, of which both accounts got a copy', () => {
  const sharedEventId = 'c30ac43f-0000-4000-8000-000000000001';
  const first = byToken({ key: 'ASIAEXAMPLEKEY000009' });
  const pod = podSession({ key: 'ASIAEXAMPLEKEY000009' });
  const both = { role: SECOND_ROLE, sharedEventId };
  const callerSide = byCaller({ ...both, caller: pod });
  const targetSide = byCaller({ ...both, caller: FOREIGN, account: '444455556666' });
  const reader = session({ role: SECOND_ROLE });
  const chained = {
    ...UNKNOWN,
    confidence: 'exact',
    workload: API_WORKLOAD,
    mechanism: 'irsa',
    hops: [ROLE, SECOND_ROLE],
  };

  it('is one session, whichever copy came first', async () => {
    const expected = { ...chained, evidence: 'chained' };
    expect(await whoCalled(reader, first, callerSide, targetSide)).toEqual(expected);
    expect(await whoCalled(reader, targetSide, callerSide, first)).toEqual(expected);
  });

  it('is one session by its start, too', async () =>
    expect(
      await whoCalled(session({ ...onBehalf, role: SECOND_ROLE }), first, callerSide, targetSide),
    ).toEqual({
      ...chained,
      evidence: 'session-start',
    }));

  it('names nobody by the target’s copy alone, until the caller’s comes', async () => {
    expect(await whoCalled(reader, first, targetSide)).toEqual(UNKNOWN);
    expect(await whoCalled(session({ ...onBehalf, role: SECOND_ROLE }), first, targetSide)).toEqual(UNKNOWN);
  });

  it('is told by its start where the caller’s copy hides the key', async () => {
    const hidden = byCaller({ ...both, caller: pod, key: null });
    expect(await whoCalled(reader, first, hidden, targetSide)).toEqual({
      ...chained,
      evidence: 'session-start',
    });
  });

  it.each([
    ['no shared id', { sharedEventId: null }, { sharedEventId: null }],
    ['another shared id', {}, { sharedEventId: 'c30ac43f-0000-4000-8000-000000000002' }],
  ])('is two sessions with %s', async (_, source, target) => {
    const seen = [
      first,
      byCaller({ ...both, ...source, caller: pod }),
      byCaller({ ...both, ...target, caller: FOREIGN, account: '444455556666' }),
    ];
    expect(await whoCalled(reader, ...seen)).toMatchObject({
      confidence: 'ambiguous',
      candidates: [API_WORKLOAD],
    });
  });

  it('is not told by another copy that doesn’t say whose it is', async () => {
    const { type: _, ...nobody } = LAMBDA;
    const nameless = byCaller({ ...both, caller: nobody });
    expect(await whoCalled(reader, first, nameless, targetSide)).toEqual(UNKNOWN);
    const hidden = byCaller({ ...both, caller: nobody, key: null });
    const token = byToken({ role: SECOND_ROLE });
    expect(await whoCalled(podSession({ role: SECOND_ROLE }), token, hidden, targetSide)).toMatchObject({
      confidence: 'ambiguous',
      candidates: [API_WORKLOAD],
    });
  });

  it('keeps EKS Auth’s own shared assumptions as they are', async () =>
    expect(await whoCalled(session(), forPod({ sharedEventId }))).toMatchObject({ workload: POD_WORKLOAD }));
});
