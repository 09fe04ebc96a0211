// Owns refused assumptions: of tokens, once or in a storm, and of plain AssumeRole.

import { denyAssumeRole } from '../assumptions/with-role.ts';
import { denyWebIdentity, issueWebIdentity, podBearer, type TokenBearer } from '../assumptions/with-token.ts';
import { personSession } from '../bystanders/people.ts';
import { githubBearer } from '../bystanders/pipelines.ts';
import { newPod } from '../pod-life.ts';
import { subjectClaim } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { Workload } from '../world.ts';
import { castWorkload } from './cast.ts';

/** A pod of `workload` whose ServiceAccount the role's trust policy does not expect. */
function strangerTo(stage: Stage, workload: Workload): TokenBearer {
  const stranger: Workload = { ...workload, serviceAccount: 'default' };
  const pod = newPod(stage.random, stranger);
  return { ...podBearer(pod), subject: subjectClaim(workload.namespace, 'default') };
}

export function wrongServiceAccount(stage: Stage): void {
  denyWebIdentity(stage, strangerTo(stage, castWorkload(stage.world, 'frontend/api')), {
    why: 'irsa-denied',
  });
}

/** A client without back-off: CloudTrail has thousands of these in minutes. */
export function denialStorm(stage: Stage): void {
  const bearer = strangerTo(stage, castWorkload(stage.world, 'logging/fluent-bit'));
  const attempts = stage.random.between(15, 40);
  for (let attempt = 0; attempt < attempts; attempt++) {
    denyWebIdentity(stage, bearer, { why: 'irsa-denied-storm', at: stage.now + attempt * 700 });
  }
}

/** The role as asked for does not exist. */
export function missingRole(stage: Stage): void {
  const bearer = podBearer(newPod(stage.random, castWorkload(stage.world, 'etl/loader')));
  denyWebIdentity(stage, { ...bearer, role: stage.world.missingRole }, { why: 'irsa-denied-missing-role' });
}

/** Refused while the trust policy is being mended, then granted. */
export function deniedThenGranted(stage: Stage): void {
  const bearer = podBearer(newPod(stage.random, castWorkload(stage.world, 'audit/collector')));
  denyWebIdentity(stage, bearer, { why: 'denied-then-granted' });
  issueWebIdentity(stage, bearer, { why: 'denied-then-granted', at: stage.now + 45_000 });
}

export function pipelineRefused(stage: Stage): void {
  const role = stage.random.pick(stage.world.github.roles);
  denyWebIdentity(stage, githubBearer(stage, role), { why: 'github-denied', name: 'GitHubActions' });
}

/** The second hop refused: in the caller's account only, without the request. */
export function chainRefused(stage: Stage): void {
  const workload = castWorkload(stage.world, 'etl/loader');
  const pod = newPod(stage.random, workload);
  const session = issueWebIdentity(stage, podBearer(pod), { why: 'chain-denied-issuance' });
  const options = { why: 'chain-denied', at: stage.now + 2000, region: workload.cluster.region };
  denyAssumeRole(stage, session, stage.world.meetingRole, options);
}

export function personRefused(stage: Stage): void {
  const [ssoRole] = stage.world.ssoRoles;
  if (!ssoRole) return;
  const session = personSession(stage, ssoRole, 'heidi@example.com');
  const { role } = castWorkload(stage.world, 'payments/api');
  denyAssumeRole(stage, session, role, { why: 'person-assume-denied', region: 'us-west-2' });
}
