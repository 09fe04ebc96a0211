// What judges of several causes share: which mechanism a case is of, and how far a statement of a trust policy matched.
import type { Case } from '../case.ts';
import type { Failure } from '../policy/failures.ts';
import { claimOfKey } from '../policy/issuer.ts';

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
