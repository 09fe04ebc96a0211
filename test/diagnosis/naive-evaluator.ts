// A second evaluator of trust policies, as slow and plain as the documentation reads. It shares nothing with src/diagnosis, and
// knows only the well-formed policies that test/diagnosis/policy-arbitraries.ts makes.
import type { Expected } from './cases/sources.ts';
import type { MadePolicy, MadeRequest, MadeStatement } from './policy-arbitraries.ts';

/** What a condition says: yes, no, or that nobody documents it. */
type Answer = 'yes' | 'no' | '?';

export function naiveDecision(policy: MadePolicy, request: MadeRequest): Expected {
  const decisions = request.action.map((action) => naiveDecisionOn(policy, request, action));
  if (decisions.includes('denied')) return 'denied';
  return decisions.includes('unknown') ? 'unknown' : 'allowed';
}

function naiveDecisionOn(policy: MadePolicy, request: MadeRequest, action: string): Expected {
  const answers = { Allow: new Set<Answer>(), Deny: new Set<Answer>() };
  for (const statement of policy.Statement)
    answers[statement.Effect].add(statementSays(statement, policy.Version, request, action));
  if (answers.Deny.has('yes')) return 'denied';
  if (answers.Allow.has('yes')) return answers.Deny.has('?') ? 'unknown' : 'allowed';
  return answers.Allow.has('?') ? 'unknown' : 'denied';
}

function statementSays(
  statement: MadeStatement,
  version: string,
  request: MadeRequest,
  action: string,
): Answer {
  const says = [principalSays(statement, request), actionSays(statement, action)];
  for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
    for (const [key, values] of Object.entries(keys))
      says.push(conditionSays(operator, key, values, version, request.context));
  if (says.includes('no')) return 'no';
  return says.includes('?') ? '?' : 'yes';
}

function principalSays({ Principal, NotPrincipal }: MadeStatement, { principal }: MadeRequest): Answer {
  if (Principal === '*') return 'yes';
  const listed = (Principal ?? NotPrincipal)?.[principal.type] ?? [];
  const isListed =
    listed.includes(principal.value) ||
    (principal.type === 'AWS' && listed.some((one) => principal.value.includes(`::${one}:`)));
  return isListed === (Principal !== undefined) ? 'yes' : 'no';
}

function actionSays({ Action, NotAction }: MadeStatement, action: string): Answer {
  const isListed = (Action ?? NotAction ?? []).some((pattern) =>
    isLike(pattern.toLowerCase(), action.toLowerCase()),
  );
  return isListed === (Action !== undefined) ? 'yes' : 'no';
}

function isLike(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*')
    return isLike(pattern.slice(1), text) || (text !== '' && isLike(pattern, text.slice(1)));
  return (
    text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && isLike(pattern.slice(1), text.slice(1))
  );
}

function conditionSays(
  written: string,
  key: string,
  values: readonly string[],
  version: string,
  context: MadeRequest['context'],
): Answer {
  const actual = Object.entries(context).find(([one]) => one.toLowerCase() === key.toLowerCase())?.[1] ?? [];
  if (written === 'Null') return values.includes(actual.length === 0 ? 'true' : 'false') ? 'yes' : 'no';
  const set = written.includes(':') ? written.split(':')[0] : '';
  const ifExists = written.endsWith('IfExists');
  const operator = written.replace(/^.*:/, '').replace(/IfExists$/, '');
  const isNegated = operator.includes('Not');
  if (actual.length === 0) {
    if (ifExists || set === 'ForAllValues') return 'yes';
    return isNegated && set === '' ? 'yes' : 'no';
  }
  if (set === '' && actual.length > 1) return '?';
  const each = actual.map(
    (one) =>
      values.some((value) => isEqual(operator.replace('Not', ''), replaced(value, version, context), one)) !==
      isNegated,
  );
  return (set === 'ForAllValues' ? each.every(Boolean) : each.some(Boolean)) ? 'yes' : 'no';
}

/** null where a variable has no value. The only variable that is made is ${a}, with and without a default. */
function replaced(value: string, version: string, context: MadeRequest['context']): string | null {
  const variable = version === '2012-10-17' ? /\$\{a(?:, '(.*)')?\}/.exec(value) : null;
  if (variable === null) return value;
  const found = context.a?.[0] ?? variable[1] ?? null;
  return found === null ? null : value.replace(variable[0], found);
}

function isEqual(operator: string, expected: string | null, actual: string): boolean {
  if (expected === null) return false;
  switch (operator) {
    case 'StringEquals':
      return expected === actual;
    case 'StringEqualsIgnoreCase':
      return expected.toUpperCase() === actual.toUpperCase();
    case 'StringLike':
      return isLike(expected, actual);
    case 'ArnLike': {
      const [left, right] = [expected.split(':'), actual.split(':')];
      const parts = [...left.slice(0, 5), left.slice(5).join(':')];
      return parts.every((part, index) =>
        isLike(part, index < 5 ? (right[index] ?? '') : right.slice(5).join(':')),
      );
    }
    case 'NumericEquals':
      return Number(expected) === Number(actual);
    case 'NumericLessThan':
      return Number(actual) < Number(expected);
    case 'NumericGreaterThanEquals':
      return Number(actual) >= Number(expected);
    case 'Bool':
      return expected === actual;
    default:
      throw new Error(`the oracle has no operator ${operator}`);
  }
}
