// Another account's copy of a call shows its caller's account only; the caller's own copy says who it was, where the two are sure to be one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, byToken, foreignIdentity, getObject, sessionIdentity } from '../corpus/parts.ts';
import { rowsOf, runMain } from '../support/run-main.ts';
import { type Json, type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

const session = {
  role: 'arn:aws:iam::111122223333:role/exporter',
  name: 'one',
  began: at('03:00:00'),
  key: 'ASIAEXAMPLEEXPORTER1',
  provider: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE',
};
const issued = byToken({
  id: 'issuance',
  session,
  subject: 'system:serviceaccount:etl:exporter',
  provider: session.provider,
});
const copy = (id: string, account: string, who: Json) =>
  getObject({
    id,
    time: at('03:10:00'),
    who,
    bucket: 'archive',
    key: 'a',
    account,
    more: { sharedEventID: 'one-call' },
  });

it.each([
  ['names the caller', foreignIdentity(session), 'exporter'],
  ['names its account only', { type: 'AWSAccount', accountId: '111122223333' }, 'exporter'],
  ['names another account', { type: 'AWSAccount', accountId: '444455556666' }, null],
  ['names nobody that can be compared', { type: 'AWSAccount', principalId: 'anonymous' }, null],
])('a copy that %s', async (name, who, serviceAccount) => {
  const folder = name.replaceAll(' ', '-');
  const own = copy('own copy', '111122223333', sessionIdentity(session));
  await files.log(`${folder}/a.json`, [issued, own, copy('other copy', '777788889999', who)]);
  const { stdout } = await runMain(['attribute', files.path(folder)]);
  const [other] = rowsOf(stdout).filter(({ recipient_account_id: account }) => account === '777788889999');
  expect(other?.workload_service_account).toBe(serviceAccount);
});
