// What a role that only pods seem to use says of a session whose issuance is not in the records.
import { expect, it } from 'vitest';
import { PROVIDER } from '../corpus/cases.ts';
import { at, byToken, forPod, getObject, key, sessionIdentity } from '../corpus/parts.ts';
import { loadedStore } from '../support/loaded-store.ts';

const ROLE = 'arn:aws:iam::111122223333:role/pods';
const session = (name: string, time: string) => ({ role: ROLE, name, began: at(time), key: key(name) });

const forApi = forPod({
  id: 'for api',
  session: session('eks-prod-api-0-3c1d9d2e-4f5a-4b6c-8d7e-9f0a1b2c3d4e', '03:00:00'),
  tags: {
    clusterArn: 'arn:aws:eks:us-west-2:111122223333:cluster/prod',
    namespace: 'ns-a',
    serviceAccount: 'api',
    pod: 'api-0',
    podUid: '3c1d9d2e-4f5a-4b6c-8d7e-9f0a1b2c3d4e',
  },
});
/** Of a session that began before the records do. */
const older = getObject({
  id: 'older',
  time: at('03:10:00'),
  who: sessionIdentity(session('eks-prod-api-0-11111111-2222-4333-8444-555555555555', '01:00:00')),
  bucket: 'b',
  key: 'k',
});
const byWeb = (subject: string) => {
  const web = { ...session('web', '03:05:00'), provider: PROVIDER };
  return byToken({ id: 'by web', session: web, subject, provider: PROVIDER });
};

it.each([
  [
    'EKS alone has assumed',
    [],
    { workload_service_account: 'api', evidence: 'role-subject', confidence: 'inferred' },
  ],
  [
    'a token of another ServiceAccount has assumed too',
    [byWeb('system:serviceaccount:ns-b:web')],
    { workload_service_account: null, confidence: 'unknown' },
  ],
  [
    'a token of nobody in Kubernetes has assumed too',
    [byWeb('repo:org/app:ref:refs/heads/main')],
    { workload_service_account: null, confidence: 'unknown' },
  ],
])('a session of Pod Identity on a role that %s', async (_, others, said) => {
  const store = await loadedStore([forApi, older, ...others]);
  try {
    const rows = await store.ask('attributed-calls');
    expect(rows.find(({ event_time }) => event_time === at('03:10:00'))).toMatchObject(said);
  } finally {
    await store.remove();
  }
});
