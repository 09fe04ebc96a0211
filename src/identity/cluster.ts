// Owns which cluster an issuance comes from: by the OIDC provider that vouched for it, or by Pod Identity's session tags.
import type { Assumption, Principal } from '../trail/record.ts';

export interface Cluster {
  /** The cluster's ARN where the evidence has it, else the provider's. */
  readonly id: string | null;
  /** The cluster's name where the evidence has it, else the issuer's host and path. */
  readonly name: string | null;
}

export const NO_CLUSTER: Cluster = { id: null, name: null };

/** The clusters that the operator has named, by issuer (host and path): nothing in CloudTrail joins the two. */
export type KnownClusters = ReadonlyMap<string, Cluster>;

/**
 * The provider's ARN. `principalId` is `<provider>:<audience>:<subject>`, and only an ARN's own colons come before the
 * one that ends it, because an issuer's host and path hold none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function readProvider(principal: Principal, assumption: Assumption): string | null {
  return principal.identityProvider ?? assumption.provider ?? providerInId(principal.principalId);
}

function providerInId(principalId: string | null): string | null {
  return /^(arn:[^:]*:iam::[0-9]+:oidc-provider\/[^:]+):/.exec(principalId ?? '')?.[1] ?? null;
}

/** Any issuer can be a cluster's (kOps, OpenShift), so that the subject tells a cluster and not the issuer's host. */
export function clusterOfProvider(provider: string | null, known: KnownClusters): Cluster {
  const issuer = /:oidc-provider\/(.+)$/.exec(provider ?? '')?.[1] ?? null;
  const named = issuer === null ? undefined : known.get(issuer);
  return named ?? { id: provider, name: issuer };
}

/** https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html */
export function clusterOfTags({ tagClusterArn, tagClusterName }: Assumption): Cluster {
  return {
    id: tagClusterArn,
    name: tagClusterName ?? /:cluster\/(.+)$/.exec(tagClusterArn ?? '')?.[1] ?? null,
  };
}
