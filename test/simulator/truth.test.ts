// The truth against what was delivered: each claim of evidence is looked up in the records, and every scenario occurs.
import { describe, expect, it } from 'vitest';
import { type EventTruth, knownClusters } from '../../src/simulator/simulate-trail.ts';
import { type DeliveredRecord, deliver } from './delivered.ts';
import { MIXED_SCENARIOS, OTHER_SCENARIOS, POD_SCENARIOS } from './expected-scenarios.ts';

const trail = deliver({ seed: 11, records: 20_000 });

const issuances = trail.pairs.filter(({ record }) => record.responseElements?.credentials !== undefined);
const issuedKeys = new Set(issuances.map(({ record }) => record.responseElements?.credentials?.accessKeyId));
const issuedStarts = new Set(
  issuances.map(({ record }) => `${record.requestParameters?.roleArn} ${record.eventTime}`),
);

const byScenario = groupBy([...trail.truths.values()], (truth) => truth.why);

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}

function verdictOf({ provable, evidence }: EventTruth): string {
  return evidence === null ? provable : `${provable} ${evidence}`;
}

function startOf({ userIdentity }: DeliveredRecord): string {
  const { sessionContext } = userIdentity;
  return `${sessionContext?.sessionIssuer.arn} ${sessionContext?.attributes.creationDate}`;
}

function withEvidence(...evidence: EventTruth['evidence'][]) {
  const found = trail.pairs.filter(({ truth }) => evidence.includes(truth.evidence));
  expect(found.length).toBeGreaterThan(0);
  return found;
}

function subjectOf(workload: {
  cluster_id: string;
  namespace: string | null;
  service_account: string | null;
}) {
  return `${workload.cluster_id} ${workload.namespace}/${workload.service_account}`;
}

describe('the truth of a simulated trail', () => {
  it.each(Object.entries(POD_SCENARIOS))('shows %s, with the evidence that it may have', (why, verdicts) => {
    const cases = byScenario.get(why) ?? [];
    expect(cases.length).toBeGreaterThan(0);
    for (const truth of cases) {
      expect(verdicts).toContain(verdictOf(truth));
      // A service calls in the name of people's sessions, too.
      if (truth.workload === null)
        expect([why.startsWith('fas-'), truth.provable]).toEqual([true, 'unknown']);
    }
  });

  it.each(OTHER_SCENARIOS)('shows %s, of which nothing can be proven', (why) => {
    const cases = byScenario.get(why) ?? [];
    expect(cases.length).toBeGreaterThan(0);
    for (const truth of cases)
      expect([truth.workload, verdictOf(truth), truth.hops]).toEqual([null, 'unknown', []]);
  });

  it('tells pods and people apart where they do the same', () => {
    for (const why of MIXED_SCENARIOS) {
      const cases = byScenario.get(why) ?? [];
      const told = new Set(cases.map((truth) => `${truth.workload === null} ${verdictOf(truth)}`));
      expect(told).toEqual(new Set(['false exact issued-key', 'true unknown']));
    }
  });

  it('has no other scenario', () => {
    const expected = [...Object.keys(POD_SCENARIOS), ...OTHER_SCENARIOS, ...MIXED_SCENARIOS];
    expect([...byScenario.keys()].sort()).toEqual(expected.sort());
  });

  it('shows every rung, and each confidence that a rung can have', () => {
    const shown = new Set(trail.pairs.map(({ truth }) => `${truth.evidence} ${truth.provable}`));
    expect([...shown].sort()).toEqual([
      'chained exact',
      'chained inferred',
      'issued-key exact',
      'null unknown',
      'own-token exact',
      'provider inferred',
      'role-subject ambiguous',
      'role-subject inferred',
      'session-name ambiguous',
      'session-name inferred',
      'session-start ambiguous',
      'session-start exact',
      'session-start inferred',
      'session-tags exact',
    ]);
  });

  it('never lets exact or inferred evidence name another workload', () => {
    const told = trail.pairs.filter(({ truth }) => truth.says !== null);
    expect(told.length).toBeGreaterThan(10_000);
    for (const { truth } of told) {
      expect(truth.says?.cluster_id).toBe(truth.workload?.cluster_id);
      if (truth.says?.namespace) {
        expect(truth.says.service_account).toBe(truth.workload?.service_account);
        expect(truth.says.namespace).toBe(truth.workload?.namespace);
      }
      if (truth.says?.pod) expect(truth.says.pod_uid).toBe(truth.workload?.pod_uid);
    }
  });

  it('lets it mislead when asked, by sessions whose subject does not show itself', () => {
    let misled = 0;
    for (let seed = 0; seed < 5; seed++) {
      const { truths } = deliver({ seed, records: 1500, misleading: true });
      for (const { says, workload, provable } of truths.values()) {
        const isWrong = says?.namespace && workload && subjectOf(says) !== subjectOf(workload);
        if (!isWrong) continue;
        expect(provable).toBe('inferred');
        misled++;
      }
    }
    expect(misled).toBeGreaterThan(0);
  });

  it('names clusters where the reader knows them, and changes nothing else', () => {
    const known = deliver({ seed: 11, records: 3000, namesClusters: true });
    const unknown = deliver({ seed: 11, records: 3000 });
    expect(known.files.map(({ text }) => text)).toEqual(unknown.files.map(({ text }) => text));
    const names = new Map(
      knownClusters(11).map(({ issuer, cluster, cluster_id }) => [issuer, { cluster, cluster_id }]),
    );
    let renamed = 0;
    for (const [id, { says }] of unknown.truths) {
      const name = names.get(says?.cluster ?? '');
      expect(known.truths.get(id)?.says).toEqual(says && name ? { ...says, ...name } : says);
      if (name) renamed++;
    }
    expect(renamed).toBeGreaterThan(500);
  });

  it('lists the true workload among the candidates of an ambiguous answer', () => {
    const ambiguous = trail.pairs.filter(({ truth }) => truth.provable === 'ambiguous');
    expect(ambiguous.length).toBeGreaterThan(100);
    for (const { truth } of ambiguous) {
      expect(truth.says).toBeNull();
      expect(truth.workload).not.toBeNull();
      if (truth.workload) expect(truth.candidates.map(subjectOf)).toContain(subjectOf(truth.workload));
    }
  });

  it('proves by issued-key only what was called with a delivered key', () => {
    for (const { record } of withEvidence('issued-key')) {
      if (record.userIdentity.type !== 'AWSAccount')
        expect(issuedKeys).toContain(record.userIdentity.accessKeyId);
    }
  });

  it('proves by session-start only what has no delivered key, but a delivered start', () => {
    for (const { record } of withEvidence('session-start')) {
      if (record.userIdentity.type === 'AWSAccount') continue;
      expect(issuedKeys).not.toContain(record.userIdentity.accessKeyId);
      expect(issuedStarts).toContain(startOf(record));
    }
  });

  it('draws on the whole trail only for sessions whose issuance is not delivered', () => {
    for (const { record } of withEvidence('role-subject', 'session-name', 'provider')) {
      if (record.userIdentity.type === 'AWSAccount') continue;
      expect(issuedKeys).not.toContain(record.userIdentity.accessKeyId);
      expect(issuedStarts).not.toContain(startOf(record));
    }
  });

  it('gives both copies of a cross-account call an event id in common, and the same evidence', () => {
    const copies = trail.pairs.filter(({ record }) => record.userIdentity.type === 'AWSAccount');
    const proven = copies.filter(({ truth }) => truth.evidence !== null);
    expect(proven.length).toBeGreaterThan(100);
    expect(proven.length).toBeLessThan(copies.length);
    const bySharedId = groupBy(trail.pairs, ({ record }) => record.sharedEventID);
    for (const { record, truth } of proven) {
      const twins = bySharedId.get(record.sharedEventID) ?? [];
      const twin = twins.find((other) => other.record.eventID !== record.eventID);
      expect(twin?.record.recipientAccountId).toBe(record.userIdentity.accountId);
      expect(twin?.record.userIdentity.principalId).toBe(record.userIdentity.principalId);
      expect(twin?.record.requestParameters).toEqual(record.requestParameters);
      expect(twin?.truth).toMatchObject({
        evidence: truth.evidence,
        provable: truth.provable,
        hops: truth.hops,
      });
    }
  });

  it('walks chains of up to three hops, inside and across accounts', () => {
    const calls = withEvidence('chained').filter(({ truth }) => truth.why === 'chain-call');
    expect(new Set(calls.map(({ truth }) => truth.hops.length))).toEqual(new Set([2, 4]));
    for (const { record, truth } of calls) {
      expect(truth.hops.at(-1)).toBe(record.userIdentity.sessionContext?.sessionIssuer.arn);
    }
    const depths = new Set(withEvidence('chained', 'issued-key').map(({ truth }) => truth.hops.length));
    expect(depths).toEqual(new Set([1, 2, 3, 4]));
  });

  it('tells no more of the way than the calling role where several ways fit', () => {
    const meetings = [
      ...(byScenario.get('chains-meet-fas') ?? []),
      ...(byScenario.get('person-meets-chain-fas') ?? []),
    ];
    expect(meetings.length).toBeGreaterThan(10);
    for (const { hops } of meetings) expect(hops).toEqual(['arn:aws:iam::777788889999:role/shared-import']);
  });

  it('tells nothing of the way of callers that are unknown', () => {
    const unknown = trail.pairs.filter(({ truth }) => truth.provable === 'unknown');
    expect(unknown.length).toBeGreaterThan(1000);
    for (const { truth } of unknown) expect(truth.hops).toEqual([]);
  });

  it('refuses tokens without a response and without a reason', () => {
    const refused = trail.pairs.filter(({ truth }) => truth.why.startsWith('irsa-denied'));
    expect(refused.length).toBeGreaterThan(20);
    for (const { record } of refused) {
      expect(record).toMatchObject({
        errorCode: 'AccessDenied',
        errorMessage: 'An unknown error occurred',
        responseElements: null,
      });
    }
  });
});
