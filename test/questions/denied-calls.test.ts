// denied-calls: what counts as a refusal, in all its spellings, and which role it is of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  at,
  byCaller,
  byToken,
  call,
  DATA,
  foreignIdentity,
  forPod,
  getObject,
  idOf,
  type PodTags,
  type Session,
  sessionIdentity,
} from '../corpus/parts.ts';
import { type LoadedStore, loadedStore } from '../support/loaded-store.ts';

const ROLES = 'arn:aws:iam::111122223333:role/';
const PROVIDER =
  'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C';
const web: Session = {
  role: `${ROLES}web`,
  name: 'web',
  began: at('03:00:00'),
  key: 'ASIAEXAMPLEWEB000001',
  provider: PROVIDER,
};
const first: Session = {
  role: `${ROLES}first`,
  name: 'first',
  began: at('03:00:10'),
  key: 'ASIAEXAMPLEFIRST0001',
};
const second: Session = {
  role: `arn:aws:iam::${DATA}:role/second`,
  name: 'second',
  began: at('03:00:11'),
  key: 'ASIAEXAMPLESECOND001',
};
const TAGS: PodTags = {
  clusterArn: 'arn:aws:eks:us-west-2:111122223333:cluster/shop',
  namespace: 'orders',
  serviceAccount: 'worker',
  pod: 'worker-0',
  podUid: '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
};

const REFUSALS = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'Client.UnauthorizedAccess',
  'Client.UnauthorizedOperation',
  'Forbidden',
  'ForbiddenException',
  'KMS.AccessDeniedException',
  'NotAuthorized',
  'UnauthorizedAccess',
  'UnauthorizedException',
  'UnauthorizedOperation',
  'VpceAccessDenied',
];
const OTHER_FAILURES = [
  'Client.DryRunOperation',
  'Client.UnauthorizedOperationLimitExceeded',
  'ExpiredToken',
  'NoSuchKey',
  'NotAuthorizedException',
  'ThrottlingException',
];

/** EKS takes the association's second role with the session of the first one. */
const targetRole = (id: string, session: Session, more: { error?: string }) =>
  byCaller({
    id,
    session,
    who: { ...sessionIdentity(first), invokedBy: 'pods.eks.amazonaws.com' },
    tags: TAGS,
    ...more,
  });

let store: LoadedStore;

beforeAll(async () => {
  const copies = { sharedEventID: idOf('refused twice') };
  store = await loadedStore([
    byToken({ id: 'web', session: web, subject: 'system:serviceaccount:web:api', provider: PROVIDER }),
    ...[...REFUSALS, ...OTHER_FAILURES].map((error) =>
      call({
        id: error,
        time: at('03:01:00'),
        who: sessionIdentity(web),
        service: 'ec2',
        action: 'DescribeInstances',
        error,
      }),
    ),
    ...[
      { account: '111122223333', who: sessionIdentity(web) },
      { account: DATA, who: foreignIdentity(web) },
    ].map(({ account, who }) =>
      getObject({
        id: `refused, in ${account}`,
        time: at('03:02:00'),
        who,
        bucket: 'ledger',
        key: 'a.csv',
        error: 'AccessDenied',
        account,
        more: copies,
      }),
    ),
    forPod({ id: 'first', session: first, tags: TAGS }),
    targetRole('second', second, {}),
    targetRole('second, refused', { ...second, began: at('03:03:00'), key: null }, { error: 'AccessDenied' }),
  ]);
});

afterAll(() => store.remove());

describe('a refusal', () => {
  it('is known by every spelling, and no other failure is taken for one', async () => {
    const rows = await store.ask('denied-calls', '--namespace', 'web');
    const spelt = rows.filter(({ event_name: name }) => name === 'DescribeInstances');
    expect(spelt.map(({ error_code: code }) => code).sort()).toEqual(REFUSALS);
  });

  it('that two accounts logged counts once, on the object and not on its bucket', async () => {
    const rows = await store.ask('denied-calls', '--namespace', 'web', '--since', at('03:02:00'));
    expect(rows).toMatchObject([{ resource: 'arn:aws:s3:::ledger/a.csv', calls: 1, role_arn: web.role }]);
  });
});

describe('the second role of an association', () => {
  it('is refused to the first one, which names the workload and its pod', async () => {
    const rows = await store.ask('denied-calls', '--namespace', 'orders');
    expect(rows).toMatchObject([
      { event_name: 'AssumeRole', role_arn: first.role, resource: second.role, pods: TAGS.pod },
    ]);
  });

  it('needs a permission of the first one', async () => {
    const rows = await store.ask('used-actions', '--role', first.role);
    expect(rows).toMatchObject([{ action: 'sts:AssumeRole', resource: second.role, calls: 1 }]);
    expect(await store.ask('used-actions', '--role', second.role)).toEqual([]);
  });

  it('is in another account than the first one', async () => {
    const rows = await store.ask('cross-account-access', '--namespace', 'orders');
    expect(rows).toMatchObject([
      { account_id: DATA, event_name: 'AssumeRole', role_arn: first.role, calls: 2, denied: 1 },
    ]);
  });
});
