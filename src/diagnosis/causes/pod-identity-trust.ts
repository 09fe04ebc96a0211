// Causes in the trust policy of a Pod Identity role: EKS itself must be let in, to assume and to tag, for this pod.
import { accountOfRole, type Case } from '../case.ts';
import { type Cause, evidence, type Judgement, likely, proven } from '../cause.ts';
import type { Failure } from '../policy/failures.ts';
import { furthest, LIST_ASSOCIATIONS, OF_POD_IDENTITY, UPDATE_TRUST_POLICY } from './shared.ts';

const EXPLAIN =
  'aws iam get-role --role-name <role> > role.json && podtrail policy explain role.json --pod-identity <namespace>/<service-account> --cluster <cluster-arn>';
const NO_PERMISSION = {
  text: 'AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role.',
  pattern: /EKS does not have permissions to assume the associated role/i,
  means: null,
} as const;
const TRUST = {
  ...OF_POD_IDENTITY,
  symptoms: [NO_PERMISSION],
  trail:
    'AssumeRoleForPodIdentity with AccessDenied and "EKS does not have permissions to assume the associated role"; AssumeRole by pods.eks.amazonaws.com, denied',
  who: 'the owner of the role',
  actions: [{ command: EXPLAIN, safety: 'GREEN', needs: 'nobody' }, UPDATE_TRUST_POLICY],
  tell: EXPLAIN,
  links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html'],
} as const;

export const POD_IDENTITY_TRUST_CAUSES: readonly Cause[] = [
  {
    ...TRUST,
    id: 'pod-identity-not-trusted',
    title: 'The role does not trust pods.eks.amazonaws.com',
    proves: 'No statement of the trust policy admits the principal pods.eks.amazonaws.com.',
    suggests: 'EKS says that it may not assume the role.',
    immediate: 'Let the trust policy admit pods.eks.amazonaws.com to do sts:AssumeRole and sts:TagSession.',
    longTerm: 'A role that is moved from IRSA needs the new statement beside the old one.',
    judge: (one) =>
      ofTrust(
        one,
        ({ element }) => /^(Not)?Principal$/.test(element),
        'no statement admits pods.eks.amazonaws.com',
      ),
  },
  {
    ...TRUST,
    id: 'pod-identity-without-tag-session',
    title: 'The role lets EKS assume it and does not allow sts:TagSession',
    proves: 'The statement for pods.eks.amazonaws.com allows sts:AssumeRole and not sts:TagSession.',
    suggests: 'EKS says that it may not assume the role.',
    immediate: 'Add sts:TagSession to the actions of the statement.',
    longTerm: 'Start from the trust policy of the documentation.',
    judge: (one) =>
      ofTrust(
        one,
        ({ element }) => /^(Not)?Action$/.test(element),
        'the statement for pods.eks.amazonaws.com lacks an action that EKS needs',
      ),
  },
  {
    ...TRUST,
    id: 'pod-identity-condition',
    title: "A condition of the role's trust policy keeps this pod out",
    proves: 'The first failing condition is one on a tag that EKS sets, or on the cluster or account.',
    suggests: 'EKS says that it may not assume the role, where other workloads with it succeed.',
    immediate:
      'Add this cluster, namespace or ServiceAccount to the condition, if it is meant to have the role.',
    longTerm: 'Give each workload a role of its own.',
    judge: (one) =>
      ofTrust(one, ({ element }) => element === 'Condition', 'a condition of the trust policy is not met'),
  },
  {
    ...TRUST,
    id: 'pod-identity-trust-not-known',
    title:
      'EKS may not assume the role of the association; most likely its trust policy, which is not known, does not admit EKS',
    symptoms: [{ ...NO_PERMISSION, means: 'likely' }],
    proves: 'Never: with the trust policy the cause is one of those above.',
    suggests: 'The refusal itself, by record or by message.',
    immediate:
      'See which role the association gives, and whether its trust policy admits pods.eks.amazonaws.com to do sts:AssumeRole and sts:TagSession.',
    longTerm: 'Run "podtrail policy explain" on trust policies before they are applied.',
    actions: [
      { command: LIST_ASSOCIATIONS, safety: 'GREEN', needs: 'nobody' },
      { command: EXPLAIN, safety: 'GREEN', needs: 'nobody' },
    ],
    judge: (one) => {
      if (one.attempt.mechanism !== 'pod-identity') return null;
      if (one.aws?.role !== undefined) return 'refuted';
      return one.isRefused
        ? likely(
            '',
            evidence('trail', 'The assumption of the role for a pod was answered with AccessDenied.'),
          )
        : null;
    },
  },
];

/** Judges by the first failure that decides, where the trust policy is known and EKS may not assume the role. */
function ofTrust(
  one: Case,
  isIt: (failure: Failure) => boolean,
  detail: string,
): Judgement | 'refuted' | null {
  if (one.trust === null || one.attempt.mechanism !== 'pod-identity') return null;
  const { decision, failures, statement } = one.trust.answer;
  if (decision === 'unknown') return null;
  if (decision === 'allowed' || statement !== null) return 'refuted';
  const failure = furthest(failures).find(isIt);
  if (failure === undefined)
    return failures.length === 0 && isIt(NO_STATEMENT) ? proven(detail, NOTHING) : 'refuted';
  const where = [failure.element, failure.operator, failure.key].filter((part) => part !== null).join(' ');
  const content = `Statement ${failure.statement} fails at ${where}: expected ${JSON.stringify(failure.expected)}, actual ${JSON.stringify(failure.actual)}.`;
  const judged = proven(
    `${detail} (statement ${failure.statement}, account ${accountOfRole(one.attempt.roleArn) ?? 'unknown'})`,
    evidence('trust_policy', content),
  );
  return one.isRefused || one.lines.length === 0 ? judged : { ...judged, certainty: 'likely' };
}

const NO_STATEMENT: Failure = {
  statement: null,
  element: 'Principal',
  operator: null,
  key: null,
  expected: null,
  actual: null,
};
const NOTHING = evidence('trust_policy', 'The trust policy has no statement that allows anything.');
