// Workloads as candidates: each once, in one fixed order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctWorkloads, type Workload, workloadText } from '../../src/identity/workload.ts';

const api: Workload = { clusterId: 'one', cluster: 'shop', namespace: 'frontend', serviceAccount: 'api' };

describe('the text of a workload', () => {
  it('has the names that history has for them', () =>
    expect(workloadText({ ...api, cluster: 'a "quoted" \\ name' })).toBe(
      '{"cluster_id":"one","cluster":"a \\"quoted\\" \\\\ name","namespace":"frontend","service_account":"api"}',
    ));
});

describe('distinct workloads', () => {
  it('names each once', () => expect(distinctWorkloads([api, { ...api }, api])).toEqual([api]));

  it.each([
    ['cluster id', { clusterId: 'two' }],
    ['cluster name', { cluster: 'shop-2' }],
    ['namespace', { namespace: 'frontend-2' }],
    ['ServiceAccount', { serviceAccount: 'api-2' }],
  ])('keeps those apart that differ in %s only', (_, other) =>
    expect(distinctWorkloads([{ ...api, ...other }, api])).toHaveLength(2),
  );

  it('has them in one order, whatever order they came in', () => {
    const workload = fc.record({
      clusterId: fc.constantFrom(null, 'a', 'b'),
      cluster: fc.constantFrom(null, 'x', 'y', '"'),
      namespace: fc.constantFrom('n', 'm'),
      serviceAccount: fc.constantFrom('s', 't'),
    });
    fc.assert(
      fc.property(fc.array(workload), fc.array(workload), (some, more) => {
        const texts = distinctWorkloads([...some, ...more]).map(workloadText);
        expect(distinctWorkloads([...more, ...some]).map(workloadText)).toEqual(texts);
      }),
    );
  });

  it('has a missing cluster after those with one', () =>
    expect(distinctWorkloads([{ ...api, clusterId: null }, api]).map(({ clusterId }) => clusterId)).toEqual([
      'one',
      null,
    ]));

  it('goes by UTF-8, in which a character beyond 16 bits comes after all others', () => {
    const names = ['\u{1F433}', '\uFF21', 'b', 'a'].map((cluster) => ({ ...api, cluster }));
    expect(distinctWorkloads(names).map(({ cluster }) => cluster)).toEqual(['a', 'b', '\uFF21', '\u{1F433}']);
  });
});
