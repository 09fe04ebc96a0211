// Causes in the trust policy of a Pod Identity role: EKS itself must be let in, to assume and to tag, for this pod.
import { accountOfRole, type Case } from '../case.ts';
import { type CauseRules, evidence, type Judgement, likely, proven } from '../cause.ts';
import type { Failure } from '../policy/failures.ts';
import { furthest } from './shared.ts';

const NO_PERMISSION = {
  pattern: /EKS does not have permissions to assume the associated role/i,
  means: null,
} as const;
const TRUST = {
  mechanism: 'pod-identity',
  symptoms: [NO_PERMISSION],
} as const;

export const POD_IDENTITY_TRUST_CAUSES = {
  'pod-identity-not-trusted': {
    ...TRUST,
    judge: (one) =>
      ofTrust(
        one,
        ({ element }) => /^(Not)?Principal$/.test(element),
        'no statement admits pods.eks.amazonaws.com',
      ),
  },
  'pod-identity-without-tag-session': {
    ...TRUST,
    judge: (one) =>
      ofTrust(
        one,
        ({ element }) => /^(Not)?Action$/.test(element),
        'the statement for pods.eks.amazonaws.com lacks an action that EKS needs',
      ),
  },
  'pod-identity-condition': {
    ...TRUST,
    judge: (one) =>
      ofTrust(one, ({ element }) => element === 'Condition', 'a condition of the trust policy is not met'),
  },
  'pod-identity-trust-not-known': {
    ...TRUST,
    symptoms: [{ ...NO_PERMISSION, means: 'likely' }],
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
} as const satisfies CauseRules;

/** Judges by the first failure that decides, where the trust policy is known and EKS may not assume the role. */
function ofTrust(
  one: Case,
  isIt: (failure: Failure) => boolean,
  detail: string,
): Judgement | 'refuted' | null {
  if (one.trust === null || one.attempt.mechanism !== 'pod-identity') return null;
  const { decision, statement } = one.trust.answer;
  if (decision === 'unknown') return null;
  if (decision === 'allowed' || statement !== null) return 'refuted';
  const failures = furthest(one.trust);
  const failure = failures.find(isIt);
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
