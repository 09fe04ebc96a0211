// Whether one condition of a statement holds for a request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
import {
  compareAddresses,
  compareBinary,
  compareBooleans,
  compareDates,
  compareNumbers,
} from './comparisons.ts';
import type { Effort } from './effort.ts';
import { type Operator, operatorOf } from './operators.ts';
import type { Condition } from './policy.ts';
import { type Expansion, expand } from './variables.ts';
import { allOf, anyOf, not, type Verdict } from './verdict.ts';
import { codeOf, matches, type Pattern, patternOf } from './wildcard.ts';

/** What conditions are held against. */
export interface Facts {
  /** Whether the policy's version has policy variables. */
  variables: boolean;
  /** The values of a key, whatever its case: none where it is absent, null where the request does not say. */
  valuesOf: (key: string) => readonly string[] | null;
  effort: Effort;
}

/** Whether one condition holds of the request; null where the operator, the values or the request's own are not known. */
export function conditionHolds({ operator: name, key, values }: Condition, facts: Facts): Verdict {
  const operator = operatorOf(name);
  const actual = facts.valuesOf(key);
  if (operator === null || values === null || values.length === 0 || actual === null) return null;
  if (operator.family === 'null') return isNull(values, actual);
  if (actual.length === 0) return ofAbsent(operator);
  const isEmpty = actual.every((value) => value === '');
  // AWS: ForAllValues holds where the key "resolves to a null dataset, such as an empty string".
  if (operator.quantifier === 'ForAllValues' && isEmpty) return true;
  // AWS: "Multivalued context keys require a condition set operator", and nobody says what happens without one.
  if (operator.quantifier === null && actual.length > 1) return null;
  const held = actual.map((value) => holdsFor(value, operator, values, facts));
  return operator.quantifier === 'ForAllValues' ? allOf(held) : anyOf(held);
}

function ofAbsent({ ifExists, quantifier, isNegated }: Operator): boolean {
  if (ifExists || quantifier === 'ForAllValues') return true;
  return quantifier === null && isNegated;
}

/** An empty string is neither documented as null nor as something else. */
function isNull(values: readonly string[], actual: readonly string[]): Verdict {
  if (actual.length > 0 && actual.every((value) => value === '')) return null;
  return anyOf(
    values.map((value) =>
      value === 'true' || value === 'false' ? (value === 'true') === (actual.length === 0) : null,
    ),
  );
}

/** Several values of the policy are alternatives; under a negated operator none may match. */
function holdsFor(actual: string, operator: Operator, values: readonly string[], facts: Facts): Verdict {
  const matched = anyOf(values.map((expected) => compare(actual, expected, operator, facts)));
  return operator.isNegated ? not(matched) : matched;
}

function compare(actual: string, expected: string, { family, relation }: Operator, facts: Facts): Verdict {
  switch (family) {
    case 'equals':
      return compareText(actual, expected, { ...facts, wildcards: false, reserved: '' });
    case 'equals-ignore-case':
      return compareText(actual, expected, { ...facts, wildcards: false, reserved: '' }, lowered);
    case 'like':
      return compareText(actual, expected, { ...facts, wildcards: true, reserved: '*?' });
    case 'arn':
      return compareArns(actual, expected, { ...facts, wildcards: true, reserved: '*?:' });
    case 'number':
      return compareNumbers(actual, expected, relation);
    case 'date':
      return compareDates(actual, expected, relation);
    case 'bool':
      return compareBooleans(actual, expected);
    case 'binary':
      return compareBinary(actual, expected);
    case 'ip':
      return compareAddresses(actual, expected);
    case 'null':
      return null;
  }
}

type Comparison = Expansion & { effort: Effort };

function compareText(
  actual: string,
  expected: string,
  how: Comparison,
  fold?: (text: Pattern) => Pattern,
): Verdict {
  how.effort.spend(actual.length + expected.length);
  // Text that stands for itself is most of what policies have, and is compared as it is.
  if (fold === undefined && isPlain(expected, how)) return actual === expected;
  const shaped = (text: Pattern) => (fold === undefined ? text : fold(text));
  const pattern = expand(expected, how);
  if (pattern === 'unknown') return null;
  return pattern !== 'missing' && matches(shaped(pattern), shaped(patternOf(actual, false)), how.effort);
}

function isPlain(text: string, { variables, wildcards }: Comparison): boolean {
  return !(variables && text.includes('${')) && !(wildcards && /[*?]/.test(text));
}

function lowered(text: Pattern): Pattern {
  return patternOf(
    Array.from(text, (code) => String.fromCodePoint(code))
      .join('')
      .toLowerCase(),
    false,
  );
}

/** Each of the six parts by itself: no wildcard reaches over a colon, but inside the last part. */
function compareArns(actual: string, expected: string, how: Comparison): Verdict {
  how.effort.spend(actual.length + expected.length);
  const pattern = expand(expected, how);
  if (pattern === 'unknown') return null;
  if (pattern === 'missing') return false;
  const wanted = arnParts(pattern);
  const given = arnParts(patternOf(actual, false));
  if (wanted === null || given === null) return null;
  return wanted.every((part, index) => matches(part, given[index] ?? [], how.effort));
}

/** Partition, service, region and so on, with `arn` before them; null where there are fewer than six. */
function arnParts(arn: Pattern): Pattern[] | null {
  const parts: Pattern[] = [];
  let from = 0;
  while (parts.length < 5) {
    const colon = arn.indexOf(codeOf(':'), from);
    if (colon < 0) return null;
    parts.push(arn.slice(from, colon));
    from = colon + 1;
  }
  return [...parts, arn.slice(from)];
}
