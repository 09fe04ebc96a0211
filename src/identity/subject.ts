// Owns the subject claim of a ServiceAccount token, and which subject an issuance names by its two copies of it.

export interface Subject {
  readonly namespace: string;
  readonly serviceAccount: string;
}

const PREFIX = 'system:serviceaccount:';

/**
 * `system:serviceaccount:<namespace>:<name>`: the namespace is a DNS label, the name a DNS subdomain, so that neither
 * can hold the colon that parts them.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
const CLAIM = /^system:serviceaccount:[a-z0-9]([-a-z0-9]*[a-z0-9])?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** Null where the text is no ServiceAccount's claim: another identity provider's subject, or a masked text. */
export function parseSubject(claim: string | null): Subject | null {
  if (claim === null || !CLAIM.test(claim)) return null;
  const colon = claim.indexOf(':', PREFIX.length);
  return { namespace: claim.slice(PREFIX.length, colon), serviceAccount: claim.slice(colon + 1) };
}

/** `disputed`: two readable claims that differ, of which neither may be believed. */
export type SubjectReading = Subject | 'disputed' | null;

/**
 * The subject of an `AssumeRoleWithWebIdentity`, which stands both in `userIdentity.userName` (on failures, too) and in
 * `responseElements.subjectFromWebIdentityToken`; where one is masked or absent the other serves.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function readSubject(userName: string | null, tokenSubject: string | null): SubjectReading {
  const named = parseSubject(userName);
  if (userName === tokenSubject) return named;
  const inToken = parseSubject(tokenSubject);
  if (named !== null && inToken !== null) return 'disputed';
  return named ?? inToken;
}
