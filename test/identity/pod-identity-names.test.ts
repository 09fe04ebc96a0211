// A Pod Identity session whose issuance is not in the records: its name, which EKS makes, shows whose cluster it cannot be.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, forPod, getObject, type Session, sessionIdentity } from '../corpus/parts.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

const role = 'arn:aws:iam::111122223333:role/app';
const nameOf = (cluster: string, pod: string) => `eks-${cluster}-${pod}-0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012`;

function session(name: string, began: string, key: string): Session {
  return { role, name, began: at(began), key };
}

it.each([
  ['the same cluster, its name cut to ten characters', 'production', 'api'],
  ['another cluster', 'staging', null],
])('is the sole subject’s of its role for %s', async (folder, cluster, serviceAccount) => {
  const issued = forPod({
    id: 'issuance',
    session: session(nameOf('production', 'api-1'), '03:00:00', 'ASIAEXAMPLEPODKEY001'),
    tags: {
      clusterArn: 'arn:aws:eks:us-west-2:111122223333:cluster/production-eu',
      namespace: 'web',
      serviceAccount: 'api',
      pod: 'api-1',
      podUid: '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
    },
  });
  const called = getObject({
    id: 'call',
    time: at('03:30:00'),
    who: sessionIdentity(session(nameOf(cluster, 'api-2'), '02:00:00', 'ASIAEXAMPLEPODKEY002')),
    bucket: 'archive',
    key: 'a',
  });
  await files.log(`${folder}/a.json`, [issued, called]);
  const rows = await rowsFrom(['attribute', files.path(folder)]);
  const row = rows.find(({ event_name: name }) => name === 'GetObject');
  expect(row).toMatchObject({
    workload_service_account: serviceAccount,
    confidence: serviceAccount === null ? 'unknown' : 'inferred',
    principal_class: 'workload',
  });
});
