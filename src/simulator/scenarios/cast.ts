// Owns finding members of the cast by name, and what scenarios share.

import type { Workload, World } from '../world.ts';

/** The cast's workload `namespace/serviceAccount`, in the given region's cluster where several have one. */
export function castWorkload(world: World, name: string, region?: string): Workload {
  const found = world.workloads.find(
    ({ namespace, serviceAccount, cluster, quirks }) =>
      `${namespace}/${serviceAccount}` === name &&
      (region === undefined || cluster.region === region) &&
      !quirks.has('long-session'),
  );
  if (!found) throw new RangeError(`no workload ${name} in the cast`);
  return found;
}
