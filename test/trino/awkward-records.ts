// Records of forms that engines easily read apart: tags of other services, values of other types, addresses, copies that cannot be used.

const WHO = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEAWKWARD:one',
  arn: 'arn:aws:sts::111122223333:assumed-role/awkward/one',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLEAWKWARD',
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/awkward' },
    attributes: { creationDate: '2026-10-05T02:00:00Z' },
  },
};

let count = 0;

function record(
  eventSource: string,
  eventName: string,
  requestParameters: unknown,
  more: object = {},
): object {
  count += 1;
  return {
    eventVersion: '1.11',
    userIdentity: WHO,
    eventTime: `2026-10-05T03:${String(count).padStart(2, '0')}:00Z`,
    eventSource,
    eventName,
    awsRegion: 'us-west-2',
    sourceIPAddress: '192.0.2.1',
    userAgent: 'aws-cli',
    requestParameters,
    responseElements: null,
    requestID: `request-${count}`,
    eventID: `00000000-0000-4000-9000-0000000000${String(count).padStart(2, '0')}`,
    recipientAccountId: '111122223333',
    ...more,
  };
}

const s3 = (parameters: object) => record('s3.amazonaws.com', 'GetObject', parameters);
const sqs = (queueUrl: unknown) => record('sqs.amazonaws.com', 'SendMessage', { queueUrl });
const lambda = (functionName: unknown) => record('lambda.amazonaws.com', 'Invoke', { functionName });

const good = s3({ bucketName: 'copied', key: 'good' });
const unversioned = { eventVersion: '1.0', eventID: undefined };

/** Those of the first log file. */
export const AWKWARD: readonly object[] = [
  good,
  record(
    'sts.amazonaws.com',
    'AssumeRole',
    { roleArn: 'arn:aws:iam::111122223333:role/other' },
    {
      responseElements: {
        credentials: { accessKeyId: 'ASIAEXAMPLEENDLESS01', expiration: 'Jan 1, 0001, 1:00:00 AM' },
      },
    },
  ),
  record('kms.amazonaws.com', 'TagResource', { keyId: 'k', tags: [{ tagKey: 'Team', tagValue: 'pay' }] }),
  record('sts.amazonaws.com', 'AssumeRole', {
    roleArn: 'arn:aws:iam::111122223333:role/other',
    tags: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
      { key: null, value: '3' },
    ],
  }),
  s3({ bucketName: null, Host: '111122223333.s3-control.us-west-2.amazonaws.com', key: 'h' }),
  s3({ bucketName: 'numbered', key: 123 }),
  s3({ bucketName: 'named', key: 'data/object/x' }),
  record('dynamodb.amazonaws.com', 'GetItem', { tableName: 'sovereign' }, { awsRegion: 'eusc-de-east-1' }),
  record('dynamodb.amazonaws.com', 'GetItem', { tableName: 'isolated' }, { awsRegion: 'us-isob-east-1' }),
  s3({
    bucketName: 'to',
    key: 'k',
    'x-amz-copy-source': 'arn:aws:s3:us-west-2:111122223333:accesspoint/ap/object/k%20k',
  }),
  s3({ bucketName: 'to', key: 'k', 'x-amz-copy-source': 'from/new\nline?versionId=v1' }),
  s3({ bucketName: 'signed', key: 'k?X-Amz-Algorithm=AWS4&X-Amz-Signature=0123456789abcdef' }),
  record('logs.amazonaws.com', 'DescribeLogGroups', { logGroupNames: ['a', null, 5, 'b'] }),
  lambda('444455556666:f'),
  lambda('us-east-1:444455556666:function:f:live'),
  lambda('function:f'),
  lambda('my-func-1:live'),
  sqs('https://sqs.us-east-2.amazonaws.com/444455556666/orders/'),
  sqs('https://sqs.us-east-2.amazonaws.com/444455556666/orders?Action=SendMessage'),
  sqs('orders'),
  record('s3.amazonaws.com', 'GetObject', {}, { eventVersion: '2.0' }),
  record('ec2.amazonaws.com', 'RunInstances', { n: 1 }, { ...unversioned, responseElements: { id: 'i-1' } }),
  record('sts.amazonaws.com', 'AssumeRoleWithWebIdentity', null, {
    userIdentity: { type: 'WebIdentityUser', userName: 'system:serviceaccount:shop:cart' },
    errorCode: 'InvalidIdentityToken',
    errorMessage:
      "Value 'abcdefgh12345678' at 'clientToken' failed, " +
      'No provider: webIdentityToken=abcdefgh12345678, Authorization: Bearer abcdefgh12345678 eyJhbGciOiJSUzI1NiJ9.e30.x',
  }),
];

const [first] = AWKWARD.slice(-2) as [{ requestID: string; eventTime: string }];

/** Those of a later one: a copy that cannot be used, and a record of the first version that differs in its response alone. */
export const AWKWARD_LATER: readonly object[] = [
  { ...good, eventName: undefined },
  { ...first, responseElements: { id: 'i-2' } },
];
