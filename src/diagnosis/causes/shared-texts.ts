// What the texts of several causes share: the actions they end in, and what Pod Identity's have alike.
import type { Action } from '../cause.ts';

/** A deployment is not always named like its ServiceAccount, and another one may be. */
export const RESTART: Action = {
  command: 'kubectl rollout restart deployment -n <namespace> <deployment>',
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
  who: 'whoever runs the cluster',
} as const;
