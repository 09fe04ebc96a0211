// Whether a statement's Action or NotAction covers an action.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
import type { Effort } from './effort.ts';
import type { ActionClause } from './policy.ts';
import { anyOf, type Verdict } from './verdict.ts';
import { matches, patternOf } from './wildcard.ts';

/** `action` as IAM writes it, `sts:AssumeRole`. Null where the clause cannot be judged. */
export function actionCovers({ element, patterns }: ActionClause, action: string, effort: Effort): Verdict {
  // Access Analyzer calls an empty Action a suggestion, since it affects nothing; of an empty NotAction nothing is said.
  if (patterns.length === 0) return element === 'Action' ? false : null;
  const covered = anyOf(patterns.map((pattern) => covers(pattern, action, effort)));
  return covered === null ? null : covered === (element === 'Action');
}

/** Whatever their case; wildcards only behind the service. */
function covers(pattern: string, action: string, effort: Effort): Verdict {
  if (pattern === '*') return true;
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(pattern)) return null;
  effort.spend(pattern.length + action.length);
  return matches(patternOf(pattern.toLowerCase(), true), patternOf(action.toLowerCase(), false), effort);
}
