// Owns the list of everybody around the pods, the frequent ones more than once.

import type { World } from '../world.ts';
import type { Bystander } from './bystander.ts';
import { NodeAgent } from './nodes.ts';
import { PersonInRole, UserAtDesk } from './people.ts';
import { DeploymentPipeline } from './pipelines.ts';
import { FunctionInRole, ServiceInRole, ServiceItself } from './services.ts';

export function bystandersOf(world: World): Bystander[] {
  return [
    ...world.clusters.flatMap((cluster) => cluster.nodes.map((node) => new NodeAgent(cluster, node))),
    ...world.users.map((user) => new UserAtDesk(user)),
    ...world.ssoRoles.map((role) => new PersonInRole(role)),
    ...world.lambdaRoles.map((role) => new FunctionInRole(role)),
    ...world.serviceLinkedRoles.map((role) => new ServiceInRole(role)),
    new ServiceItself(),
    new ServiceItself(),
    ...[1, 2, 3].map(() => new DeploymentPipeline()),
  ];
}
