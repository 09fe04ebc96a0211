// Actions that several causes end in.
import type { Action } from '../cause.ts';

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
