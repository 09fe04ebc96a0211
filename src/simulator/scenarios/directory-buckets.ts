// Owns calls to directory buckets, which show a key of S3's own: by a pod, and by people in the same role and under the same name.

import { assumeRoleAsUser } from '../assumptions/with-role.ts';
import { issueWebIdentity, podBearer } from '../assumptions/with-token.ts';
import { newPod } from '../pod-life.ts';
import type { Stage } from '../stage.ts';
import { castWorkload } from './cast.ts';

export function podAndNamesake(stage: Stage): void {
  const workload = castWorkload(stage.world, 'billing/invoicer');
  const bearer = podBearer(newPod(stage.random, workload));
  const session = issueWebIdentity(stage, bearer, { why: 'directory-bucket-issuance' });
  stage.callBucket(session, workload.resources, 'directory-bucket');
  const user = stage.world.users.find(({ account }) => account === workload.role.account);
  if (!user) throw new RangeError(`no user in ${workload.role.account}`);
  const why = 'directory-bucket-namesake';
  const options = { why: `${why}-assume`, name: session.name, region: workload.cluster.region };
  const namesake = assumeRoleAsUser(stage, user, workload.role, options);
  stage.callBucket(namesake, workload.resources, why);
  stage.callBucket(namesake, workload.resources, `${why}-before-trail`, false);
}
