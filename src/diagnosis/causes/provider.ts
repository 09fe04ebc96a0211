// Causes between STS and the cluster's OIDC issuer: the provider in IAM, its client ids and thumbprint, the issuer's own pages.
import { type Case, STS_AUDIENCE } from '../case.ts';
import { type CauseRules, evidence, likely, proven } from '../cause.ts';
import { issuerOfProvider } from '../policy/issuer.ts';
import { deleted } from './shared.ts';

const NOT_FOUND = /No OpenIDConnect provider found in your account/i;

export const PROVIDER_CAUSES = {
  'provider-missing': {
    mechanism: 'irsa',
    symptoms: [{ pattern: NOT_FOUND, means: 'proven' }],
    judge: (one) => {
      // STS looks at the token first: a refused role means that the provider was there and took it.
      if (one.isRefused) return 'refuted';
      if (isCrossAccount(one)) return null;
      const listed = providersOfRole(one);
      if (listed === null) return deletedBefore(one);
      const issuer = one.attempt.issuer?.toLowerCase();
      if (listed.some(({ arn }) => issuerOfProvider(arn)?.toLowerCase() === issuer)) return 'refuted';
      return proven(
        `no provider of ${one.attempt.issuer} in account ${one.aws?.accountId}`,
        evidence(
          'provider',
          `IAM lists ${listed.length} OIDC providers in account ${one.aws?.accountId}, none of this issuer.`,
        ),
      );
    },
  },
  'cross-account-provider-missing': {
    mechanism: 'irsa',
    symptoms: [],
    judge: (one) => {
      if (!isCrossAccount(one)) return null;
      const line = one.lines.find((each) => NOT_FOUND.test(each));
      const listed = providersOfRole(one);
      const issuer = one.attempt.issuer?.toLowerCase();
      if (listed?.some(({ arn }) => issuerOfProvider(arn)?.toLowerCase() === issuer)) return 'refuted';
      if (line === undefined && listed === null) return null;
      return proven(
        "the role's account has no provider of the cluster's issuer",
        line === undefined
          ? evidence('provider', `IAM lists no provider of this issuer in account ${one.aws?.accountId}.`)
          : evidence('credential_finding', line),
      );
    },
  },
  'audience-not-in-client-ids': {
    mechanism: 'irsa',
    symptoms: [{ pattern: /Incorrect token audience/i, means: 'proven' }],
    judge: (one) => {
      const { attempt, cluster, isRefused } = one;
      if (isRefused) return 'refuted';
      const issuer = attempt.issuer?.toLowerCase();
      const own = providersOfRole(one)?.find(({ arn }) => issuerOfProvider(arn)?.toLowerCase() === issuer);
      if (own?.clientIds === undefined) return null;
      const audience = attempt.audience ?? cluster?.serviceAccount?.audience ?? STS_AUDIENCE;
      if (own.clientIds.includes(audience)) return 'refuted';
      return proven(
        `the provider takes ${own.clientIds.join(', ') || 'no audience'}; the token is for ${audience}`,
        evidence('provider', `Client ids of ${own.arn}: ${own.clientIds.join(', ') || 'none'}.`),
      );
    },
  },
  'thumbprint-stale': {
    mechanism: 'irsa',
    symptoms: [{ pattern: /certificate doesn.t match configured thumbprint/i, means: 'proven' }],
    judge: () => null,
  },
  'issuer-unreachable': {
    mechanism: 'irsa',
    symptoms: [
      { pattern: /Couldn.t retrieve verification key from your identity provider/i, means: 'proven' },
      { pattern: /IDPCommunicationError/, means: 'likely' },
    ],
    judge: () => null,
  },
  'signing-key-changed': {
    mechanism: 'irsa',
    symptoms: [{ pattern: /web identity token provided could not be validated/i, means: 'likely' }],
    judge: () => null,
  },
} as const satisfies CauseRules;

function isCrossAccount({ attempt, aws }: Case): boolean {
  const ofRole = /:iam::(\d{12}):role\//.exec(attempt.roleArn ?? '')?.[1];
  const ofCluster = /:(\d{12}):cluster\//.exec(aws?.eksCluster?.arn ?? attempt.clusterArn ?? '')?.[1];
  return ofRole !== undefined && ofCluster !== undefined && ofRole !== ofCluster;
}

/** The providers of the role's account; null where that account was not asked. */
function providersOfRole({ attempt, aws }: Case) {
  const ofRole = /:iam::(\d{12}):role\//.exec(attempt.roleArn ?? '')?.[1];
  if (aws?.providers === undefined || attempt.issuer === undefined) return null;
  return ofRole === undefined || ofRole === aws.accountId ? aws.providers : null;
}

/** What the trail alone tells of a provider that went away. */
function deletedBefore({ trail }: Case) {
  const gone = deleted(trail, 'DeleteOpenIDConnectProvider', 'CreateOpenIDConnectProvider');
  if (gone === null) return null;
  return likely(
    `the provider was deleted at ${new Date(gone.at).toISOString()} by ${gone.by}`,
    evidence('trail', `${gone.eventName} of ${gone.target} by ${gone.by}.`),
  );
}
