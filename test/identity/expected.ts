// Answers as tests expect them, and the asking.
import { attribute } from '../../src/identity/attribute.ts';
import type { Attribution } from '../../src/identity/attribution.ts';
import type { TrailRecord } from '../../src/trail/record.ts';
import { call, ISSUER, ledgerOf, OTHER_ISSUER, OTHER_PROVIDER, POD, PROVIDER } from './records.ts';

export const UNKNOWN: Attribution = {
  confidence: 'unknown',
  evidence: null,
  workload: null,
  candidates: [],
  mechanism: null,
  pod: null,
  podUid: null,
  hops: [],
  isDelegated: false,
};

export const API_WORKLOAD = {
  clusterId: PROVIDER,
  cluster: ISSUER,
  namespace: 'frontend',
  serviceAccount: 'api',
};
export const WORKER_WORKLOAD = { ...API_WORKLOAD, namespace: 'orders', serviceAccount: 'worker' };
export const OTHER_API_WORKLOAD = { ...API_WORKLOAD, clusterId: OTHER_PROVIDER, cluster: OTHER_ISSUER };
export const POD_WORKLOAD = {
  clusterId: POD['eks-cluster-arn'],
  cluster: 'shop',
  namespace: 'orders',
  serviceAccount: 'worker',
};

/** Who made a call, given the issuances that the ledger has seen. */
export async function whoCalled(
  caller: Parameters<typeof call>[0],
  ...seen: TrailRecord[]
): Promise<Attribution> {
  return attribute(call(caller), await ledgerOf(...seen));
}
