// Owns collisions: several sessions of one role that begin in one second, told apart by key but not always without one.

import { compact } from '../../compact.ts';
import { issuePodIdentity } from '../assumptions/for-pod.ts';
import { assumeRole } from '../assumptions/with-role.ts';
import { issueWebIdentity, podBearer } from '../assumptions/with-token.ts';
import { personSession } from '../bystanders/people.ts';
import { newPod } from '../pod-life.ts';
import { getSecretValue } from '../services/secrets.ts';
import { s3GetObject } from '../services/storage.ts';
import type { Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { Workload } from '../world.ts';
import { castWorkload } from './cast.ts';

/** A call with the key, and Secrets Manager's calls to KMS, with another key or none. */
function callAndFollow(stage: Stage, session: Session, why: string): void {
  const resources = session.pod?.workload.resources;
  if (!resources) return;
  const at = stage.now + stage.random.below(20_000);
  const onBehalf = stage.random.chance(0.5) ? 'without-key' : 'other-key';
  stage.call(session, getSecretValue, resources, { why, at, onBehalf, onBehalfWhy: `${why}-fas` });
}

function issueOne(stage: Stage, workload: Workload, why: string, name?: string): Session {
  const bearer = podBearer(newPod(stage.random, workload));
  return issueWebIdentity(stage, bearer, {
    why,
    ...compact({ name }),
  });
}

/** External Secrets refreshes several stores at once: equal names, equal second, equal subject. */
export function oneSubjectInOneSecond(stage: Stage): void {
  const workload = castWorkload(stage.world, 'payments/secrets-reader');
  const sessions = [1, 2, 3].map(() => issueOne(stage, workload, 'same-second-one-subject'));
  for (const session of sessions) callAndFollow(stage, session, 'same-second-one-subject');
}

/** The same with two subjects on one role: without the key, nobody can tell. */
export function twoSubjectsInOneSecond(stage: Stage): void {
  const sessions = ['frontend/secrets-reader', 'etl/secrets-reader'].map((name) =>
    issueOne(stage, castWorkload(stage.world, name), 'same-second-two-subjects'),
  );
  for (const session of sessions) callAndFollow(stage, session, 'same-second-two-subjects');
}

/** Two subjects on one role, but with session names that differ. */
export function readableNamesInOneSecond(stage: Stage): void {
  const sessions = ['etl/loader', 'etl/cleaner'].map((name, index) =>
    issueOne(
      stage,
      castWorkload(stage.world, name),
      'same-second-readable-names',
      `aws-sdk-java-${Math.floor(stage.now / 1000)}${100 + index}`,
    ),
  );
  for (const session of sessions) callAndFollow(stage, session, 'same-second-readable-names');
}

/** One namespace and ServiceAccount on two clusters that share a role: the provider tells them apart. */
export function twoClustersInOneSecond(stage: Stage): void {
  const sessions = ['us-west-2', 'eu-west-1'].map((region) =>
    issueOne(
      stage,
      castWorkload(stage.world, 'audit/collector', region),
      'same-second-two-clusters',
      'collector',
    ),
  );
  for (const session of sessions) callAndFollow(stage, session, 'same-second-two-clusters');
}

/** Issuances whose responses lack `assumedRoleUser`: the session names that were asked for tell them apart. */
export function sparseResponses(stage: Stage): void {
  for (const name of ['etl/loader', 'etl/cleaner']) {
    const bearer = podBearer(newPod(stage.random, castWorkload(stage.world, name)));
    const session = issueWebIdentity(stage, bearer, {
      why: 'sparse-response',
      name: `${name.split('/')[1]}-${stage.random.below(1000)}`,
      showsAssumedRole: false,
    });
    callAndFollow(stage, session, 'sparse-response');
  }
}

/** A rollout: EKS Auth assumes the role for two pods at once. */
export function podIdentityRollout(stage: Stage): void {
  const workload = castWorkload(stage.world, 'orders/worker');
  const sessions = [1, 2].map(() =>
    issuePodIdentity(stage, newPod(stage.random, workload), 'pod-identity-rollout'),
  );
  for (const session of sessions) callAndFollow(stage, session, 'pod-identity-rollout');
}

/** Two workloads reach one role by their chains in one second, under one constant name. */
export function chainsMeetInOneSecond(stage: Stage): void {
  const role = stage.world.meetingRole;
  const sessions = ['etl/loader', 'frontend/api'].map((name) => {
    const workload = castWorkload(stage.world, name);
    const first = issueOne(stage, workload, 'chains-meet-issuance');
    return assumeRole(stage, first, role, {
      why: 'chains-meet-assume',
      name: 'temporary-credentials',
      region: workload.cluster.region,
    });
  });
  for (const session of sessions) callAndFollow(stage, session, 'chains-meet');
}

/** A pod's chain and a person reach one role in one second, under one name. */
export function personMeetsChain(stage: Stage): void {
  const { meetingRole, ssoRoles } = stage.world;
  const [ssoRole] = ssoRoles;
  if (!ssoRole) return;
  const workload = castWorkload(stage.world, 'frontend/api', 'us-west-2');
  const why = 'person-meets-chain';
  const first = issueOne(stage, workload, `${why}-issuance`);
  const options = { why: `${why}-assume`, name: 'import', region: workload.cluster.region };
  const session = assumeRole(stage, first, meetingRole, options);
  assumeRole(stage, personSession(stage, ssoRole, 'frank@example.com'), meetingRole, options);
  callAndFollow(stage, session, why);
}

/** Velero's Go SDK opens a session per client: many in a few minutes, some in one second. */
export function sessionPerClient(stage: Stage): void {
  const pod = newPod(stage.random, castWorkload(stage.world, 'velero/velero-server'));
  let at = stage.now;
  for (let client = 0; client < 6; client++) {
    const session = issueWebIdentity(stage, podBearer(pod), { why: 'session-per-client', at });
    stage.call(session, s3GetObject, pod.workload.resources, { why: 'session-per-client', at: at + 300 });
    at += stage.random.pick([0, 400, 900, 15_000, 40_000]);
  }
}

/** A session whose `creationDate` is one second after its issuance: the key still fits, the start does not. */
export function startOneSecondLater(stage: Stage): void {
  const workload = castWorkload(stage.world, 'frontend/api');
  const bearer = podBearer(newPod(stage.random, workload));
  const session = issueWebIdentity(stage, bearer, { why: 'start-one-second-later', startLag: 1000 });
  callAndFollow(stage, session, 'start-one-second-later');
}
