// Causes between STS and the cluster's OIDC issuer: the provider in IAM, its client ids and thumbprint, the issuer's own pages.
import { type Case, STS_AUDIENCE } from '../case.ts';
import { type Cause, evidence, likely, proven } from '../cause.ts';
import { issuerOfProvider } from '../policy/issuer.ts';

const SILENT =
  'Nothing: STS refuses the token before the request is a legitimate one. A provider that was deleted shows as DeleteOpenIDConnectProvider';
const LIST = 'aws iam list-open-id-connect-providers';
const GET = 'aws iam get-open-id-connect-provider --open-id-connect-provider-arn <provider-arn>';
const SHARED = { root: 'oidc_provider', mechanism: 'irsa', trail: SILENT } as const;
const NOT_FOUND = /No OpenIDConnect provider found in your account/i;
const CREATE = {
  command: `aws iam create-open-id-connect-provider --url https://<issuer> --client-id-list ${STS_AUDIENCE}`,
  safety: 'YELLOW',
  needs: "whoever administers IAM of the role's account",
} as const;

export const PROVIDER_CAUSES: readonly Cause[] = [
  {
    ...SHARED,
    id: 'provider-missing',
    title: "The cluster's OIDC provider is not registered in the role's account",
    symptoms: [
      {
        text: 'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks…/id/…',
        pattern: NOT_FOUND,
        means: 'proven',
      },
    ],
    proves: "STS says so; or IAM's list of the role's account has no provider of the issuer.",
    suggests: 'A cluster that was created or rebuilt lately, all of whose workloads fail.',
    who: "whoever administers IAM of the role's account",
    immediate: "Create the provider for the cluster's issuer in the account of the role.",
    longTerm: 'Create provider and cluster together; watch that it stays (the function probe-issuer does).',
    actions: [{ command: LIST, safety: 'GREEN', needs: 'nobody' }, CREATE],
    tell: LIST,
    links: [
      'https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html',
      'https://repost.aws/knowledge-center/iam-oidc-idp-federation',
    ],
    judge: (one) => {
      // STS looks at the token first: a refused role means that the provider was there and took it.
      if (one.isRefused) return 'refuted';
      if (isCrossAccount(one)) return null;
      const listed = providersOfRole(one);
      if (listed === null) return deleted(one);
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
  {
    ...SHARED,
    id: 'cross-account-provider-missing',
    title: "The role is of another account, which lacks the cluster's provider",
    symptoms: [],
    proves:
      "STS finds no provider, or IAM's list of the role's account has none, and the role's account is not the cluster's.",
    suggests: "A provider that is there, in the cluster's account alone.",
    who: "whoever administers IAM of the role's account",
    immediate:
      "Create the provider in the role's account, or assume the role by a role of the cluster's account.",
    longTerm: 'Pod Identity with a target role needs no provider in any account.',
    actions: [{ command: LIST, safety: 'GREEN', needs: 'nobody' }, CREATE],
    tell: LIST,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html'],
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
  {
    ...SHARED,
    id: 'audience-not-in-client-ids',
    title: "The token's audience is not among the provider's client ids",
    symptoms: [
      {
        text: 'InvalidIdentityToken: Incorrect token audience',
        pattern: /Incorrect token audience/i,
        means: 'proven',
      },
    ],
    proves: "STS says so; or the provider's client ids lack the token's audience.",
    suggests:
      "An annotation eks.amazonaws.com/audience, or a token of Pod Identity or of the cluster's API used for STS.",
    who: "whoever administers IAM of the role's account, or the owner of the workload",
    immediate: `Ask for a token for ${STS_AUDIENCE}; or add the audience that is meant to the provider.`,
    longTerm: `Use ${STS_AUDIENCE} everywhere.`,
    actions: [
      { command: GET, safety: 'GREEN', needs: 'nobody' },
      {
        command:
          'aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn <provider-arn> --client-id <audience>',
        safety: 'YELLOW',
        needs: "whoever administers IAM of the role's account",
      },
    ],
    tell: GET,
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html'],
    judge: ({ aws, attempt, cluster, isRefused }) => {
      if (isRefused) return 'refuted';
      const issuer = attempt.issuer?.toLowerCase();
      const own = aws?.providers?.find(({ arn }) => issuerOfProvider(arn)?.toLowerCase() === issuer);
      if (own?.clientIds === undefined) return null;
      const audience = attempt.audience ?? cluster?.serviceAccount?.audience ?? STS_AUDIENCE;
      if (own.clientIds.includes(audience)) return 'refuted';
      return proven(
        `the provider takes ${own.clientIds.join(', ') || 'no audience'}; the token is for ${audience}`,
        evidence('provider', `Client ids of ${own.arn}: ${own.clientIds.join(', ') || 'none'}.`),
      );
    },
  },
  {
    ...SHARED,
    id: 'thumbprint-stale',
    title: "The provider's thumbprint is not that of the issuer's certificate",
    symptoms: [
      {
        text: "InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
        pattern: /certificate doesn.t match configured thumbprint/i,
        means: 'proven',
      },
    ],
    proves: 'STS says so.',
    suggests:
      'Sessions of this provider whose records say that it is verified by thumbprint (additionalEventData.identityProviderConnectionVerificationMethod).',
    who: "whoever administers IAM of the role's account",
    immediate: "Set the thumbprint of the top certificate of the issuer's chain.",
    longTerm:
      'Serve the issuer with a certificate of a public authority: then IAM does not look at the thumbprint.',
    actions: [
      { command: GET, safety: 'GREEN', needs: 'nobody' },
      {
        command:
          'aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn <provider-arn> --thumbprint-list <thumbprint>',
        safety: 'RED',
        needs: "whoever administers IAM of the role's account, and the security team",
      },
    ],
    tell: GET,
    links: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html',
    ],
    judge: () => null,
  },
  {
    ...SHARED,
    id: 'issuer-unreachable',
    title: "STS cannot fetch the issuer's keys, or not in time",
    symptoms: [
      {
        text: "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
        pattern: /Couldn.t retrieve verification key from your identity provider/i,
        means: 'proven',
      },
      {
        text: 'IDPCommunicationError',
        pattern: /IDPCommunicationError/,
        means: 'likely',
      },
    ],
    trail: 'Nothing: AWS says that CloudTrail does not log it',
    proves: 'STS says so.',
    suggests:
      "An issuer that is not EKS's own, behind a firewall, a rate limit or a slow page (STS waits five seconds).",
    who: 'whoever runs the issuer',
    immediate:
      "Make the issuer's configuration and keys readable from the internet, quickly and without limits.",
    longTerm: 'Watch the issuer as STS sees it (the function probe-issuer does).',
    actions: [
      {
        command: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
    links: ['https://repost.aws/knowledge-center/iam-sts-invalididentitytoken'],
    judge: () => null,
  },
  {
    ...SHARED,
    id: 'signing-key-changed',
    root: 'token',
    title: 'The token was signed by a key that the issuer does not publish',
    symptoms: [
      {
        text: 'InvalidIdentityToken: The web identity token provided could not be validated',
        pattern: /web identity token provided could not be validated/i,
        means: 'proven',
      },
    ],
    proves: 'STS says that the signature does not fit.',
    suggests: 'Keys of the issuer that were rotated lately.',
    who: 'whoever runs the issuer',
    immediate: 'Let the pods get new tokens; see that the published keys are those that sign.',
    longTerm: 'Publish a new key before it signs, and the old one until its last token is expired.',
    actions: [
      {
        command: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
    links: ['https://repost.aws/knowledge-center/iam-sts-invalididentitytoken'],
    judge: () => null,
  },
];

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
function deleted({ trail }: Case) {
  const gone = trail?.changes.find(({ eventName }) => eventName === 'DeleteOpenIDConnectProvider');
  if (gone === undefined) return null;
  return likely(
    `the provider was deleted at ${new Date(gone.at).toISOString()} by ${gone.by}`,
    evidence('trail', `${gone.eventName} of ${gone.target} by ${gone.by}.`),
  );
}
