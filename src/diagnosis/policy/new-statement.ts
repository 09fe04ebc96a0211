// The statement that admits one request and nobody else, for a policy in which nothing is near enough to be changed.
import { type PatchOperation, pointer } from './apply-patch.ts';
import type { StatementOutcome } from './evaluate.ts';
import { namingKeys, saysWhoAsks } from './identity-keys.ts';
import type { Condition, Policy } from './policy.ts';
import type { TrustRequest } from './request.ts';

/**
 * Null where the request does not say enough of who asks. A statement for the same principal lends its guards (an address, an
 * external id), so that they are not got round.
 */
export function newStatement(
  document: unknown,
  policy: Policy,
  request: TrustRequest,
  nearest: StatementOutcome | null,
): PatchOperation[] | null {
  const naming = namingKeys(request);
  if (naming === null) return null;
  const condition = conditionOf(naming, nearest === null ? [] : guardsOf(nearest));
  const statement = {
    Effect: 'Allow',
    Principal: { [request.principal.type]: request.principal.value },
    Action: request.actions.length === 1 ? request.actions[0] : request.actions,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
  const path = pointer('Statement');
  if (policy.isList) return [{ op: 'add', path: `${path}/-`, value: statement }];
  return [{ op: 'replace', path, value: [(document as { Statement: unknown }).Statement, statement] }];
}

function guardsOf({ parts }: StatementOutcome): Condition[] {
  return parts.flatMap(({ part }) => (typeof part === 'object' && !saysWhoAsks(part.key) ? [part] : []));
}

function conditionOf(
  naming: ReadonlyMap<string, string>,
  guards: readonly Condition[],
): Record<string, Record<string, unknown>> {
  const condition: Record<string, Record<string, unknown>> = {};
  if (naming.size > 0) condition.StringEquals = Object.fromEntries(naming);
  for (const { operator, key, written } of guards)
    condition[operator] = { ...condition[operator], [key]: written };
  return condition;
}
