// Warns of what a trust policy admits beyond what was meant, and of what in it can never match.
import { actionCovers } from './action.ts';
import type { Effort } from './effort.ts';
import { claimOfKey, issuerOfProvider, plainIssuer } from './issuer.ts';
import { type Operator, operatorOf } from './operators.ts';
import type { Condition, Policy, Statement } from './policy.ts';
import type { TrustRequest } from './request.ts';

export interface Warning {
  /** Stable and kebab-case; docs/diagnose.md lists them. */
  id: string;
  /** Index of the statement; null for the document. */
  statement: number | null;
  /** The condition key that it is about, as written. */
  key?: string;
  message: string;
}

type Said = Omit<Warning, 'statement'>;

const POD_IDENTITY = 'pods.eks.amazonaws.com';

export function warningsOf(policy: Policy, request: TrustRequest, effort: Effort): Warning[] {
  const admits = (statement: Statement, action: string) =>
    statement.effect === 'Allow' && actionCovers(statement.action, action, effort) === true;
  const statements = policy.statements.filter((one) => one !== null);
  const tagged = new Set(statements.filter((one) => admits(one, 'sts:TagSession')).flatMap(servicesOf));
  return statements.flatMap((statement) => {
    const said = ofConditions(statement, policy);
    if (statement.effect === 'Allow') said.push(...ofElements(statement));
    if (admits(statement, 'sts:AssumeRoleWithWebIdentity')) said.push(...ofWebIdentity(statement, request));
    if (admits(statement, 'sts:AssumeRole') && servicesOf(statement).includes(POD_IDENTITY))
      said.push(...ofPodIdentity(statement, tagged.has(POD_IDENTITY)));
    return said.map((one) => ({ ...one, statement: statement.index }));
  });
}

function servicesOf({ principal }: Statement): readonly string[] {
  return principal.element === 'Principal' ? (principal.byType.get('Service') ?? []) : [];
}

function ofElements({ principal, action }: Statement): Said[] {
  const said: Said[] = [];
  if (principal.element === 'NotPrincipal')
    said.push({
      id: 'not-principal',
      message: 'admits everybody but those named; AWS does not support NotPrincipal with Allow',
    });
  else if (principal.isEveryone || principal.byType.get('AWS')?.includes('*'))
    said.push({
      id: 'everybody',
      message: 'admits every principal of every account, as far as its conditions let it',
    });
  if (action.element === 'NotAction')
    said.push({ id: 'not-action', message: 'admits every action but those named' });
  return said;
}

/** What a condition alone shows to be a mistake, under Allow and Deny. */
function ofConditions({ effect, conditions }: Statement, { version }: Policy): Said[] {
  const isChecked = (key: string) =>
    conditions.some(
      (one) => one.operator === 'Null' && sameKey(one.key, key) && one.values?.join() === 'false',
    );
  return conditions.flatMap(({ operator: name, key, values }) => {
    const operator = operatorOf(name);
    if (operator === null || values === null) return [];
    const said: Said[] = [];
    const wild = values.filter((value) => /[*?]/.test(value.replace(/\$\{[*?]\}/g, '')));
    if (operator.family === 'like' && wild.length === 0 && values.length > 0)
      said.push({
        id: 'like-without-wildcard',
        key,
        message: `${name} on ${key} has no wildcard: StringEquals says the same and can't widen by accident`,
      });
    if (operator.family === 'equals' && wild.length > 0)
      said.push({
        id: 'wildcard-in-equals',
        key,
        message: `${name} takes the wildcard in ${wild[0]} as a plain character; StringLike would not`,
      });
    if (version === '2008-10-17' && values.some((value) => value.includes('${')))
      said.push({
        id: 'variables-not-expanded',
        key,
        message: `a policy variable on ${key} is plain text without Version 2012-10-17`,
      });
    if (effect === 'Allow' && operator.quantifier === 'ForAllValues' && !isChecked(key))
      said.push({
        id: 'for-all-values',
        key,
        message: `${name} also admits requests without ${key}; a Null condition of false would not`,
      });
    if (effect === 'Allow' && operator.ifExists && claimOfKey(key) !== null)
      said.push({ id: 'if-exists', key, message: `${name} also admits tokens without ${key}` });
    return said;
  });
}

function ofWebIdentity(statement: Statement, request: TrustRequest): Said[] {
  const { principal, conditions } = statement;
  const providers = principal.element === 'Principal' ? (principal.byType.get('Federated') ?? []) : [];
  const issuers = providers.flatMap((provider) => issuerOfProvider(provider) ?? []);
  if (issuers.length === 0) return [];
  const said: Said[] = [];
  for (const issuer of issuers.filter((one) => one !== plainIssuer(one)))
    said.push({
      id: 'issuer-form',
      message: `the provider ${issuer} has https:// or a slash at its end, which IAM leaves off`,
    });
  const bound = { sub: false, aud: false };
  for (const condition of conditions) {
    const claim = claimOfKey(condition.key);
    if (claim === null) continue;
    const isOwn = issuers.some((issuer) => sameKey(issuer, claim.issuer));
    if (isOwn && binds(operatorOf(condition.operator))) bound[claim.claim] = true;
    if (!isOwn) said.push(ofForeignClaim(condition.key, claim.issuer, issuers));
    if (isOwn && claim.claim === 'sub') said.push(...ofSubject(condition));
  }
  if (!bound.sub)
    said.push({ id: 'no-subject', message: 'admits every subject of the provider: no condition on its sub' });
  if (!bound.aud)
    said.push({
      id: 'no-audience',
      message: 'admits tokens for every audience that the provider lists: no condition on its aud',
    });
  const asked = issuerOfProvider(request.principal.value);
  if (asked !== null && !issuers.some((issuer) => sameKey(plainIssuer(issuer), plainIssuer(asked))))
    said.push({
      id: 'other-cluster',
      message: `trusts ${issuers.join(', ')}, and the request's token is of ${asked}`,
    });
  return said;
}

function ofForeignClaim(key: string, issuer: string, issuers: readonly string[]): Said {
  if (issuers.some((one) => sameKey(plainIssuer(one), plainIssuer(issuer))))
    return {
      id: 'issuer-form',
      key,
      message: `the key ${key} never occurs: IAM writes issuers without https:// and without a slash at the end`,
    };
  return {
    id: 'other-cluster',
    key,
    message: `the condition is on ${issuer}, and the provider is ${issuers.join(', ')}`,
  };
}

/** Whether a condition under this operator keeps any token out that has the claim, and every one that has not. */
function binds(operator: Operator | null): boolean {
  if (operator === null || operator.isNegated || operator.ifExists || operator.quantifier === 'ForAllValues')
    return false;
  return ['equals', 'equals-ignore-case', 'like'].includes(operator.family);
}

/** A wildcard in the namespace or in the name leaves open who may use the role. */
function ofSubject({ operator, key, values }: Condition): Said[] {
  if (operatorOf(operator)?.family !== 'like') return [];
  const broad = values?.find((value) => /[*?]/.test(value.replace(/\$\{[*?]\}/g, '')));
  if (broad === undefined) return [];
  const [, , namespace = '*'] = broad.split(':');
  const whose = /[*?]/.test(namespace)
    ? 'ServiceAccounts of any namespace that fits'
    : `any ServiceAccount of ${namespace} that fits`;
  return [{ id: 'broad-subject', key, message: `${broad} admits ${whose}` }];
}

function ofPodIdentity({ conditions }: Statement, isTagged: boolean): Said[] {
  const has = (...keys: string[]) =>
    conditions.some(
      (one) => keys.some((key) => sameKey(key, one.key)) && operatorOf(one.operator)?.isNegated === false,
    );
  const cluster = has('aws:SourceArn', 'aws:RequestTag/eks-cluster-arn', 'aws:RequestTag/eks-cluster-name');
  const missing = [
    ...(cluster ? [] : ['cluster']),
    ...(cluster || has('aws:SourceAccount') ? [] : ['account']),
    ...(has('aws:RequestTag/kubernetes-namespace') ? [] : ['namespace']),
  ];
  const said: Said[] = [];
  if (missing.length > 0)
    said.push({
      id: 'pod-identity-unbound',
      message: `any pod with an association may use the role: no condition binds it to a ${missing.join(', ')}`,
    });
  if (!isTagged)
    said.push({
      id: 'pod-identity-no-tag-session',
      message: 'EKS tags the sessions of Pod Identity, which needs sts:TagSession beside sts:AssumeRole',
    });
  return said;
}

/** Condition keys are compared without regard to case. */
function sameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
