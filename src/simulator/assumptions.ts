// Owns how sessions come about on stage: web identity, Pod Identity and plain AssumeRole, with the records they leave.

import type { Outcome, Principal, Tag } from './plan.ts';
import {
  openSession,
  podIdentitySessionName,
  type Session,
  subjectClaim,
  webIdentitySessionName,
} from './sessions.ts';
import type { Stage } from './stage.ts';
import type { Client, IamUser, Pod, Provider, Role } from './world.ts';

const HOUR = 3600;
const STS_FAILURE = { code: 'AccessDenied', message: 'An unknown error occurred' } as const satisfies Outcome;
const PODS_CLIENT: Client = {
  address: 'pods.eks.amazonaws.com',
  userAgent: 'pods.eks.amazonaws.com',
  vpcEndpointId: null,
};

export interface TokenBearer {
  readonly provider: Provider;
  readonly subject: string;
  readonly role: Role;
  readonly client: Client;
  readonly pod: Pod | null;
  readonly region: string;
}

export function podBearer(pod: Pod): TokenBearer {
  const { workload } = pod;
  if (!workload.provider) throw new TypeError(`${workload.serviceAccount} does not use IRSA`);
  const isGlobal = workload.quirks.has('global-endpoint');
  return {
    provider: workload.provider,
    subject: subjectClaim(workload.namespace, workload.serviceAccount),
    role: workload.role,
    client: pod.client,
    pod,
    region: isGlobal ? 'us-east-1' : workload.cluster.region,
  };
}

interface IssueOptions {
  readonly why: string;
  readonly at?: number;
  readonly name?: string;
  readonly seconds?: number;
  readonly showsAssumedRole?: boolean;
  /** Milliseconds by which `creationDate` is later than the issuance. */
  readonly startLag?: number;
}

/** AssumeRoleWithWebIdentity, granted. */
export function issueWebIdentity(stage: Stage, bearer: TokenBearer, options: IssueOptions): Session {
  const at = options.at ?? stage.now;
  const { pod, provider, subject, role, client } = bearer;
  const session = openSession(stage.random, {
    origin: 'web-identity',
    role,
    name: options.name ?? (pod ? webIdentitySessionName(stage.random, pod, at) : 'web-identity'),
    startedAt: at,
    seconds: options.seconds ?? HOUR,
    client,
    provider,
    subject,
    pod,
    showsAssumedRole: options.showsAssumedRole ?? true,
    startLag: options.startLag ?? 0,
  });
  emitWebIdentity(stage, bearer, at, options.why, session.name, session, options.seconds ?? null);
  return session;
}

/** AssumeRoleWithWebIdentity, refused: CloudTrail has neither the SDK's message nor a response. */
export function denyWebIdentity(stage: Stage, bearer: TokenBearer, options: IssueOptions): void {
  const at = options.at ?? stage.now;
  const name =
    options.name ?? (bearer.pod ? webIdentitySessionName(stage.random, bearer.pod, at) : 'web-identity');
  emitWebIdentity(stage, bearer, at, options.why, name, null, null);
}

function emitWebIdentity(
  stage: Stage,
  bearer: TokenBearer,
  at: number,
  why: string,
  sessionName: string,
  session: Session | null,
  seconds: number | null,
): void {
  const { provider, subject, role, client, pod, region } = bearer;
  const assumption = { role, sessionName, seconds, session, tags: [], incomingTags: [] };
  const globalFrom = pod?.workload.quirks.has('global-endpoint') ? pod.workload.cluster.region : null;
  stage.emit({
    at,
    account: role.account,
    region,
    why,
    principal: { kind: 'token', provider, subject, audience: 'sts.amazonaws.com', pod },
    action: {
      kind: 'web-identity',
      assumption,
      globalFrom,
    },
    outcome: session ? 'success' : STS_FAILURE,
    client,
  });
}

/** EKS Auth's AssumeRole for a pod, with the six session tags unless the association disables them. */
export function issuePodIdentity(stage: Stage, pod: Pod, why: string, at = stage.now): Session {
  const { workload } = pod;
  const isTagged = !workload.quirks.has('untagged');
  const session = openSession(stage.random, {
    origin: 'pod-identity',
    role: workload.role,
    name: podIdentitySessionName(stage.random, workload.cluster.name, pod.name),
    startedAt: at,
    seconds: 6 * HOUR,
    client: pod.client,
    pod,
    isTagged,
  });
  stage.emit({
    at,
    account: workload.role.account,
    region: workload.cluster.region,
    why,
    principal: { kind: 'service', service: 'pods.eks.amazonaws.com', pod },
    action: {
      kind: 'assume-role',
      assumption: {
        role: workload.role,
        sessionName: session.name,
        seconds: 6 * HOUR,
        session,
        tags: isTagged ? podTags(pod) : [],
        incomingTags: [],
      },
    },
    outcome: 'success',
    client: PODS_CLIENT,
    isShared: true,
  });
  return session;
}

export function podTags({ name, uid, workload }: Pod): Tag[] {
  return [
    { key: 'eks-cluster-arn', value: workload.cluster.arn },
    { key: 'eks-cluster-name', value: workload.cluster.name },
    { key: 'kubernetes-namespace', value: workload.namespace },
    { key: 'kubernetes-service-account', value: workload.serviceAccount },
    { key: 'kubernetes-pod-name', value: name },
    { key: 'kubernetes-pod-uid', value: uid },
  ];
}

export interface AssumeOptions extends IssueOptions {
  readonly region: string;
  readonly tags?: readonly Tag[];
}

/** AssumeRole by a role session; across accounts the target account gets its own copy. */
export function assumeRole(stage: Stage, from: Session, role: Role, options: AssumeOptions): Session {
  const at = options.at ?? stage.now;
  const isCallerDelivered = stage.isDelivered(from.role.account);
  const name = options.name ?? from.pod?.workload.sdk.assumeRoleName(stage.random, at) ?? 'assumed';
  const session = openSession(stage.random, {
    origin: 'assumed',
    role,
    name,
    startedAt: at,
    seconds: HOUR,
    client: from.client,
    parent: from,
    issuance: isCallerDelivered ? 'delivered' : 'target-copy',
  });
  const root = rootOf(from);
  const assumption = {
    role,
    sessionName: name,
    seconds: options.seconds ?? null,
    session,
    tags: options.tags ?? [],
    incomingTags: root.isTagged && root.pod ? podTags(root.pod) : [],
  };
  const isShared = from.role.account !== role.account && stage.isDelivered(role.account);
  const common = {
    at,
    region: options.region,
    action: { kind: 'assume-role', assumption },
    outcome: 'success',
    client: from.client,
    isShared,
  } as const;
  let detail: number | undefined;
  if (isCallerDelivered) {
    const principal: Principal = { kind: 'session', session: from, key: from.key, invokedBy: null };
    detail = stage.emit({ ...common, account: from.role.account, why: options.why, principal }).detail;
  }
  if (isShared) {
    const principal: Principal = {
      kind: 'account',
      session: from,
      isTwinDelivered: isCallerDelivered,
      hasKey: true,
    };
    stage.emit({ ...common, account: role.account, why: `${options.why}-target`, principal }, detail);
  }
  return session;
}

/** AssumeRole refused: recorded in the caller's account only, without the request's parameters. */
export function denyAssumeRole(stage: Stage, from: Session, role: Role, options: AssumeOptions): void {
  const caller = `arn:aws:sts::${from.role.account}:assumed-role/${from.role.name}/${from.name}`;
  stage.emit({
    at: options.at ?? stage.now,
    account: from.role.account,
    region: options.region,
    why: options.why,
    principal: { kind: 'session', session: from, key: from.key, invokedBy: null },
    action: {
      kind: 'assume-role',
      assumption: { role, sessionName: '', seconds: null, session: null, tags: [], incomingTags: [] },
    },
    outcome: {
      code: 'AccessDenied',
      message: `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`,
      hidesRequest: true,
    },
    client: from.client,
  });
}

/** AssumeRole by an IAM user of the role's account. */
export function assumeRoleAsUser(stage: Stage, user: IamUser, role: Role, options: AssumeOptions): Session {
  const at = options.at ?? stage.now;
  const session = openSession(stage.random, {
    origin: 'assumed',
    role,
    name: options.name ?? user.name,
    startedAt: at,
    seconds: HOUR,
    client: user.client,
  });
  const assumption = {
    role,
    sessionName: session.name,
    seconds: options.seconds ?? null,
    session,
    tags: options.tags ?? [],
    incomingTags: [],
  };
  stage.emit({
    at,
    account: user.account,
    region: options.region,
    why: options.why,
    principal: { kind: 'user', user },
    action: { kind: 'assume-role', assumption },
    outcome: 'success',
    client: user.client,
  });
  return session;
}

function rootOf(session: Session): Session {
  let root = session;
  while (root.parent) root = root.parent;
  return root;
}
