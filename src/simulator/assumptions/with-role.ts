// Owns plain AssumeRole: by sessions, by people and by services, granted and refused, with the copies it leaves.

import type { Principal, Tag } from '../plan.ts';
import { openSession, type Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { IamUser, Role } from '../world.ts';
import { podTags } from './for-pod.ts';
import type { IssueOptions } from './issue-options.ts';

const HOUR = 3600;

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

/** A service's own AssumeRole: an issuance without a person, a pod or `assumedRoleUser`. */
export function assumeByService(stage: Stage, service: string, session: Session): void {
  stage.emit({
    at: session.startedAt,
    account: session.role.account,
    region: 'us-west-2',
    why: 'service-issuance',
    principal: { kind: 'service', service, pod: null },
    action: {
      kind: 'assume-role',
      assumption: {
        role: session.role,
        sessionName: session.name,
        seconds: null,
        session,
        tags: [],
        incomingTags: [],
      },
    },
    outcome: 'success',
    client: { address: service, userAgent: service, vpcEndpointId: null },
    isShared: true,
  });
}
