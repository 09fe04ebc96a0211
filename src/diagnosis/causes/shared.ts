// What judges of several causes share: which mechanism a case is of, and how far a statement of a trust policy matched.
import type { Case, Trust } from '../case.ts';
import type { Change } from '../facts.ts';
import type { Failure } from '../policy/failures.ts';
import { claimOfKey } from '../policy/issuer.ts';

/** Whether the attempt goes by web identity, or, where that is not known, its ServiceAccount is annotated for it. */
export function usesIrsa({ attempt, cluster }: Case): boolean {
  return attempt.mechanism === undefined
    ? (cluster?.serviceAccount?.roleArn ?? null) !== null
    : attempt.mechanism === 'irsa';
}

/**
 * The failures of the Allow statements that matched furthest: a principal is behind an action, and that behind a condition. A Deny
 * statement that does not match keeps nobody out.
 */
export function furthest({ answer, policy: { policy } }: Trust): Failure[] {
  const allowing = answer.failures.filter(
    ({ statement }) => statement !== null && policy.statements[statement]?.effect === 'Allow',
  );
  const most = Math.max(...allowing.map(progressOf));
  return allowing.filter((failure) => progressOf(failure) === most);
}

function progressOf({ element, key }: Failure): number {
  if (/^(Not)?Principal$/.test(element)) return 1;
  if (/^(Not)?Action$/.test(element)) return 2;
  if (element !== 'Condition') return 0;
  return key !== null && claimOfKey(key)?.claim === 'aud' ? 4 : 3;
}

/** The last deletion before the failure, where nothing was made again in its place before it. */
export function deleted(trail: Case['trail'], deleting: string, creating: string): Change | null {
  const last = trail?.changes.find(
    ({ eventName, at }) => (eventName === deleting || eventName === creating) && at <= trail.last,
  );
  return last?.eventName === deleting ? last : null;
}
