// Says why a decision, or a part of it, is unknown: what podtrail or AWS's documentation can't say.
import type { Evaluation, Part } from './evaluate.ts';
import { firstFailing } from './failures.ts';
import { operatorOf } from './operators.ts';
import type { Policy } from './policy.ts';
import type { TrustRequest } from './request.ts';
import type { Warning } from './warnings.ts';

/** One for each fault of the policy, then one for each statement that decides and cannot be judged. */
export function unknownReasons(policy: Policy, request: TrustRequest, { deciding }: Evaluation): Warning[] {
  const faults = policy.faults.map(({ statement, message }) => ({
    id: 'invalid-policy',
    statement,
    message,
  }));
  const unknown = deciding.outcomes.filter(({ verdict }) => verdict === null);
  return [
    ...faults,
    ...unknown.map((outcome) => ({
      statement: outcome.statement.index,
      ...reasonOf(firstFailing(outcome), request),
    })),
  ];
}

function reasonOf(part: Part, request: TrustRequest): Pick<Warning, 'id' | 'message' | 'key'> {
  if (part === 'principal')
    return {
      id: 'principal-unknown',
      message:
        'whether the principal of the statement covers this one does not follow from what AWS documents',
    };
  if (part === 'action')
    return { id: 'action-unknown', message: 'the statement has no action, or one that IAM would not take' };
  const { operator: name, key, values } = part;
  const operator = operatorOf(name);
  if (operator === null)
    return { id: 'operator-unknown', key, message: `unknown condition operator ${name}` };
  if (values === null || values.length === 0)
    return {
      id: 'value-unknown',
      key,
      message: `the condition on ${key} has no value, or one that is not a text, number or boolean`,
    };
  const given = [...request.context].find(([written]) => written.toLowerCase() === key.toLowerCase())?.[1];
  if (given === undefined)
    return { id: 'key-not-given', key, message: `the request does not say what ${key} is` };
  if (operator.quantifier === null && given.length > 1)
    return {
      id: 'several-values',
      key,
      message: `${key} has several values, which need ForAnyValue or ForAllValues before ${name}`,
    };
  return {
    id: 'value-unknown',
    key,
    message: `a value of ${key}, or a variable in it, can't be compared under ${name}`,
  };
}
