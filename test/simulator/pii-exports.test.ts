// The story of the bucket: whatever the seed, its callers are the same, and all of it happens in the first hour.
import { describe, expect, it } from 'vitest';
import { deliver } from './delivered.ts';

const START = Date.parse('2026-10-05T03:00:00Z');
const HOUR = 3_600_000;

describe.each([1, 2, 29])('the bucket pii-exports in the trail of seed %i', (seed) => {
  const { pairs } = deliver({ seed, records: 5000 });
  const onBucket = pairs.filter(({ record }) =>
    record.resources?.some((resource) => resource.ARN === 'arn:aws:s3:::pii-exports'),
  );

  it('is used by eight callers, each in its way', () => {
    const callers = new Map<string, number>();
    for (const { record, truth } of onBucket) {
      const who = truth.workload ? `${truth.workload.namespace}/${truth.workload.service_account}` : 'nobody';
      const said = [who, truth.provable, truth.evidence, truth.says?.pod ? 'pod' : 'no pod'];
      const caller = [...said, record.errorCode ?? 'granted'].join(' ');
      callers.set(caller, (callers.get(caller) ?? 0) + 1);
    }
    expect(Object.fromEntries(callers)).toEqual({
      'privacy/exporter exact issued-key no pod granted': 21,
      'reports/builder exact issued-key pod granted': 34,
      'support/case-viewer exact chained no pod granted': 9,
      'ops/toolbox exact issued-key pod granted': 6,
      'billing/archiver inferred role-subject no pod granted': 12,
      'frontend/api exact issued-key no pod AccessDenied': 5,
      'nobody unknown  no pod granted': 11,
    });
  });

  it('is reached across accounts by a chain, and by an impostor whose session name says exporter', () => {
    const chained = onBucket.find(({ truth }) => truth.evidence === 'chained');
    expect(chained?.truth.hops).toEqual([
      'arn:aws:iam::444455556666:role/support-case-viewer',
      'arn:aws:iam::111122223333:role/pii-reader',
    ]);
    const strangers = onBucket.filter(({ truth }) => truth.workload === null);
    const names = new Set(
      strangers.map(({ record }) =>
        record.userIdentity.principalId?.replace(/^.*:/, '').replace(/\d+$/, '…'),
      ),
    );
    expect(names).toEqual(new Set(['alice', 'eks-privacy-exporter-…']));
  });

  it('is used in the first hour only, and the archiver renews its session within it', () => {
    const times = onBucket.map(({ record }) => Date.parse(record.eventTime) - START);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...times)).toBeLessThan(HOUR);
    const renewals = pairs.filter(
      ({ record }) => record.requestParameters?.roleArn === 'arn:aws:iam::111122223333:role/billing-archiver',
    );
    expect(renewals.map(({ record }) => Date.parse(record.eventTime) - START < HOUR)).toEqual([true]);
  });
});
