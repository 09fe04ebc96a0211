// Says of each statement that does not match what fails first, with what the policy expects and what the request has.
import type { ActionOutcome, Evaluation, Part, StatementOutcome } from './evaluate.ts';
import type { Fault, Policy } from './policy.ts';
import type { TrustRequest } from './request.ts';

export interface Failure {
  /** Index of the statement; null where the document itself is wrong. */
  statement: number | null;
  /** Principal, NotPrincipal, Action, NotAction or Condition; any name where the policy's grammar is wrong. */
  element: string;
  /** Of a condition, as written. */
  operator: string | null;
  /** Of a condition, as written. */
  key: string | null;
  /** As written in the policy; null where nothing is. */
  expected: unknown;
  /** Of the request; null where it has nothing. */
  actual: unknown;
}

/** For the action that decided; a statement that allows another one of the request's actions has not failed. */
export function failuresOf(
  policy: Policy,
  request: TrustRequest,
  { deciding, actions, decision }: Evaluation,
): Failure[] {
  const isUsed = (index: number) =>
    decision === 'allowed' &&
    actions.some(({ outcomes }) =>
      outcomes.some((one) => one.statement.index === index && one.verdict === true),
    );
  const failed = deciding.outcomes
    .filter(({ statement, verdict }) => verdict !== true && !isUsed(statement.index))
    .map((outcome) => failureOf(outcome, request, deciding));
  return [...policy.faults.map(ofFault), ...failed].sort((a, b) => (a.statement ?? -1) - (b.statement ?? -1));
}

function ofFault({ statement, element, actual }: Fault): Failure {
  return { statement, element, operator: null, key: null, expected: null, actual };
}

function failureOf(outcome: StatementOutcome, request: TrustRequest, { action }: ActionOutcome): Failure {
  const { statement } = outcome;
  const part = firstFailing(outcome);
  const index = statement.index;
  if (part === 'principal') {
    const { element, written } = statement.principal;
    const { type, value } = request.principal;
    return {
      statement: index,
      element,
      operator: null,
      key: null,
      expected: written,
      actual: { [type]: value },
    };
  }
  if (part === 'action') {
    const { element, written } = statement.action;
    return { statement: index, element, operator: null, key: null, expected: written, actual: action };
  }
  const { operator, key, written } = part;
  return {
    statement: index,
    element: 'Condition',
    operator,
    key,
    expected: written,
    actual: actualOf(request, key),
  };
}

/** What certainly fails says more than what is unknown. */
export function firstFailing({ parts, verdict }: StatementOutcome): Part {
  const found = parts.find((one) => one.verdict === verdict);
  if (found === undefined) throw new TypeError('a statement that does not match has a part that does not');
  return found.part;
}

/** One value is shown by itself, as people write it. */
function actualOf({ context }: TrustRequest, key: string): unknown {
  const values = [...context].find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1] ?? [];
  return values.length > 1 ? values : (values[0] ?? null);
}
