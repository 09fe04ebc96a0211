// Three-valued logic: what does not follow from the policy and the request is null, and never counts as true.

/** true and false are certain; null is unknown. */
export type Verdict = boolean | null;

export function not(verdict: Verdict): Verdict {
  return verdict === null ? null : !verdict;
}

/** Certain only where every part is: a list with one value that IAM would refuse says nothing. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes(null) ? null : verdicts.includes(true);
}

/** As `anyOf`, for all. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes(null) ? null : !verdicts.includes(false);
}
