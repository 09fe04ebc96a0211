// Owns people who look like pods, and one pod that looks like another: telling session names and tags prove nothing.

import { podTags } from '../assumptions/for-pod.ts';
import { assumeRole, assumeRoleAsUser } from '../assumptions/with-role.ts';
import { issueWebIdentity, podBearer } from '../assumptions/with-token.ts';
import { accountResources } from '../bystanders/bystander.ts';
import { personSession } from '../bystanders/people.ts';
import { githubBearer } from '../bystanders/pipelines.ts';
import { HOSTILE_SESSION_NAMES } from '../hostile-strings.ts';
import type { Tag } from '../plan.ts';
import { newPod } from '../pod-life.ts';
import { getSecretValue } from '../services/secrets.ts';
import { s3GetObject, s3ListObjects } from '../services/storage.ts';
import { podIdentitySessionName, type Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { IamUser, Role } from '../world.ts';
import { castWorkload } from './cast.ts';

const REGION = 'us-west-2';

function userOf(stage: Stage, role: Role): IamUser {
  const user = stage.world.users.find(({ account }) => account === role.account);
  if (!user) throw new RangeError(`no user in ${role.account}`);
  return user;
}

/** The person's calls, with Secrets Manager calling KMS without their key. */
function rummage(stage: Stage, session: Session, why: string): void {
  const resources = accountResources(session.role.account, REGION);
  stage.call(session, s3ListObjects, resources, { why });
  stage.call(session, s3GetObject, resources, { why, onBehalf: 'never' });
  const onBehalf = stage.random.chance(0.5) ? 'without-key' : 'other-key';
  stage.call(session, getSecretValue, resources, { why, onBehalf, onBehalfWhy: `${why}-fas` });
}

function impersonate(stage: Stage, role: Role, why: string, name: string, tags: readonly Tag[] = []): void {
  const session = assumeRoleAsUser(stage, userOf(stage, role), role, {
    why: `${why}-assume`,
    name,
    tags,
    region: REGION,
  });
  rummage(stage, session, why);
}

export function conventionName(stage: Stage): void {
  impersonate(stage, stage.world.breakGlass, 'impostor-session-name', 'eks-payments-api-1708012345');
}

/** EKS's own form of a name, on a role that pods hold through Pod Identity. */
export function podIdentityName(stage: Stage): void {
  const { peopleAndPods } = stage.world;
  const pod = newPod(stage.random, peopleAndPods);
  const name = podIdentitySessionName(stage.random, peopleAndPods.cluster.name, pod.name);
  impersonate(stage, peopleAndPods.role, 'impostor-pod-identity-name', name);
}

export function podName(stage: Stage): void {
  const pod = newPod(stage.random, castWorkload(stage.world, 'search/indexer', REGION));
  impersonate(stage, stage.world.breakGlass, 'impostor-pod-name', pod.name);
}

/** All six tags, as EKS Auth would set them: whoever may tag a session may write them. */
export function podTagsOfOnesOwn(stage: Stage): void {
  const pod = newPod(stage.random, castWorkload(stage.world, 'orders/worker', REGION));
  const name = podIdentitySessionName(stage.random, pod.workload.cluster.name, pod.name);
  impersonate(stage, stage.world.breakGlass, 'impostor-tags', name, podTags(pod));
}

export function personOnPodIdentityRole(stage: Stage): void {
  impersonate(stage, stage.world.peopleAndPods.role, 'person-on-pod-identity-role', 'alice');
}

/** The role of an IRSA workload, whose pods are told from the person by their provider. */
export function personOnIrsaRole(stage: Stage): void {
  const { role } = castWorkload(stage.world, 'billing/invoicer');
  impersonate(stage, role, 'person-on-irsa-role', `eks-billing-invoicer-${Math.floor(stage.now / 1000)}`);
}

/** A person, through SSO, in the role at the end of a pod's chain. */
export function personOnChainRole(stage: Stage): void {
  const [role] = castWorkload(stage.world, 'payments/api').chain;
  const [ssoRole] = stage.world.ssoRoles;
  if (!role || !ssoRole) return;
  const why = 'person-on-chain-role';
  const person = personSession(stage, ssoRole, 'grace@example.com');
  const session = assumeRole(stage, person, role, {
    why: `${why}-assume`,
    name: 'grace@example.com',
    region: REGION,
  });
  rummage(stage, session, why);
}

/** Names that are legal in STS and harmful elsewhere. */
export function harmfulName(stage: Stage): void {
  const name = stage.hostile ? stage.random.pick(HOSTILE_SESSION_NAMES) : 'maintenance';
  impersonate(stage, stage.world.breakGlass, 'harmful-session-name', name);
}

/** A pod that names its session after another workload: its token says who it is. */
export function podUnderAnotherName(stage: Stage): void {
  const workload = castWorkload(stage.world, 'frontend/api', REGION);
  const pod = newPod(stage.random, workload);
  const other = castWorkload(stage.world, 'orders/worker', REGION);
  const name = stage.random.pick([
    'eks-payments-api-1708012345',
    podIdentitySessionName(stage.random, other.cluster.name, newPod(stage.random, other).name),
  ]);
  const why = 'pod-under-another-name';
  const session = issueWebIdentity(stage, podBearer(pod), { why: `${why}-issuance`, name });
  rummage(stage, session, why);
}

/** A deployment pipeline on a role that a pod uses: another provider, no Kubernetes subject. */
export function pipelineOnPodRole(stage: Stage): void {
  const { role } = castWorkload(stage.world, 'velero/velero-server');
  const why = 'github-on-pod-role';
  const session = issueWebIdentity(stage, githubBearer(stage, role), {
    why: `${why}-issuance`,
    name: 'GitHubActions',
  });
  rummage(stage, session, why);
}
