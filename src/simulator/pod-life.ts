// Owns what pods do all day: hold credentials, renew them as their SDK does, call, and walk their role chain.

import { issuePodIdentity } from './assumptions/for-pod.ts';
import { assumeRole } from './assumptions/with-role.ts';
import { issueWebIdentity, podBearer } from './assumptions/with-token.ts';
import type { Outcome } from './plan.ts';
import type { RandomSource } from './random-source.ts';
import {
  openSession,
  podIdentitySessionName,
  type Session,
  subjectClaim,
  webIdentitySessionName,
} from './sessions.ts';
import type { Stage } from './stage.ts';
import type { Pod, Workload } from './world.ts';

const POD_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LONG_SECONDS = 43_200;
const RENEWAL_MARGIN = 60_000;
/** Of a session's life: what is left lets its pod be seen before it renews. */
const OLDEST_SHARE = 0.6;

/** Whether a pod has credentials when the trail begins. */
export type Beginning = 'without' | 'with' | 'either';

/** A pod of the workload, on one of its cluster's nodes. */
export function newPod(random: RandomSource, workload: Workload): Pod {
  const node = random.pick(workload.cluster.nodes);
  const isPrivate = workload.quirks.has('vpc-endpoint');
  const app = isDelegated(workload) ? workload.sdk.id : workload.serviceAccount;
  return {
    name: `${app}-${random.text(POD_ALPHABET, 9)}-${random.text(POD_ALPHABET, 5)}`,
    uid: random.uuid(),
    workload,
    client: {
      address: isPrivate ? node.privateAddress : node.publicAddress,
      userAgent: random.pick(workload.sdk.userAgents),
      vpcEndpointId: isPrivate ? `vpce-0${workload.resources.keyId.replaceAll('-', '').slice(0, 16)}` : null,
    },
  };
}

/** Whether the workload's pod acts as a ServiceAccount that is not its own. */
function isDelegated({ sdk }: Workload): boolean {
  return sdk.id === 'external-secrets' || sdk.id === 'secrets-store-csi';
}

/** A session issued before the trail begins: its calls are delivered, its issuance is not. */
export function sessionBeforeTrail(random: RandomSource, pod: Pod, start: number): Session {
  const { workload } = pod;
  const isLong = workload.quirks.has('long-session');
  const isIrsa = workload.mechanism === 'irsa';
  const seconds = isLong ? LONG_SECONDS : isIrsa ? 3600 : 21_600;
  const age = random.between(60, isLong ? 3600 : Math.floor(seconds * OLDEST_SHARE));
  const startedAt = start - age * 1000;
  return openSession(random, {
    origin: isIrsa ? 'web-identity' : 'pod-identity',
    role: workload.role,
    name: isIrsa
      ? webIdentitySessionName(random, pod, startedAt)
      : podIdentitySessionName(random, workload.cluster.name, pod.name),
    startedAt,
    seconds,
    client: pod.client,
    provider: workload.provider,
    subject: isIrsa ? subjectClaim(workload.namespace, workload.serviceAccount) : null,
    pod,
    isTagged: !isIrsa && !workload.quirks.has('untagged'),
    issuance: 'missing',
  });
}

/** One replica: its present pod, credentials and chained sessions. */
export class PodLife {
  private pod: Pod;
  private session: Session | null;
  private chained: Session[] = [];

  constructor(random: RandomSource, workload: Workload, start: number, beginning: Beginning) {
    this.pod = newPod(random, workload);
    const isLong = workload.quirks.has('long-session');
    const holds = beginning === 'with' || (beginning === 'either' && random.chance(0.7));
    this.session = isLong || holds ? sessionBeforeTrail(random, this.pod, start) : null;
    if (this.session && random.chance(0.6)) this.chained = chainBeforeTrail(random, this.session, start);
  }

  /** One thing the pod does now; false when it has nothing left to do. */
  act(stage: Stage): boolean {
    const { workload } = this.pod;
    const { random } = stage;
    const isLong = workload.quirks.has('long-session');
    const isLive = this.session !== null && this.session.expiresAt > stage.now + RENEWAL_MARGIN;
    if (!isLive && isLong) return false;
    const asksAnew = workload.sdk.cachesNothing && workload.mechanism === 'irsa' && random.chance(0.3);
    const session =
      !isLive || this.session === null || (asksAnew && !isLong) ? this.renew(stage) : this.session;
    this.session = session;
    const caller = workload.chain.length > 0 && random.chance(0.6) ? this.walkChain(stage, session) : session;
    const api = random.pick(workload.apis);
    const resources = caller === session ? workload.resources : workload.chainResources;
    const outcome = usualOutcome(random, api.service);
    const why = outcome === 'success' ? callLabel(caller) : 'call-failed';
    stage.call(caller, api, resources, { why, outcome });
    return true;
  }

  private renew(stage: Stage): Session {
    const { workload } = this.pod;
    if (stage.random.chance(0.06)) this.pod = newPod(stage.random, workload);
    this.chained = [];
    return issue(stage, this.pod);
  }

  private walkChain(stage: Stage, first: Session): Session {
    const { workload } = this.pod;
    let caller = first;
    workload.chain.forEach((role, depth) => {
      const held = this.chained[depth];
      if (held && held.expiresAt > stage.now + RENEWAL_MARGIN) {
        caller = held;
        return;
      }
      const region = workload.cluster.region;
      caller = assumeRole(stage, caller, role, { why: 'chain-assume', region });
      this.chained[depth] = caller;
      this.chained.length = depth + 1;
    });
    return caller;
  }
}

/** A delivered session for the pod, by its workload's mechanism. */
function issue(stage: Stage, pod: Pod): Session {
  const { workload } = pod;
  if (workload.mechanism === 'irsa') {
    return issueWebIdentity(stage, podBearer(pod), { why: issuanceLabel(workload) });
  }
  return issuePodIdentity(
    stage,
    pod,
    workload.quirks.has('untagged') ? 'untagged-issuance' : 'pod-identity-issuance',
  );
}

function issuanceLabel(workload: Workload): string {
  if (isDelegated(workload)) return 'delegate-issuance';
  if (!workload.cluster.isEks) return 'custom-issuer-issuance';
  return workload.role.account === workload.cluster.account ? 'irsa-issuance' : 'irsa-issuance-other-account';
}

/** What kind of call this is, for tests to count. */
function callLabel(session: Session): string {
  const { pod } = session;
  if (!pod) return 'other-call';
  const { workload } = pod;
  const when = session.issuance === 'missing' ? '-before-trail' : '';
  if (session.parent) return `chain-call${when}`;
  if (workload.quirks.has('long-session')) {
    return workload.naming === 'convention' ? 'named-session-call' : 'provider-only-call';
  }
  if (isDelegated(workload)) return `delegate-call${when}`;
  if (workload.quirks.has('untagged')) return `untagged-call${when}`;
  if (workload.naming !== 'sdk') return `${workload.naming}-named-call${when}`;
  return `${workload.mechanism}-call${when}`;
}

function chainBeforeTrail(random: RandomSource, first: Session, start: number): Session[] {
  const workload = first.pod?.workload;
  let parent = first;
  return (workload?.chain ?? []).map((role) => {
    const earliest = Math.max(parent.startedAt, start - 3_000_000);
    const startedAt = earliest + random.below(start - earliest);
    const name = workload?.sdk.assumeRoleName(random, startedAt) ?? 'assumed';
    const { client } = first;
    parent = openSession(random, {
      origin: 'assumed',
      role,
      name,
      startedAt,
      seconds: 3600,
      client,
      parent,
      issuance: 'missing',
    });
    return parent;
  });
}

function usualOutcome(random: RandomSource, service: string): Outcome {
  if (random.chance(0.97)) return 'success';
  if (random.chance(0.6)) return 'denied';
  if (service === 's3') return { code: 'NoSuchKey', message: 'The specified key does not exist.' };
  if (service === 'dynamodb')
    return { code: 'ConditionalCheckFailedException', message: 'The conditional request failed' };
  return { code: 'ThrottlingException', message: 'Rate exceeded' };
}
