// Whether a statement's Principal or NotPrincipal covers who asks.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
import type { PrincipalClause } from './policy.ts';
import type { RequestPrincipal } from './request.ts';
import { anyOf, not, type Verdict } from './verdict.ts';

/** Whether the clause covers who asks; what a NotPrincipal leaves out depends on the statement's effect. Null where it cannot be judged. */
export function principalCovers(
  clause: PrincipalClause,
  effect: 'Allow' | 'Deny',
  asking: RequestPrincipal,
): Verdict {
  if (clause.element === 'Principal') return clause.isEveryone || isNamed(clause.byType, asking);
  if (clause.isEveryone) return false;
  if (asking.type !== 'AWS' || clause.byType.get('AWS')?.includes('*'))
    return not(isNamed(clause.byType, asking));
  return isNotExempt(clause.byType.get('AWS') ?? [], effect, asking.value);
}

function isNamed(byType: PrincipalClause['byType'], { type, value }: RequestPrincipal): Verdict {
  const aws = byType.get('AWS') ?? [];
  // AWS: {"AWS": "*"} and "*" are equivalent.
  if (aws.includes('*')) return true;
  if (type === 'AWS') {
    // An S3 identifier of an account, which says nothing that could be compared.
    if (byType.has('CanonicalUser')) return null;
    return anyOf(aws.map((listed) => isAwsPrincipal(listed, value)));
  }
  // AWS: "You cannot use a wildcard to match part of a principal name or ARN"; for a whole one nothing is documented here.
  return anyOf((byType.get(type) ?? []).map((listed) => (/[*?]/.test(listed) ? null : listed === value)));
}

/** What an AWS principal's ARN says. */
interface Identity {
  partition: string | null;
  account: string;
  kind: 'account' | 'role' | 'session' | 'other';
  /** Of a role, without its path; of a session, its role's. Role names are unique in an account whatever their path. */
  role: string | null;
}

function identityOf(text: string): Identity | null {
  if (/^\d{12}$/.test(text)) return { partition: null, account: text, kind: 'account', role: null };
  const [, partition = '', service, account = '', resource = ''] =
    /^arn:([^:*?]+):(iam|sts)::(\d{12}):([^*?]+)$/.exec(text) ?? [];
  const parts = resource.split('/');
  const identity = { partition, account, role: null };
  if (service === 'iam' && resource === 'root') return { ...identity, kind: 'account' };
  if (service === 'iam' && parts[0] === 'role' && parts.length > 1)
    return { ...identity, kind: 'role', role: parts.at(-1) ?? null };
  if (service === 'sts' && parts[0] === 'assumed-role' && parts.length === 3)
    return { ...identity, kind: 'session', role: parts[1] ?? null };
  const isOther =
    (service === 'iam' && parts[0] === 'user') || (service === 'sts' && parts[0] === 'federated-user');
  return isOther && parts.length > 1 ? { ...identity, kind: 'other' } : null;
}

/** What IAM writes in the place of a principal that was deleted: it covers nobody who still exists. */
const uniqueId = /^A[A-Z]{3}[A-Z0-9]{12,}$/;

function isAwsPrincipal(listed: string, asking: string): Verdict {
  if (listed === asking) return true;
  const [named, given] = [identityOf(listed), identityOf(asking)];
  if (named === null) return uniqueId.test(listed) ? false : null;
  if (given === null) return null;
  return named.kind === 'account' ? isAccount(named, given) : isRoleOf(named, given);
}

function isAccount(named: Identity, given: Identity): boolean {
  const isOnePartition =
    named.partition === null || given.partition === null || named.partition === given.partition;
  return isOnePartition && named.account === given.account;
}

function isRoleOf(named: Identity, given: Identity): boolean {
  return (
    named.kind === 'role' && given.kind === 'session' && isAccount(named, given) && named.role === given.role
  );
}

/**
 * Whether NotPrincipal leaves an AWS principal inside the statement. Under Deny, AWS checks the account, then the role, then
 * the session: only a list with all of them exempts for certain, one without the principal and its role never does, and
 * between them AWS says "might".
 */
function isNotExempt(listed: readonly string[], effect: 'Allow' | 'Deny', asking: string): Verdict {
  const given = identityOf(asking);
  if (given === null || listed.some((one) => identityOf(one) === null && !uniqueId.test(one))) return null;
  const isAccountListed = listed.some((one) => {
    const named = identityOf(one);
    return named?.kind === 'account' && isAccount(named, given);
  });
  if (given.kind === 'account') return !isAccountListed;
  const isSelfListed = listed.includes(asking);
  const isRoleListed = listed.some((one) => {
    const named = identityOf(one);
    return named !== null && isRoleOf(named, given);
  });
  const listedOf = given.kind === 'session' ? [isSelfListed, isRoleListed] : [isSelfListed];
  if (!listedOf.includes(true) && (effect === 'Deny' || !isAccountListed)) return true;
  return listedOf.includes(false) || !isAccountListed ? null : false;
}
