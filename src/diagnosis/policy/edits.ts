// Changes one statement so that it admits a request, without taking from it anybody whom it admits already.
import { type PatchOperation, pointer } from './apply-patch.ts';
import type { StatementOutcome } from './evaluate.ts';
import { saysWhoAsks } from './identity-keys.ts';
import { claimOfKey, isMiswrittenProvider, plainIssuer } from './issuer.ts';
import { operatorOf } from './operators.ts';
import type { ActionClause, Condition, PrincipalClause } from './policy.ts';
import type { RequestPrincipal, TrustRequest } from './request.ts';

/**
 * `path` leads to the statement, `missing` are the actions that it does not cover. Null where a part fails that nobody should change for this:
 * a guard, an exclusion, something unknown.
 */
export function editsOf(
  { parts, statement }: StatementOutcome,
  path: string,
  request: TrustRequest,
  missing: readonly string[],
): PatchOperation[] | null {
  if (parts.some(({ verdict }) => verdict === null)) return null;
  const failing = parts.filter(({ verdict }) => verdict === false).map(({ part }) => part);
  const conditions = failing.filter((part) => typeof part === 'object');
  const isDead = conditions.some((condition) => neverHolds(condition, request));
  const edits = [
    failing.includes('principal') ? editPrincipal(statement.principal, path, request.principal) : [],
    missing.length > 0 ? editAction(statement.action, path, missing) : [],
    ...conditions.map((condition) => editCondition(condition, path, request, isDead)),
  ];
  return edits.every((edit) => edit !== null) ? edits.flat() : null;
}

/** Puts values into a place: in the place of those there, or beside them. */
function putInto(
  place: string,
  written: unknown,
  values: readonly string[],
  replaces: boolean,
): PatchOperation[] {
  if (replaces) return [{ op: 'replace', path: place, value: values.length === 1 ? values[0] : values }];
  if (Array.isArray(written)) return values.map((value) => ({ op: 'add', path: `${place}/-`, value }));
  return [{ op: 'replace', path: place, value: [written, ...values] }];
}

function editPrincipal(
  { element, written, byType }: PrincipalClause,
  path: string,
  { type, value }: RequestPrincipal,
): PatchOperation[] | null {
  const listed = byType.get(type);
  if (element === 'NotPrincipal') return null;
  const place = path + pointer(element, type);
  if (listed === undefined) return [{ op: 'add', path: place, value }];
  const isMiswritten = listed.every(isMiswrittenProvider);
  return putInto(place, (written as Record<string, unknown>)[type], [value], isMiswritten);
}

function editAction(
  { element, written }: ActionClause,
  path: string,
  missing: readonly string[],
): PatchOperation[] | null {
  return element === 'NotAction' ? null : putInto(path + pointer(element), written, missing, false);
}

function editCondition(
  { operator: name, key, written }: Condition,
  path: string,
  request: TrustRequest,
  isDead: boolean,
): PatchOperation[] | null {
  const operator = operatorOf(name);
  if (operator === null || operator.isNegated || !saysWhoAsks(key)) return null;
  if (!['equals', 'equals-ignore-case', 'like', 'arn'].includes(operator.family)) return null;
  const given = [...request.context].find(
    ([one]) => one.toLowerCase() === meantKey(key, request).toLowerCase(),
  );
  const [value] = given?.[1] ?? [];
  if (given === undefined || value === undefined || given[1].length > 1 || /\$\{/.test(value)) return null;
  if (operator.family !== 'equals' && /[*?]/.test(value)) return null;
  const condition = path + pointer('Condition', name);
  const place = condition + pointer(given[0]);
  if (key.toLowerCase() === given[0].toLowerCase())
    return putInto(condition + pointer(key), written, [value], isDead);
  const rename: PatchOperation = { op: 'move', from: condition + pointer(key), path: place };
  const isSame = Array.isArray(written) ? written.length === 1 && written[0] === value : written === value;
  return isSame ? [rename] : [rename, { op: 'replace', path: place, value }];
}

/** The key as IAM writes it: `https://` before an issuer, or a slash after it, makes a key that no request has. */
function meantKey(key: string, { context }: TrustRequest): string {
  const claim = claimOfKey(key);
  if (claim === null) return key;
  const meant = `${plainIssuer(claim.issuer)}:${claim.claim}`;
  return [...context.keys()].find((one) => one.toLowerCase() === meant.toLowerCase()) ?? key;
}

/** Whether no token at all can meet the condition, so that nobody loses anything when it changes. */
function neverHolds({ operator, key, values }: Condition, request: TrustRequest): boolean {
  const family = operatorOf(operator)?.family;
  const claim = claimOfKey(key);
  if (claim === null || values === null) return false;
  // Kubernetes names have neither * nor ?.
  const isWild = (value: string) => /^system:serviceaccount:.*[*?]/s.test(value);
  return (
    (family === 'equals' && claim.claim === 'sub' && values.every(isWild)) ||
    (meantKey(key, request) !== key && claim.issuer !== plainIssuer(claim.issuer))
  );
}
