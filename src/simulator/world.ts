// Owns the nouns of a simulated organization: accounts, clusters, roles, workloads and the people around them.
// They stand still while a trail is played; what changes with time lives in sessions and pod lives.

import type { SdkProfile } from './sdk-profiles.ts';
import type { Api } from './services/api.ts';

export interface Role {
  readonly index: number;
  readonly account: string;
  readonly name: string;
  /** With the path, which a session's ARN loses. */
  readonly arn: string;
  readonly uniqueId: string;
}

export interface Provider {
  readonly arn: string;
  /** Host and path: the text after `oidc-provider/`. */
  readonly issuer: string;
  readonly isEks: boolean;
  /** The cluster whose tokens it stands for, as a reader of the trail names it: without settings, by the provider itself. */
  readonly clusterId: string;
  readonly clusterName: string;
}

export interface Cluster {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly issuer: string;
  readonly isEks: boolean;
  readonly nodeRole: Role;
  readonly nodes: readonly Node[];
}

export interface Node {
  readonly instanceId: string;
  readonly privateAddress: string;
  readonly publicAddress: string;
}

/** Names of the AWS resources that a workload works with, owned by `account`. */
export interface Resources {
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly stem: string;
  readonly keyId: string;
}

export type Mechanism = 'irsa' | 'pod-identity';

/** How a workload's pods name their sessions when they don't leave it to the SDK. */
export type NamePolicy = 'sdk' | 'pod-name' | 'convention';

export interface Workload {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly mechanism: Mechanism;
  readonly role: Role;
  /** The IAM OIDC provider in the role's account (IRSA only). */
  readonly provider: Provider | null;
  readonly sdk: SdkProfile;
  readonly naming: NamePolicy;
  /** Roles assumed one after the other from the first. */
  readonly chain: readonly Role[];
  readonly apis: readonly Api[];
  readonly resources: Resources;
  /** What the last role of the chain works with. */
  readonly chainResources: Resources;
  readonly replicas: number;
  readonly quirks: ReadonlySet<Quirk>;
}

export type Quirk =
  /** Holds a 12 h session from before the trail and never renews it. */
  | 'long-session'
  /** The association has `disableSessionTags`. */
  | 'untagged'
  /** Asks the global STS endpoint, recorded in us-east-1. */
  | 'global-endpoint'
  /** Reaches AWS through interface endpoints: private addresses in the records. */
  | 'vpc-endpoint'
  /** Takes part in scripted scenarios only. */
  | 'scripted';

/** Where a call comes from, as a record shows it. */
export interface Client {
  readonly address: string;
  readonly userAgent: string;
  readonly vpcEndpointId: string | null;
}

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly workload: Workload;
  readonly client: Client;
}

export interface IamUser {
  readonly name: string;
  readonly account: string;
  readonly uniqueId: string;
  readonly accessKeyId: string;
  readonly client: Client;
}

export interface World {
  /** The accounts whose records are delivered. */
  readonly accounts: readonly string[];
  readonly clusters: readonly Cluster[];
  readonly workloads: readonly Workload[];
  readonly users: readonly IamUser[];
  /** AWSReservedSSO roles, one per account. */
  readonly ssoRoles: readonly Role[];
  readonly lambdaRoles: readonly Role[];
  readonly serviceLinkedRoles: readonly Role[];
  readonly github: { readonly provider: Provider; readonly roles: readonly Role[] };
  /** A workload whose role people assume, too. */
  readonly peopleAndPods: Workload;
  /** The bucket of which the demo tells. */
  readonly piiExports: Resources;
  /** A role for emergencies that only people assume. */
  readonly breakGlass: Role;
  /** A role to which the chains of several workloads lead. */
  readonly meetingRole: Role;
  /** A role that does not exist, though pods ask for it. */
  readonly missingRole: Role;
  /** A role of an account whose records nobody delivers. */
  readonly outsideRole: Role;
  /** Our role that the outsiders assume. */
  readonly partnerRole: Role;
}
