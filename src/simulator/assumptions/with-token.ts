// Owns AssumeRoleWithWebIdentity, by pods and by others who hold a token, granted and refused.

import type { Outcome } from '../plan.ts';
import { openSession, type Session, subjectClaim, webIdentitySessionName } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { Client, Pod, Provider, Role } from '../world.ts';
import type { IssueOptions } from './issue-options.ts';

const HOUR = 3600;
/** What CloudTrail has of every refusal; the client is told more. */
const STS_FAILURE = {
  code: 'AccessDenied',
  message: 'An unknown error occurred',
} as const satisfies Outcome;

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

/** AssumeRoleWithWebIdentity, granted. */
export function issueWebIdentity(stage: Stage, bearer: TokenBearer, options: IssueOptions): Session {
  const { pod, provider, subject, role, client } = bearer;
  const session = openSession(stage.random, {
    origin: 'web-identity',
    role,
    name: sessionNameOf(stage, bearer, options),
    startedAt: options.at ?? stage.now,
    seconds: options.seconds ?? HOUR,
    client,
    provider,
    subject,
    pod,
    showsAssumedRole: options.showsAssumedRole ?? true,
    startLag: options.startLag ?? 0,
  });
  emitAssumption(stage, bearer, { ...options, name: session.name, session });
  return session;
}

/** AssumeRoleWithWebIdentity, refused: CloudTrail has neither the SDK's message nor a response. */
export function denyWebIdentity(stage: Stage, bearer: TokenBearer, options: IssueOptions): void {
  emitAssumption(stage, bearer, { ...options, name: sessionNameOf(stage, bearer, options), session: null });
}

function sessionNameOf(stage: Stage, { pod }: TokenBearer, { name, at = stage.now }: IssueOptions): string {
  if (name !== undefined) return name;
  return pod ? webIdentitySessionName(stage.random, pod, at) : 'web-identity';
}

function emitAssumption(
  stage: Stage,
  bearer: TokenBearer,
  attempt: IssueOptions & { readonly name: string; readonly session: Session | null },
): void {
  const { provider, subject, role, client, pod, region } = bearer;
  const { name: sessionName, session, seconds = null } = attempt;
  stage.emit({
    at: attempt.at ?? stage.now,
    account: role.account,
    region,
    why: attempt.why,
    principal: { kind: 'token', provider, subject, audience: 'sts.amazonaws.com', pod },
    action: {
      kind: 'web-identity',
      assumption: { role, sessionName, seconds, session, tags: [], incomingTags: [] },
      globalFrom: pod?.workload.quirks.has('global-endpoint') ? pod.workload.cluster.region : null,
    },
    outcome: session ? 'success' : STS_FAILURE,
    client,
  });
}
