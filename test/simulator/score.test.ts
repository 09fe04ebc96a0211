// The score tells true, false, misled and missed apart, and keeps no more than a few of each.
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/simulator/claims.ts';
import type { EventTruth } from '../../src/simulator/event-truth.ts';
import { type ScoredRow, Scorer } from '../../src/simulator/score.ts';

const PROVEN: Claim = {
  cluster_id: 'arn:aws:eks:us-west-2:111122223333:cluster/prod',
  cluster: 'prod',
  namespace: 'payments',
  service_account: 'api',
  pod: 'api-1',
  pod_uid: 'uid-1',
  mechanism: 'pod-identity',
};
const OTHER: Claim = { ...PROVEN, service_account: 'worker', pod: null, pod_uid: null };
const ACTUAL = { ...PROVEN, namespace: 'payments', service_account: 'api', pod: 'api-1', pod_uid: 'uid-1' };

function truthOf(more: Partial<EventTruth> = {}): EventTruth {
  return {
    event_id: 'e-1',
    recipient_account_id: '111122223333',
    aws_region: 'us-west-2',
    workload: ACTUAL,
    provable: 'exact',
    evidence: 'issued-key',
    says: PROVEN,
    candidates: [],
    hops: ['arn:aws:iam::111122223333:role/payments'],
    why: 'test',
    ...more,
  };
}

/** The row that says just what the truth proves, but for `more`. */
function rowOf(truth: EventTruth, more: Partial<ScoredRow> = {}): ScoredRow {
  const { event_id, recipient_account_id, aws_region, says } = truth;
  return {
    event_id,
    recipient_account_id,
    aws_region,
    workload_cluster_id: says?.cluster_id ?? null,
    workload_cluster: says?.cluster ?? null,
    workload_namespace: says?.namespace ?? null,
    workload_service_account: says?.service_account ?? null,
    workload_pod: says?.pod ?? null,
    workload_pod_uid: says?.pod_uid ?? null,
    workload_mechanism: says?.mechanism ?? null,
    confidence: truth.provable,
    evidence: truth.evidence,
    candidates: truth.candidates,
    hops: truth.hops,
    ...more,
  };
}

function scoreOf(truth: EventTruth, more: Partial<ScoredRow> = {}) {
  const scorer = new Scorer();
  scorer.expect(truth);
  scorer.add(rowOf(truth, more));
  const { named, leftAlone, falseClaims, misled, missed, lost } = scorer.finish();
  return { named, leftAlone, false: falseClaims.count, misled: misled.count, missed: missed.count, lost };
}

const NOTHING = { named: 0, leftAlone: 0, false: 0, misled: 0, missed: 0, lost: 0 };
const STRANGER = truthOf({ workload: null, provable: 'unknown', evidence: null, says: null, hops: [] });
const AMBIGUOUS = truthOf({
  provable: 'ambiguous',
  evidence: 'session-start',
  says: null,
  candidates: [PROVEN, OTHER],
});

describe('the score', () => {
  it('counts a row that says what is proven as named', () => {
    expect(scoreOf(truthOf())).toEqual({ ...NOTHING, named: 1 });
  });

  it('counts a caller who is no workload as left alone', () => {
    expect(scoreOf(STRANGER)).toEqual({ ...NOTHING, leftAlone: 1 });
  });

  it.each<[string, Partial<ScoredRow>]>([
    ['cluster id', { workload_cluster_id: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod' }],
    ['cluster name', { workload_cluster: 'staging' }],
    ['namespace', { workload_namespace: 'orders' }],
    ['ServiceAccount', { workload_service_account: 'worker' }],
    ['pod', { workload_pod: 'api-2' }],
    ['pod uid', { workload_pod_uid: 'uid-2' }],
    ['mechanism', { workload_mechanism: 'irsa' }],
  ])('takes another %s for a false claim, and the proof for missed', (_, more) => {
    expect(scoreOf(truthOf(), more)).toEqual({ ...NOTHING, false: 1, missed: 1 });
  });

  it.each<[string, Partial<ScoredRow>]>([
    ['less: no pod', { workload_pod: null, workload_pod_uid: null }],
    ['less: no mechanism', { workload_mechanism: null }],
    ['another rung', { evidence: 'session-start' }],
    ['another confidence', { confidence: 'inferred' }],
    ['other hops', { hops: [] }],
    ['candidates beside the answer', { candidates: [OTHER] }],
  ])('takes %s for missed, though nothing is untrue', (_, more) => {
    expect(scoreOf(truthOf(), more)).toEqual({ ...NOTHING, named: 1, missed: 1 });
  });

  it('takes more than is proven for missed, though it is true', () => {
    const truth = truthOf({ says: { ...PROVEN, pod: null, pod_uid: null } });
    expect(scoreOf(truth, { workload_pod: 'api-1', workload_pod_uid: 'uid-1' })).toEqual({
      ...NOTHING,
      named: 1,
      missed: 1,
    });
  });

  it('takes a workload that is claimed of a stranger for false', () => {
    const said = { confidence: 'exact', workload_namespace: 'payments', workload_service_account: 'api' };
    expect(scoreOf(STRANGER, said)).toEqual({ ...NOTHING, false: 1, missed: 1 });
  });

  it('compares candidates as sets', () => {
    expect(scoreOf(AMBIGUOUS)).toEqual(NOTHING);
    expect(scoreOf(AMBIGUOUS, { candidates: [OTHER, PROVEN, OTHER] })).toEqual(NOTHING);
    expect(scoreOf(AMBIGUOUS, { candidates: [PROVEN] })).toEqual({ ...NOTHING, missed: 1 });
    expect(scoreOf(AMBIGUOUS, { candidates: [OTHER] })).toEqual({ ...NOTHING, false: 1, missed: 1 });
  });

  it('calls it misled when the records suggest another workload, unless by proof', () => {
    const untrue = { says: OTHER, evidence: 'role-subject' } as const;
    expect(scoreOf(truthOf({ ...untrue, provable: 'inferred' }))).toEqual({ ...NOTHING, misled: 1 });
    expect(scoreOf(truthOf({ ...untrue, provable: 'exact' }))).toEqual({ ...NOTHING, false: 1 });
    const open = { says: null, candidates: [OTHER], provable: 'ambiguous' } as const;
    expect(scoreOf(truthOf({ ...untrue, ...open }))).toEqual({ ...NOTHING, misled: 1 });
  });

  it('counts truths that no row tells of as lost', () => {
    const scorer = new Scorer();
    scorer.expect(truthOf());
    expect(scorer.finish().lost).toBe(1);
  });

  it('refuses a row that tells of no record, and one that tells of a record again', () => {
    const scorer = new Scorer();
    expect(() => scorer.add(rowOf(truthOf()))).toThrow(RangeError);
    scorer.expect(truthOf());
    scorer.add(rowOf(truthOf()));
    expect(() => scorer.add(rowOf(truthOf()))).toThrow(RangeError);
  });

  it('keeps the first twenty mismatches and counts the others', () => {
    const scorer = new Scorer();
    for (let index = 0; index < 50; index++) {
      const truth = truthOf({ event_id: `e-${index}` });
      scorer.expect(truth);
      scorer.add(rowOf(truth, { workload_pod: 'api-2' }));
    }
    const { falseClaims, missed } = scorer.finish();
    expect([falseClaims.count, missed.count]).toEqual([50, 50]);
    expect(falseClaims.first.map(({ truth }) => truth.event_id)).toEqual(
      Array.from({ length: 20 }, (_, index) => `e-${index}`),
    );
    expect(missed.first).toHaveLength(20);
  });
});
