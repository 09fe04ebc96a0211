// failed-assumptions: a person who was refused a role is left out, a workload that was refused a further one is named.
import { expect, it } from 'vitest';
import { PROVIDER } from '../corpus/cases.ts';
import { at, byToken, call, key, sessionIdentity } from '../corpus/parts.ts';
import { loadedStore } from '../support/loaded-store.ts';

const refused = (eventID: string, userIdentity: object) => ({
  eventVersion: '1.08',
  eventID,
  eventTime: at('03:00:00'),
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  awsRegion: 'us-west-2',
  recipientAccountId: '111122223333',
  errorCode: 'AccessDenied',
  userIdentity,
  requestParameters: null,
  responseElements: null,
});

it('failed-assumptions has the refused role, and not the refused user', async () => {
  const store = await loadedStore([
    refused('0-user', { type: 'IAMUser', principalId: 'AIDAEXAMPLEUSER000001', userName: 'alice' }),
    refused('1-role', {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:job',
      accountId: '111122223333',
      sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/jobs' } },
    }),
  ]);
  try {
    const rows = await store.ask('failed-assumptions');
    expect(rows).toMatchObject([{ failures: 1, mechanism: 'assumed', error_code: 'AccessDenied' }]);
  } finally {
    await store.remove();
  }
});

it('failed-assumptions names the workload whose session was refused a further role, and the role by the message', async () => {
  const first = {
    role: 'arn:aws:iam::111122223333:role/first',
    name: 'first',
    began: at('03:00:00'),
    key: key('first'),
    provider: PROVIDER,
  };
  const issuance = {
    id: 'issued',
    session: first,
    subject: 'system:serviceaccount:ns:sa',
    provider: PROVIDER,
  };
  const store = await loadedStore([
    byToken(issuance),
    call({
      id: 'refused',
      time: at('03:05:00'),
      who: sessionIdentity(first),
      service: 'sts',
      action: 'AssumeRole',
      request: null,
      error: 'AccessDenied',
      message:
        'User: arn:aws:sts::111122223333:assumed-role/first/first is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/second',
    }),
  ]);
  try {
    expect(await store.ask('failed-assumptions')).toMatchObject([
      {
        workload_namespace: 'ns',
        workload_service_account: 'sa',
        role_arn: 'arn:aws:iam::444455556666:role/second',
        mechanism: 'assumed',
      },
    ]);
  } finally {
    await store.remove();
  }
});
