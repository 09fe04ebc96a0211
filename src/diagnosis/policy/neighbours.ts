// Requests that are like another one but for who asks: whom a change of the policy must leave as they are.
import { isNaming } from './identity-keys.ts';
import { isMiswrittenProvider } from './issuer.ts';
import type { Policy } from './policy.ts';
import type { RequestPrincipal, TrustRequest } from './request.ts';

/** Of each thing that may differ, so many other values. */
const MOST = 6;

/** One thing that may differ: the principal, or the value of a key. */
type Change = (request: TrustRequest) => TrustRequest;

/** Every request in which one or two things differ. What the policy itself names is among the other values. */
export function neighboursOf(policy: Policy, request: TrustRequest): TrustRequest[] {
  const named = [...request.context].filter(([key]) => isNaming(key, request.principal.type));
  const axes = [
    otherPrincipals(policy, request.principal).map(
      (principal): Change =>
        (one) =>
          withPrincipal(one, principal),
    ),
    ...named.map(([key, values]) =>
      otherValues(policy, key, values[0] ?? '').map(
        (values): Change =>
          (one) =>
            withKey(one, key, values),
      ),
    ),
  ];
  return axes.flatMap((changes, index) =>
    changes.flatMap((change) => {
      const changed = change(request);
      const others = axes.slice(index + 1).flat();
      return [changed, ...others.map((other) => other(changed))];
    }),
  );
}

function otherPrincipals({ statements }: Policy, { type, value }: RequestPrincipal): RequestPrincipal[] {
  const listed = statements
    .flatMap((one) => one?.principal.byType.get(type) ?? [])
    .filter((one) => !/[*?]/.test(one) && !isMiswrittenProvider(one));
  const others = new Set([`${value}x`, ...listed]);
  others.delete(value);
  return [...[...others].slice(0, MOST).map((other) => ({ type, value: other })), elsewhere(type)];
}

/** A principal of another type, whom a statement for this one has nothing to do with. */
function elsewhere(type: RequestPrincipal['type']): RequestPrincipal {
  return type === 'Service'
    ? { type: 'AWS', value: 'arn:aws:iam::111122223333:role/x' }
    : { type: 'Service', value: 'x.amazonaws.com' };
}

/** None, for a key that is absent, is among them. */
function otherValues({ statements }: Policy, key: string, value: string): (readonly string[])[] {
  const listed = statements
    .flatMap((one) => one?.conditions ?? [])
    .flatMap((one) => (one.key.toLowerCase() === key.toLowerCase() ? (one.values ?? []) : []))
    .map((one) => one.replace(/[*?]/g, 'x'));
  const near = [`${value}x`, `x${value}`, value.replace(/:([^:]+):([^:]+)$/, ':x:$2')];
  const others = new Set([...near, ...listed]);
  others.delete(value);
  return [[], ...[...others].slice(0, MOST).map((other) => [other])];
}

/** The keys that only repeat who the principal is follow it. */
function withPrincipal({ context, ...request }: TrustRequest, principal: RequestPrincipal): TrustRequest {
  const repeats = (key: string) => /^aws:(FederatedProvider|PrincipalArn)$/i.test(key);
  const entries = [...context].map(
    ([key, values]) => [key, repeats(key) ? [principal.value] : values] as const,
  );
  return { ...request, principal, context: new Map(entries) };
}

/** Without values the key is absent, for certain. */
function withKey(request: TrustRequest, key: string, values: readonly string[]): TrustRequest {
  const isKey = (one: string) => one.toLowerCase() === key.toLowerCase();
  const context = new Map([...request.context].filter(([one]) => !isKey(one)));
  if (values.length > 0) context.set(key, values);
  return { ...request, context, mayHave: (one) => !isKey(one) && request.mayHave(one) };
}
