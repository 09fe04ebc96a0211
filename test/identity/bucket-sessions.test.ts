// Calls to directory buckets, which show the key that CreateSession handed out and neither role nor start: whose they are, in both forms.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askBoth } from './both-ladders.ts';

type Fields = Record<string, unknown>;

const ACCOUNT = '111122223333';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C`;
const KEY = 'ASIAEXAMPLEKEY000001';
const BUCKET_KEY = 'ASIAEXAMPLEBUCKET001';
const who = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEROLE000001:api',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/api/api`,
  accountId: ACCOUNT,
};
const session: Fields = {
  ...who,
  accessKeyId: KEY,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/api` },
    webIdFederationData: { federatedProvider: PROVIDER },
    attributes: { creationDate: '2026-10-05T03:00:00Z' },
  },
};
const withBucketKey: Fields = {
  ...who,
  accessKeyId: BUCKET_KEY,
  sessionContext: { attributes: { creationDate: '2026-10-05T03:10:00Z' } },
};

function record(id: string, eventName: string, userIdentity: Fields, more: Fields = {}): Fields {
  return {
    eventVersion: '1.11',
    eventID: id,
    eventTime: '2026-10-05T03:10:00Z',
    eventSource: 's3express.amazonaws.com',
    eventName,
    awsRegion: 'us-west-2',
    recipientAccountId: ACCOUNT,
    userIdentity,
    ...more,
  };
}

const subject = 'system:serviceaccount:frontend:api';
const issued = record(
  'issuance',
  'AssumeRoleWithWebIdentity',
  {
    type: 'WebIdentityUser',
    principalId: `${PROVIDER}:sts.amazonaws.com:${subject}`,
    userName: subject,
    identityProvider: PROVIDER,
  },
  {
    eventTime: '2026-10-05T03:00:00Z',
    eventSource: 'sts.amazonaws.com',
    requestParameters: { roleArn: `arn:aws:iam::${ACCOUNT}:role/api`, roleSessionName: 'api' },
    responseElements: { credentials: { accessKeyId: KEY } },
  },
);
const handsOut = (accessKeyId: string) => ({ responseElements: { credentials: { accessKeyId } } });
const opened = record('opened', 'CreateSession', session, handsOut(BUCKET_KEY));
const asked = record('asked', 'GetObject', withBucketKey);
const otherUser = { ...session, principalId: 'AROAEXAMPLEROLE000001:alice' };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podtrail-buckets-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What both forms say of the call. */
async function answer(Records: Fields[]): Promise<Fields> {
  await writeFile(join(folder, 'records.json'), JSON.stringify({ Records }));
  const found = (await askBoth(folder)).find(({ record: { eventId } }) => eventId === 'asked');
  expect(found?.live).toEqual(found?.history);
  return { ...found?.history };
}

describe('a call to a directory bucket', () => {
  const proven = {
    confidence: 'exact',
    evidence: 'issued-key',
    workload: expect.objectContaining({ namespace: 'frontend', service_account: 'api' }),
    hops: [`arn:aws:iam::${ACCOUNT}:role/api`],
  };

  it.each([
    ['in the order of time', [issued, opened, asked]],
    ['in any other', [asked, opened, issued]],
  ])('is of the session that CreateSession handed its key to, read %s', async (_, records) =>
    expect(await answer(records)).toMatchObject(proven),
  );

  const other = { ...session, accessKeyId: 'ASIAEXAMPLEKEY000002' };
  it.each<[string, Fields[]]>([
    ['whose CreateSession is not in the records', [issued]],
    [
      'with a key that another session was given',
      [issued, record('opened', 'CreateSession', otherUser, handsOut(BUCKET_KEY))],
    ],
    [
      'with a key of another account’s session',
      [
        issued,
        record('opened', 'CreateSession', { ...session, accountId: '444455556666' }, handsOut(BUCKET_KEY)),
      ],
    ],
    [
      'with another key',
      [issued, record('opened', 'CreateSession', session, handsOut('ASIAEXAMPLEBUCKET002'))],
    ],
    ['after its CreateSession was refused', [issued, { ...opened, errorCode: 'AccessDenied' }]],
    ['with a key that was good at another time', [issued, { ...opened, eventTime: '2026-10-05T03:04:59Z' }]],
    [
      'with a key that two sessions were given',
      [issued, opened, { ...opened, eventID: 'again', userIdentity: other }],
    ],
    [
      'in a log that shows one key for all',
      [
        issued,
        record('opened', 'CreateSession', { ...session, accessKeyId: BUCKET_KEY }, handsOut(BUCKET_KEY)),
      ],
    ],
    [
      'by a call of the same name to another service',
      [issued, { ...opened, eventSource: 'codecatalyst.amazonaws.com' }],
    ],
  ])('%s is nobody’s', async (_, records) =>
    expect(await answer([...records, asked])).toMatchObject({ confidence: 'unknown', workload: null }),
  );

  it('is nobody’s where the session’s name is not shown', async () => {
    const masked = { principalId: 'AROAEXAMPLEROLE000001' };
    const records = [
      issued,
      record('opened', 'CreateSession', { ...session, ...masked }, handsOut(BUCKET_KEY)),
      record('asked', 'GetObject', { ...withBucketKey, ...masked }),
    ];
    expect(await answer(records)).toMatchObject({ confidence: 'unknown', workload: null });
  });
});
