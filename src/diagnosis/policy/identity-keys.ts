// Which condition keys say who asks. The others (addresses, times, external ids) guard a statement, whoever asks.
import { claimOfKey, issuerOfProvider } from './issuer.ts';
import type { TrustRequest } from './request.ts';

const WHO =
  /^aws:(RequestTag\/.*|SourceArn|SourceAccount|FederatedProvider|PrincipalArn|PrincipalAccount)$/is;

export function saysWhoAsks(key: string): boolean {
  return WHO.test(key) || claimOfKey(key) !== null;
}

/** What Pod Identity's tags say of a pod, without which somebody else's pod would be admitted too. */
const POD_TAGS = ['eks-cluster-arn', 'kubernetes-namespace', 'kubernetes-service-account'];

/**
 * The keys, each with its one value, that together name whoever asks; null where the request does not say enough for that. An AWS
 * principal is named by its ARN alone.
 */
export function namingKeys({ principal, context }: TrustRequest): Map<string, string> | null {
  const naming = new Map<string, string>();
  for (const [key, values] of context) {
    if (!isNaming(key, principal.type)) continue;
    const [value] = values;
    if (values.length !== 1 || value === undefined || value.includes('${')) return null;
    naming.set(key, value);
  }
  return isEnough(naming, principal) ? naming : null;
}

/** Whether a key, for a principal of this type, is one of those that name whoever asks. */
export function isNaming(key: string, type: TrustRequest['principal']['type']): boolean {
  if (type === 'Federated') return claimOfKey(key) !== null;
  if (type === 'AWS') return false;
  const tag = /^aws:RequestTag\/(.*)$/is.exec(key)?.[1];
  return tag === undefined ? /^aws:Source(Arn|Account)$/i.test(key) : POD_TAGS.includes(tag.toLowerCase());
}

function isEnough(naming: ReadonlyMap<string, string>, { type, value }: TrustRequest['principal']): boolean {
  const keys = [...naming.keys()].map((key) => key.toLowerCase());
  if (type === 'AWS') return true;
  if (type === 'Service')
    return (
      value !== 'pods.eks.amazonaws.com' || POD_TAGS.every((tag) => keys.includes(`aws:requesttag/${tag}`))
    );
  const issuer = issuerOfProvider(value)?.toLowerCase();
  if (issuer !== undefined) return keys.includes(`${issuer}:sub`) && keys.includes(`${issuer}:aud`);
  return keys.some((key) => key.endsWith(':sub'));
}
