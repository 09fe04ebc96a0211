// Texts for the causes in the trust policy of a Pod Identity role; pod-identity-trust.ts judges them.
import type { TextsOf } from '../cause.ts';
import type { POD_IDENTITY_TRUST_CAUSES } from './pod-identity-trust.ts';
import { LIST_ASSOCIATIONS, OF_POD_IDENTITY, UPDATE_TRUST_POLICY } from './shared-texts.ts';

const EXPLAIN =
  'aws iam get-role --role-name <role> > role.json && podtrail policy explain role.json --pod-identity <namespace>/<service-account> --cluster <cluster-arn>';
const NO_PERMISSION =
  'AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role.';

const SHARED = {
  ...OF_POD_IDENTITY,
  prints: [NO_PERMISSION],
  trail:
    'AssumeRoleForPodIdentity with AccessDenied and "EKS does not have permissions to assume the associated role"; AssumeRole by pods.eks.amazonaws.com, denied',
  who: 'the owner of the role',
  actions: [{ command: EXPLAIN, safety: 'GREEN', needs: 'nobody' }, UPDATE_TRUST_POLICY],
  tell: EXPLAIN,
  links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html'],
} as const;

export const POD_IDENTITY_TRUST_TEXTS: TextsOf<typeof POD_IDENTITY_TRUST_CAUSES> = {
  'pod-identity-not-trusted': {
    ...SHARED,
    title: 'The role does not trust pods.eks.amazonaws.com',
    proves: 'No statement of the trust policy admits the principal pods.eks.amazonaws.com.',
    suggests: 'EKS says that it may not assume the role.',
    immediate: 'Let the trust policy admit pods.eks.amazonaws.com to do sts:AssumeRole and sts:TagSession.',
    longTerm: 'A role that moves from IRSA needs the new statement beside the old one.',
  },
  'pod-identity-without-tag-session': {
    ...SHARED,
    title: 'The role lets EKS assume it, but not tag the session (sts:TagSession)',
    proves: 'The statement for pods.eks.amazonaws.com allows sts:AssumeRole and not sts:TagSession.',
    suggests: 'EKS says that it may not assume the role.',
    immediate: 'Add sts:TagSession to the actions of the statement.',
    longTerm: 'Start from the trust policy in the documentation.',
  },
  'pod-identity-condition': {
    ...SHARED,
    title: "A condition of the role's trust policy keeps this pod out",
    proves: 'The first failing condition is one on a tag that EKS sets, or on the cluster or account.',
    suggests: 'EKS says that it may not assume the role, while other workloads with the role succeed.',
    immediate: 'Add this cluster, namespace or ServiceAccount to the condition, if it should have the role.',
    longTerm: 'Give each workload a role of its own.',
  },
  'pod-identity-trust-not-known': {
    ...SHARED,
    title:
      'EKS may not assume the role of the association; most likely its trust policy, which is not known, does not admit EKS',
    prints: [NO_PERMISSION],
    proves: 'Never: with the trust policy the cause is one of those above.',
    suggests: 'The refusal itself, by record or by message.',
    immediate:
      'See which role the association gives, and whether its trust policy admits pods.eks.amazonaws.com to do sts:AssumeRole and sts:TagSession.',
    longTerm: 'Run "podtrail policy explain" on trust policies before they are applied.',
    actions: [
      { command: LIST_ASSOCIATIONS, safety: 'GREEN', needs: 'nobody' },
      { command: EXPLAIN, safety: 'GREEN', needs: 'nobody' },
    ],
  },
};
