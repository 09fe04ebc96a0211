// Records of one workload as EventBridge sends them, for the tests of the live path: sessions that begin, attempts that are
// refused, and calls that are denied.
import type { SQSEvent } from 'aws-lambda';
import { message } from './queue.ts';

export const ROLE = 'arn:aws:iam::111122223333:role/payments-api';
export const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE';
const SUBJECT = 'system:serviceaccount:payments:api';

export type Json = Record<string, unknown>;

export const eventId = (place: number) => `11111111-2222-4333-8444-${String(place).padStart(12, '0')}`;

export const IDENTITY = {
  type: 'WebIdentityUser',
  principalId: `${PROVIDER}:sts.amazonaws.com:${SUBJECT}`,
  userName: SUBJECT,
  identityProvider: PROVIDER,
};

export const attempt = (place: number, more: Json = {}): Json => ({
  eventVersion: '1.11',
  eventID: eventId(place),
  eventTime: '2026-10-05T03:00:10Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoleWithWebIdentity',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  userIdentity: IDENTITY,
  requestParameters: { roleArn: ROLE, roleSessionName: 'payments' },
  ...more,
});

export const refused = (place: number, more: Json = {}) =>
  attempt(place, { errorCode: 'AccessDenied', errorMessage: 'An unknown error occurred', ...more });

export const issued = (place: number, more: Json = {}) =>
  attempt(place, {
    responseElements: {
      credentials: {
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        expiration: 'Oct 5, 2026, 4:00:10 AM',
        sessionToken: 'NEVER-KEPT',
      },
      subjectFromWebIdentityToken: SUBJECT,
      assumedRoleUser: {
        assumedRoleId: 'AROAEXAMPLE:payments',
        arn: 'arn:aws:sts::111122223333:assumed-role/payments-api/payments',
      },
      provider: PROVIDER,
    },
    ...more,
  });

/** By the session that `issued` begins. */
export const deniedCall = (place: number, more: Json = {}): Json => ({
  eventVersion: '1.11',
  eventID: eventId(place),
  eventTime: '2026-10-05T03:05:00Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  errorCode: 'AccessDenied',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:payments',
    arn: 'arn:aws:sts::111122223333:assumed-role/payments-api/payments',
    accountId: '111122223333',
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: ROLE },
      attributes: { creationDate: '2026-10-05T03:00:10Z' },
      webIdFederationData: { federatedProvider: PROVIDER },
    },
  },
  ...more,
});

export const event = (record: Json) =>
  JSON.stringify({ source: 'aws.sts', 'detail-type': 'AWS API Call via CloudTrail', detail: record });

export const batch = (...bodies: string[]): SQSEvent => ({
  Records: bodies.map((body, place) => message(body, String(place), 1)),
});
