// What several causes share: the actions they end in, what Pod Identity's have alike, and how far a statement of a trust policy matched.
import type { Case } from '../case.ts';
import type { Action } from '../cause.ts';
import type { Failure } from '../policy/failures.ts';
import { claimOfKey } from '../policy/issuer.ts';

export const RESTART: Action = {
  command: 'kubectl rollout restart deployment -n <namespace> <service-account>',
  safety: 'YELLOW',
  needs: 'the owner of the workload',
};

/** `patched-policy.json` stands in the report. */
export const UPDATE_TRUST_POLICY: Action = {
  command:
    'aws iam update-assume-role-policy --role-name <role> --policy-document file://patched-policy.json',
  safety: 'RED',
  needs: 'the owner of the role and the security team',
};

export const LIST_ASSOCIATIONS =
  'aws eks list-pod-identity-associations --cluster-name <cluster> --namespace <namespace> --service-account <service-account>';

/** The parts that causes of Pod Identity have, where they do not say otherwise. */
export const OF_POD_IDENTITY = {
  root: 'pod_identity',
  mechanism: 'pod-identity',
  who: 'whoever runs the cluster',
} as const;

/** Whether the attempt, or the pods that are known, go by web identity alone. */
export function usesIrsa(one: Case): boolean {
  return one.attempt.mechanism === 'irsa' || (one.cluster?.serviceAccount?.roleArn ?? null) !== null;
}

/** The failures of the statements that matched furthest: a principal is behind an action, and that behind a condition. */
export function furthest(failures: readonly Failure[]): Failure[] {
  const most = Math.max(...failures.map(progressOf));
  return failures.filter((failure) => progressOf(failure) === most);
}

function progressOf({ element, key }: Failure): number {
  if (/^(Not)?Principal$/.test(element)) return 1;
  if (/^(Not)?Action$/.test(element)) return 2;
  if (element !== 'Condition') return 0;
  return key !== null && claimOfKey(key)?.claim === 'aud' ? 4 : 3;
}
