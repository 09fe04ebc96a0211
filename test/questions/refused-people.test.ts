// A person who may not assume a role is no workload that lacks its credentials.
import { expect, it } from 'vitest';
import { at } from '../corpus/parts.ts';
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
