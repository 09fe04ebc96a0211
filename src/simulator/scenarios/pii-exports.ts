// Owns the story of the bucket `pii-exports`: who used it in the trail's first hour, each by another way to AWS. The demo asks
// about it, so the bucket, the workloads and what they do are the same for every seed.

import { issuePodIdentity } from '../assumptions/for-pod.ts';
import { assumeRole, assumeRoleAsUser } from '../assumptions/with-role.ts';
import { issueWebIdentity, podBearer } from '../assumptions/with-token.ts';
import type { Outcome } from '../plan.ts';
import { newPod, sessionBeforeTrail } from '../pod-life.ts';
import type { Api } from '../services/api.ts';
import { s3GetObject, s3ListObjects, s3PutObject } from '../services/storage.ts';
import type { Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { IamUser, Pod, World } from '../world.ts';
import { castWorkload } from './cast.ts';
import type { Scenario } from './scenario.ts';

export interface Scene {
  /** Minutes after the trail's beginning. */
  readonly minute: number;
  readonly play: Scenario;
}

interface Actor {
  readonly why: string;
  readonly enters: number;
  readonly enter: (stage: Stage) => Session;
  readonly calls: readonly Visit[];
  readonly outcome?: Outcome;
}

interface Visit {
  readonly api: Api;
  readonly from: number;
  readonly times: number;
  /** Minutes between two calls. */
  readonly every: number;
}

/** The scenes in the order in which they are played. */
export function piiExportsScenes(trailStart: number): Scene[] {
  return [exporter, builder, secondBuilder, caseViewer, toolbox, person, impostor, refused]
    .flatMap(scenesOf)
    .concat(archiverScenes(trailStart))
    .sort((one, other) => one.minute - other.minute);
}

function scenesOf({ why, enters, enter, calls, outcome = 'success' }: Actor): Scene[] {
  let session: Session | null = null;
  const visits = calls.flatMap(({ api, from, times, every }) =>
    Array.from({ length: times }, (_, visit) => ({ api, minute: from + visit * every })),
  );
  return [
    {
      minute: enters,
      play: (stage) => {
        session = enter(stage);
      },
    },
    ...visits.map(({ api, minute }) => ({
      minute,
      play: (stage: Stage) => {
        if (session) stage.call(session, api, stage.world.piiExports, { why, outcome, onBehalf: 'never' });
      },
    })),
  ];
}

/** Writes the exports, with IRSA. */
const exporter: Actor = {
  why: 'exports-irsa',
  enters: 4,
  enter: (stage) => issueToPod(stage, 'privacy/exporter'),
  calls: [
    { api: s3PutObject, from: 5, times: 18, every: 2.5 },
    { api: s3ListObjects, from: 6, times: 3, every: 15 },
  ],
};

/** Reads them, with Pod Identity: the session tags name the pod. */
const builder: Actor = {
  why: 'exports-pod-identity',
  enters: 8,
  enter: (stage) => issueToTaggedPod(stage, newCastPod(stage, 'reports/builder')),
  calls: [{ api: s3GetObject, from: 9, times: 20, every: 1.2 }],
};

const secondBuilder: Actor = {
  ...builder,
  enters: 34,
  calls: [{ api: s3GetObject, from: 35, times: 14, every: 1.5 }],
};

/** Reads them from another account's cluster, through a role of the account that owns the bucket. */
const caseViewer: Actor = {
  why: 'exports-chain',
  enters: 12,
  enter: (stage) => {
    const workload = castWorkload(stage.world, 'support/case-viewer');
    const [role] = workload.chain;
    const first = issueToPod(stage, 'support/case-viewer');
    if (!role) throw new RangeError('the case viewer has no chain');
    return assumeRole(stage, first, role, { why: 'exports-chain-assume', region: workload.cluster.region });
  },
  calls: [{ api: s3GetObject, from: 13, times: 9, every: 4 }],
};

/** A pod on a role that people use, too. */
const toolbox: Actor = {
  why: 'exports-shared-role',
  enters: 16,
  enter: (stage) => issueToTaggedPod(stage, newPod(stage.random, stage.world.peopleAndPods)),
  calls: [{ api: s3ListObjects, from: 17, times: 6, every: 3 }],
};

/** A person on the toolbox's role. */
const person: Actor = {
  why: 'exports-person',
  enters: 21,
  enter: (stage) =>
    assumeRoleAsUser(stage, castUser(stage.world, 'alice'), stage.world.peopleAndPods.role, {
      why: 'exports-person-assume',
      region: stage.world.piiExports.region,
    }),
  calls: [{ api: s3GetObject, from: 22, times: 4, every: 2 }],
};

/** A person whose session is named as if it were the exporter's. */
const impostor: Actor = {
  why: 'exports-impostor',
  enters: 27,
  enter: (stage) =>
    assumeRoleAsUser(stage, castUser(stage.world, 'bob'), stage.world.breakGlass, {
      why: 'exports-impostor-assume',
      name: `eks-privacy-exporter-${Math.floor(stage.now / 1000)}`,
      region: stage.world.piiExports.region,
    }),
  calls: [{ api: s3GetObject, from: 28, times: 7, every: 1 }],
};

/** A workload that has no business here. */
const refused: Actor = {
  why: 'exports-denied',
  enters: 30,
  enter: (stage) => issueToPod(stage, 'frontend/api'),
  calls: [{ api: s3GetObject, from: 31, times: 5, every: 3 }],
  outcome: 'denied',
};

/** Holds a session from before the trail; when it renews, its role is seen to serve nobody else. */
function archiverScenes(trailStart: number): Scene[] {
  const archiver: Actor = {
    why: 'exports-before-trail',
    enters: 1,
    enter: ({ random, world }) =>
      sessionBeforeTrail(random, newPod(random, castWorkload(world, 'billing/archiver')), trailStart),
    calls: [{ api: s3GetObject, from: 2, times: 12, every: 2 }],
  };
  const renews: Scene = { minute: 33, play: (stage) => issueToPod(stage, 'billing/archiver') };
  return [...scenesOf(archiver), renews];
}

function newCastPod(stage: Stage, workload: string): Pod {
  return newPod(stage.random, castWorkload(stage.world, workload));
}

function issueToPod(stage: Stage, workload: string): Session {
  return issueWebIdentity(stage, podBearer(newCastPod(stage, workload)), { why: 'exports-irsa-issuance' });
}

function issueToTaggedPod(stage: Stage, pod: Pod): Session {
  return issuePodIdentity(stage, pod, 'exports-pod-identity-issuance');
}

function castUser(world: World, name: string): IamUser {
  const found = world.users.find((user) => user.name === name);
  if (!found) throw new RangeError(`no user ${name} in the cast`);
  return found;
}
