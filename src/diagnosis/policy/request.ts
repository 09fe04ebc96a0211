// What is asked of a trust policy: who wants to do which actions, and what else the request says.

import { isObject } from '../../trail/json-text.ts';
import { PolicyError } from './policy-error.ts';
import { readStrictJson } from './strict-json.ts';

const PRINCIPAL_TYPES = ['Federated', 'AWS', 'Service'] as const;

export interface RequestPrincipal {
  type: (typeof PRINCIPAL_TYPES)[number];
  /** Federated: the provider's ARN or name. AWS: an ARN or account id. Service: its name. */
  value: string;
}

export interface TrustRequest {
  /** All of them must be allowed. */
  actions: readonly string[];
  principal: RequestPrincipal;
  /** Values by key, the key as it was written. */
  context: ReadonlyMap<string, readonly string[]>;
  /** Whether the real request may have a key that `context` lacks. Where not, such a key is absent. */
  mayHave: (key: string) => boolean;
}

/**
 * Reads `{"action": "sts:…" or a list, "principal": {"type", "value"}, "context": {"key": "value" or list}}`. A key that is not in
 * the context is absent. Throws PolicyError where it is anything else.
 */
export function parseRequest(text: string): TrustRequest {
  const { value, duplicates } = readStrictJson(text, 'request');
  if (duplicates.length > 0) throw refused(`has "${duplicates[0]}" twice in one object`);
  if (!isObject(value)) throw refused('is not an object');
  const unknown = Object.keys(value).find((name) => !['action', 'principal', 'context'].includes(name));
  if (unknown !== undefined)
    throw refused(`has a member "${unknown}": it takes action, principal and context`);
  return {
    actions: actionsOf(value.action),
    principal: principalOf(value.principal),
    context: contextOf(value.context ?? {}),
    mayHave: () => false,
  };
}

function refused(why: string): PolicyError {
  return new PolicyError('request-refused', `the request ${why}`);
}

function actionsOf(written: unknown): string[] {
  const list: unknown[] = Array.isArray(written) ? written : [written];
  const isAction = (one: unknown): one is string =>
    typeof one === 'string' && /^[a-z0-9-]+:[a-z0-9]+$/i.test(one);
  if (list.length === 0 || !list.every(isAction))
    throw refused('has no "action" such as "sts:AssumeRoleWithWebIdentity", or a list of such');
  return list;
}

function principalOf(written: unknown): RequestPrincipal {
  const { type, value } = isObject(written) ? written : {};
  const known = PRINCIPAL_TYPES.find((one) => one === type);
  if (known === undefined || typeof value !== 'string' || value === '' || /[*?]/.test(value))
    throw refused('has no "principal" with a type (Federated, AWS or Service) and a value without wildcards');
  return { type: known, value };
}

function contextOf(written: unknown): Map<string, readonly string[]> {
  if (!isObject(written)) throw refused('has a "context" that is not an object');
  const context = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  for (const [key, value] of Object.entries(written)) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (!list.every((one) => ['string', 'number', 'boolean'].includes(typeof one)))
      throw refused(`has a context key "${key}" that is neither a value nor a list of values`);
    if (seen.has(key.toLowerCase())) throw refused(`has the context key "${key}" twice, in different case`);
    seen.add(key.toLowerCase());
    context.set(key, list.map(String));
  }
  return context;
}
