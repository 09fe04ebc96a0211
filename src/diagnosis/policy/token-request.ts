// The requests that pods make, from what people know of them: a token's subject, or a Pod Identity association.

import { issuerOfProvider, plainIssuer } from './issuer.ts';
import type { Policy } from './policy.ts';
import type { TrustRequest } from './request.ts';

export interface TokenClaims {
  /** Token `sub`: `system:serviceaccount:<namespace>:<name>`. */
  subject: string;
  /** With or without `https://` and a slash at its end. */
  issuer: string;
  /** Token `aud`. */
  audience: string;
  /** Where the role is, and with it the provider that STS asks. */
  owner: Owner;
}

/** Whose a role or a provider is, as its ARN has it. */
export interface Owner {
  partition: string;
  /** Twelve digits. */
  account: string;
}

/** Null where the text is no ARN of IAM. */
export function ownerOf(arn: string): Owner | null {
  const [, partition, account] = /^arn:([a-z-]+):iam::(\d{12}):./.exec(arn) ?? [];
  return partition === undefined || account === undefined ? null : { partition, account };
}

/** What IRSA asks: AssumeRoleWithWebIdentity, by the IAM OIDC provider of the issuer. */
export function tokenRequest({ subject, issuer: written, audience, owner }: TokenClaims): TrustRequest {
  const issuer = plainIssuer(written);
  const provider = `arn:${owner.partition}:iam::${owner.account}:oidc-provider/${issuer}`;
  return {
    actions: ['sts:AssumeRoleWithWebIdentity'],
    principal: { type: 'Federated', value: provider },
    context: new Map([
      [`${issuer}:sub`, [subject]],
      [`${issuer}:aud`, [audience]],
      ['aws:FederatedProvider', [provider]],
    ]),
    // Of another issuer's keys it is certain that this token has none.
    mayHave: (key) => isGlobal(key) || key.toLowerCase().startsWith(`${issuer.toLowerCase()}:`),
  };
}

function isGlobal(key: string): boolean {
  return /^(aws|sts):/i.test(key);
}

/** The partition of an issuer of EKS; any other issuer may be used in every partition, and `aws` is the likeliest. */
export function partitionOf(issuer: string): string {
  if (issuer.includes('.amazonaws.com.cn/')) return 'aws-cn';
  return /\.us-gov-[a-z]+-\d+\./.test(issuer) ? 'aws-us-gov' : 'aws';
}

/**
 * Whose the policy's own OIDC providers are: those for this issuer, else all, since a role can only trust providers of its own
 * account. Null where there are none, or they are of several accounts.
 */
export function ownerOfProviders({ statements }: Policy, issuer: string): Owner | null {
  const providers = statements.flatMap((one) => one?.principal.byType.get('Federated') ?? []);
  const all = providers.filter((provider) => issuerOfProvider(provider) !== null);
  const own = all.filter((provider) => plainIssuer(issuerOfProvider(provider) ?? '') === plainIssuer(issuer));
  const owners = (own.length > 0 ? own : all).flatMap((provider) => ownerOf(provider) ?? []);
  const [first] = owners;
  const isOne = owners.every(
    ({ partition, account }) => partition === first?.partition && account === first.account,
  );
  return first !== undefined && isOne ? first : null;
}

export interface PodIdentitySession {
  namespace: string;
  serviceAccount: string;
  /** `arn:aws:eks:<region>:<account>:cluster/<name>` */
  cluster: string;
}

/**
 * What EKS asks for a pod with an association: AssumeRole and TagSession, with the tags that Pod Identity sets.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html. Which of the global keys it sends is not documented.
 */
export function podIdentityRequest({ namespace, serviceAccount, cluster }: PodIdentitySession): TrustRequest {
  const tags = {
    'eks-cluster-arn': cluster,
    'eks-cluster-name': cluster.split('/').at(-1) ?? '',
    'kubernetes-namespace': namespace,
    'kubernetes-service-account': serviceAccount,
  };
  const unsaid = ['kubernetes-pod-name', 'kubernetes-pod-uid'];
  return {
    actions: ['sts:AssumeRole', 'sts:TagSession'],
    principal: { type: 'Service', value: 'pods.eks.amazonaws.com' },
    context: new Map<string, readonly string[]>([
      ...Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, [value]] as const),
      ['aws:TagKeys', [...Object.keys(tags), ...unsaid]],
    ]),
    mayHave: (key) => {
      const tag = /^aws:RequestTag\/(.*)$/is.exec(key)?.[1];
      return tag === undefined ? isGlobal(key) : unsaid.includes(tag.toLowerCase());
    },
  };
}

/** What EKS asks for a pod whose association has session tags turned off. */
export function untaggedPodRequest(): TrustRequest {
  return {
    actions: ['sts:AssumeRole'],
    principal: { type: 'Service', value: 'pods.eks.amazonaws.com' },
    context: new Map(),
    mayHave: (key) => isGlobal(key) && !/^aws:(RequestTag\/|TagKeys$)/i.test(key),
  };
}

/** What EKS asks for a pod of which nothing is known: every tag may be there, and none is known. */
export function anyPodRequest(): TrustRequest {
  return {
    actions: ['sts:AssumeRole', 'sts:TagSession'],
    principal: { type: 'Service', value: 'pods.eks.amazonaws.com' },
    context: new Map(),
    mayHave: () => true,
  };
}
