// OIDC issuers as they stand in provider ARNs and condition keys.

/** `oidc.eks…/id/…` of `arn:aws:iam::111122223333:oidc-provider/oidc.eks…/id/…`; null for any other principal. */
export function issuerOfProvider(principal: string): string | null {
  return /^arn:[^:]+:iam::\d{12}:oidc-provider\/(.+)$/s.exec(principal)?.[1] ?? null;
}

/** The issuer that a person names by its URL, by its host and path, or by the ARN of its IAM provider. */
export function issuerNamed(text: string): string {
  return plainIssuer(issuerOfProvider(text) ?? text);
}

export interface ClaimKey {
  issuer: string;
  claim: 'sub' | 'aud';
}

/** `oidc.eks…/id/…:sub` taken apart; null for a key that is no claim of a token. */
export function claimOfKey(key: string): ClaimKey | null {
  const end = key.lastIndexOf(':');
  const [issuer, claim] = [key.slice(0, Math.max(0, end)), key.slice(end + 1).toLowerCase()];
  return issuer !== '' && (claim === 'sub' || claim === 'aud') ? { issuer, claim } : null;
}

/** As IAM writes issuers: without `https://` and without a slash at the end. */
export function plainIssuer(issuer: string): string {
  let end = issuer.length;
  while (issuer[end - 1] === '/') end--;
  return issuer.slice(0, end).replace(/^https:\/\//i, '');
}

/** Whether no provider can have this ARN, because of `https://` before its issuer or a slash after it. */
export function isMiswrittenProvider(principal: string): boolean {
  const issuer = issuerOfProvider(principal);
  return issuer !== null && issuer !== plainIssuer(issuer);
}
