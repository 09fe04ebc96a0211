// An attempt of payments/api to assume its role by web identity, as CloudTrail has it; the failed one is a real event's shape.
export const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE';
export const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
export const ROLE = 'arn:aws:iam::111122223333:role/payments-api';
export const SUBJECT = 'system:serviceaccount:payments:api';

export const assumptionAttempt = (more: object = {}) => ({
  eventVersion: '1.08',
  userIdentity: {
    type: 'WebIdentityUser',
    principalId: `${PROVIDER}:sts.amazonaws.com:${SUBJECT}`,
    userName: SUBJECT,
    identityProvider: PROVIDER,
  },
  eventTime: '2026-10-05T15:09:08Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoleWithWebIdentity',
  awsRegion: 'us-west-2',
  sourceIPAddress: '203.0.113.20',
  userAgent: 'aws-sdk-go/1.45.1',
  requestParameters: { roleArn: ROLE, roleSessionName: 'botocore-session-1' },
  eventID: '899f0a00-6855-45ed-aa48-b3714ddcff1f',
  recipientAccountId: '111122223333',
  ...more,
});

export const FAILED_ASSUMPTION = assumptionAttempt({
  errorCode: 'AccessDenied',
  errorMessage: 'An unknown error occurred',
});
