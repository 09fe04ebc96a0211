// Texts for the causes between STS and the cluster's OIDC issuer; provider.ts judges them.
import { STS_AUDIENCE } from '../case.ts';
import type { TextsOf } from '../cause.ts';
import type { PROVIDER_CAUSES } from './provider.ts';

const SILENT =
  'Nothing: STS refuses the token before the request is a legitimate one. A provider that was deleted shows as DeleteOpenIDConnectProvider';
const LIST = 'aws iam list-open-id-connect-providers';
const GET = 'aws iam get-open-id-connect-provider --open-id-connect-provider-arn <provider-arn>';

const SHARED = { root: 'oidc_provider', trail: SILENT } as const;
const CREATE = {
  command: `aws iam create-open-id-connect-provider --url https://<issuer> --client-id-list ${STS_AUDIENCE}`,
  safety: 'YELLOW',
  needs: "whoever administers IAM of the role's account",
} as const;

export const PROVIDER_TEXTS: TextsOf<typeof PROVIDER_CAUSES> = {
  'provider-missing': {
    ...SHARED,
    title: "The cluster's OIDC provider is not registered in the role's account",
    prints: [
      'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks…/id/…',
    ],
    proves: "STS says so; or IAM's list of the role's account has no provider of the issuer.",
    suggests: 'All workloads fail in a cluster that was created or rebuilt recently.',
    who: "whoever administers IAM of the role's account",
    immediate: "Create the provider for the cluster's issuer in the account of the role.",
    longTerm: 'Create provider and cluster together; check that it stays (the function probe-issuer does).',
    actions: [{ command: LIST, safety: 'GREEN', needs: 'nobody' }, CREATE],
    tell: LIST,
    links: [
      'https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html',
      'https://repost.aws/knowledge-center/iam-oidc-idp-federation',
    ],
  },
  'cross-account-provider-missing': {
    ...SHARED,
    title: "The role is of another account, which lacks the cluster's provider",
    prints: [],
    proves:
      "STS finds no provider, or IAM's list of the role's account has none, and the role's account is not the cluster's.",
    suggests: "A provider in the cluster's account only.",
    who: "whoever administers IAM of the role's account",
    immediate:
      "Create the provider in the role's account, or assume the role from a role in the cluster's account.",
    longTerm: 'Pod Identity with a target role needs no provider in any account.',
    actions: [{ command: LIST, safety: 'GREEN', needs: 'nobody' }, CREATE],
    tell: LIST,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html'],
  },
  'audience-not-in-client-ids': {
    ...SHARED,
    title: "The token's audience is not among the provider's client ids",
    prints: ['InvalidIdentityToken: Incorrect token audience'],
    proves: "STS says so; or the provider's client ids lack the token's audience.",
    suggests:
      "An annotation eks.amazonaws.com/audience, or a token of Pod Identity or of the cluster's API used for STS.",
    who: "whoever administers IAM of the role's account, or the owner of the workload",
    immediate: `Ask for a token for ${STS_AUDIENCE}; or add the intended audience to the provider.`,
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
  },
  'thumbprint-stale': {
    ...SHARED,
    title: "The provider's thumbprint is not that of the issuer's certificate",
    prints: [
      "InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
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
  },
  'issuer-unreachable': {
    ...SHARED,
    title: "STS cannot fetch the issuer's keys, or not in time",
    prints: [
      "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
      'IDPCommunicationError',
    ],
    trail: 'Nothing: AWS says that CloudTrail does not log it',
    proves: 'STS says so.',
    suggests:
      "An issuer that is not EKS's own, behind a firewall, a rate limit or a slow page (STS waits five seconds).",
    who: 'whoever runs the issuer',
    immediate:
      "Make the issuer's configuration and keys readable from the internet, quickly and without limits.",
    longTerm: 'Check the issuer as STS does (the function probe-issuer does).',
    actions: [
      {
        command: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
    links: ['https://repost.aws/knowledge-center/iam-sts-invalididentitytoken'],
  },
  'signing-key-changed': {
    ...SHARED,
    root: 'token',
    title: 'The token was signed by a key that the issuer does not publish',
    prints: ['InvalidIdentityToken: The web identity token provided could not be validated'],
    proves: 'Never by the message alone: it does not say what of the token is wrong.',
    suggests: "The message itself, where the issuer's keys were rotated recently.",
    who: 'whoever runs the issuer',
    immediate: 'Let the pods get new tokens; check that the keys that sign are published.',
    longTerm: 'Publish a new key before it signs, and the old one until its last token has expired.',
    actions: [
      {
        command: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: 'curl -sS -m 5 https://<issuer>/.well-known/openid-configuration',
    links: ['https://repost.aws/knowledge-center/iam-sts-invalididentitytoken'],
  },
};
