// What is known of a failure, by source; each source is optional. Inside one, undefined is not known, null is known to be absent.
import type { Workload } from '../identity/workload.ts';

/** All times are epoch milliseconds. */
export interface Facts {
  readonly attempt: Attempt;
  /** What a client or the agent printed, lines as they came. */
  readonly said?: readonly string[];
  readonly trail?: TrailFacts;
  readonly aws?: AwsFacts;
  readonly cluster?: ClusterFacts;
  /** What the cluster's audit log has of its ServiceAccount and of the webhook, the latest first. */
  readonly audit?: readonly Change[];
}

/** What was tried, as far as a record, a client's message or the user says it. */
export interface Attempt {
  readonly mechanism?: 'irsa' | 'pod-identity';
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** As tokens and providers write it, without `https://`: `oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE`. */
  readonly issuer?: string;
  readonly audience?: string;
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly region?: string;
  readonly accountId?: string;
  readonly clusterName?: string;
  readonly clusterArn?: string;
  /** The EKS or STS call that failed, `AssumeRoleWithWebIdentity`, or another call that was denied. */
  readonly action?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly at?: number;
}

/** What the trail shows of this failure, between the times that it was read. */
export interface TrailFacts {
  readonly from: number;
  readonly until: number;
  readonly failures: number;
  readonly since: number;
  readonly last: number;
  /** The workload's last session of this role; null where the range has none. */
  readonly lastSuccess: number | null;
  /** Failures a minute, on average over the minutes with failures. */
  readonly perMinute: number;
  /** Others that fail alike: the same role, or the same provider with the same error. */
  readonly alsoFailing: readonly Workload[];
  /** Changes of the role, its policies, its provider or its associations, the latest first. */
  readonly changes: readonly Change[];
  /** Calls by a node's role after the failure began; null where the range has none. */
  readonly nodeRole: { readonly roleArn: string; readonly calls: number } | null;
}

/** A call that changed what decides about the assumption. */
export interface Change {
  readonly at: number;
  /** `UpdateAssumeRolePolicy`. */
  readonly eventName: string;
  /** Who called. */
  readonly by: string;
  /** What was changed, as the record names it. */
  readonly target: string;
}

/** What IAM, EKS and EC2 answered. */
export interface AwsFacts {
  readonly role?: RoleFacts | null;
  /** The OIDC providers of the account that was asked. */
  readonly providers?: readonly ProviderFacts[];
  readonly eksCluster?: EksClusterFacts | null;
  /** The cluster's Pod Identity associations of this ServiceAccount. */
  readonly associations?: readonly Association[];
  /** The add-on eks-pod-identity-agent; the agent may also be installed otherwise. */
  readonly agentAddOn?: {
    readonly status: string;
    readonly version: string;
    readonly issues: readonly string[];
  } | null;
  /** The interface endpoints of the cluster's VPC, `com.amazonaws.us-west-2.eks-auth`. */
  readonly vpcEndpoints?: readonly { readonly service: string; readonly state: string }[];
  /** The account that was asked, which is not the role's where the user is of another. */
  readonly accountId?: string;
  readonly unread: readonly Unread[];
}

/** What could not be read: the call or object, and why in words that are fit to print. */
export interface Unread {
  readonly what: string;
  readonly why: string;
}

export interface RoleFacts {
  /** As IAM has it, with the role's path. */
  readonly arn: string;
  /** The policy document as JSON text. */
  readonly trustPolicy: string;
  readonly maxSessionSeconds?: number;
  readonly boundaryArn?: string | null;
  /** ARNs of managed policies and names of inline ones. */
  readonly policies?: readonly string[];
}

export interface ProviderFacts {
  readonly arn: string;
  readonly clientIds?: readonly string[];
}

export interface EksClusterFacts {
  readonly name: string;
  readonly arn: string;
  /** Without `https://`. */
  readonly issuer: string | null;
  readonly vpcId: string | null;
  readonly isPublic: boolean;
  /** EKS Auto Mode: its nodes have the Pod Identity agent built in, and no DaemonSet of it. */
  readonly isAutoMode?: boolean;
  readonly createdAt: number | null;
}

export interface Association {
  readonly id: string;
  readonly roleArn: string;
  readonly targetRoleArn: string | null;
  readonly createdAt?: number;
  /** Whether EKS tags the sessions. */
  readonly hasSessionTags?: boolean;
}

/** What the cluster's API answered. */
export interface ClusterFacts {
  readonly serviceAccount?: ServiceAccountFacts | null;
  /** Pods that use the ServiceAccount, or that the user named. */
  readonly pods?: readonly PodFacts[];
  /** The mutating webhook `pod-identity-webhook`, or another that says it is one. */
  readonly webhook?: WebhookFacts | null;
  /** The DaemonSet eks-pod-identity-agent. */
  readonly agent?: { readonly desired: number; readonly ready: number } | null;
  /** Warnings of the pods and of what creates them. */
  readonly warnings?: readonly {
    readonly reason: string;
    readonly message: string;
    readonly at: number | null;
  }[];
  readonly unread: readonly Unread[];
}

export interface ServiceAccountFacts {
  /** `eks.amazonaws.com/role-arn`, as it is written. */
  readonly roleArn: string | null;
  /** `eks.amazonaws.com/audience`. */
  readonly audience: string | null;
  /** Annotations that are not the role's, but nearly read like it. */
  readonly misnamed?: readonly string[];
  /** When the role annotation was set last or a field beside it, where managed fields tell. */
  readonly annotatedAt: number | null;
}

export interface PodFacts {
  readonly name: string;
  readonly serviceAccount: string;
  /** Whether the pod itself is annotated with a role, where the webhook does not look. */
  readonly hasRoleAnnotation?: boolean;
  readonly createdAt: number;
  readonly containers: readonly ContainerFacts[];
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly restarts: number;
  /** Of variables that steer credentials, those that are set and their values; values of secrets are never read. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of those that are set to what is not shown: `AWS_ACCESS_KEY_ID`, or a value from a secret. */
  readonly hidden: readonly string[];
  /** Files of ServiceAccount tokens in it; without an audience a token is for the cluster's own API. */
  readonly tokenFiles: readonly { readonly path: string; readonly audience: string | null }[];
}

export interface WebhookFacts {
  readonly name: string;
  readonly hasCaBundle: boolean;
  /** Whether its selectors take the pod's namespace and labels; undefined where that could not be decided. */
  readonly takesPod?: boolean;
  /** Ready addresses behind its service; undefined where it is called by URL, as EKS does. */
  readonly readyAddresses?: number;
}
