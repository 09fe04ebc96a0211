// Which resources a call touched: one table per service, then what a hostile record may hold.
import { describe, expect, it } from 'vitest';
import { type ResourceContext, resourceArns } from '../../src/trail/resources.ts';

type Case = [
  claim: string,
  eventName: string,
  requestParameters: Record<string, unknown>,
  arns: string[],
  context?: Partial<ResourceContext>,
];

function context(
  eventSource: string,
  eventName: string,
  other: Partial<ResourceContext> = {},
): ResourceContext {
  return {
    eventSource,
    eventName,
    awsRegion: 'eu-west-1',
    recipientAccountId: '111122223333',
    callerAccountId: '444455556666',
    ...other,
  };
}

const cases: Record<string, Case[]> = {
  's3.amazonaws.com': [
    [
      'an object with its bucket',
      'GetObject',
      { bucketName: 'pii-exports', key: 'a/b.csv', Host: 'pii-exports.s3.eu-west-1.amazonaws.com' },
      ['arn:aws:s3:::pii-exports', 'arn:aws:s3:::pii-exports/a/b.csv'],
    ],
    [
      'a bucket alone',
      'ListObjects',
      { bucketName: 'pii-exports', prefix: 'a/' },
      ['arn:aws:s3:::pii-exports'],
    ],
    [
      'only the bucket of DeleteObjects',
      'DeleteObjects',
      { bucketName: 'pii-exports', delete: '', key: 'x' },
      ['arn:aws:s3:::pii-exports'],
    ],
    ['nothing of the host that is asked', 'ListBuckets', { Host: 's3.eu-west-1.amazonaws.com' }, []],
    [
      'nothing of an account in front of the host',
      'ListAccessPoints',
      { Host: '111122223333.s3-control.eu-west-1.amazonaws.com', accountId: '111122223333' },
      [],
    ],
    [
      'nothing of an endpoint in front of the host',
      'ListBuckets',
      { Host: 'bucket.vpce-0a1b-2c3.s3.eu-west-1.vpce.amazonaws.com' },
      [],
    ],
    [
      'both ends of a copy',
      'CopyObject',
      { bucketName: 'to', key: 'k', 'x-amz-copy-source': '/from/a%20b%2Fc.csv?versionId=v1' },
      ['arn:aws:s3:::to', 'arn:aws:s3:::to/k', 'arn:aws:s3:::from', 'arn:aws:s3:::from/a b/c.csv'],
    ],
    [
      'a copy source that was logged decoded, with a lone percent sign',
      'UploadPartCopy',
      { 'x-amz-copy-source': 'from/100% a?b' },
      ['arn:aws:s3:::from', 'arn:aws:s3:::from/100% a?b'],
    ],
    ['nothing of a copy source without a key', 'CopyObject', { 'x-amz-copy-source': '/from/' }, []],
    [
      'the access point of a copy source',
      'CopyObject',
      { 'x-amz-copy-source': 'arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k' },
      [
        'arn:aws:s3:eu-west-1:111122223333:accesspoint/ap',
        'arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k',
      ],
    ],
    [
      'an access point in place of a bucket',
      'GetObject',
      { bucketName: 'arn:aws:s3:eu-west-1:111122223333:accesspoint/ap', key: 'k' },
      [
        'arn:aws:s3:eu-west-1:111122223333:accesspoint/ap',
        'arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k',
      ],
    ],
    [
      'a bucket in China',
      'GetObject',
      { bucketName: 'b', key: 'k' },
      ['arn:aws-cn:s3:::b', 'arn:aws-cn:s3:::b/k'],
      { awsRegion: 'cn-north-1' },
    ],
    [
      'a bucket of a record without region or account',
      'HeadBucket',
      { bucketName: 'b' },
      ['arn:aws:s3:::b'],
      { awsRegion: null, recipientAccountId: null, callerAccountId: null },
    ],
  ],
  'dynamodb.amazonaws.com': [
    [
      'a table by name',
      'GetItem',
      { tableName: 'Music' },
      ['arn:aws:dynamodb:eu-west-1:111122223333:table/Music'],
    ],
    [
      'a table by ARN',
      'GetItem',
      { tableName: 'arn:aws:dynamodb:us-east-1:444455556666:table/Music' },
      ['arn:aws:dynamodb:us-east-1:444455556666:table/Music'],
    ],
    [
      'every table of a batch',
      'BatchGetItem',
      { requestItems: { Music: {}, 'arn:aws:dynamodb:eu-west-1:444455556666:table/Films': {} } },
      [
        'arn:aws:dynamodb:eu-west-1:111122223333:table/Music',
        'arn:aws:dynamodb:eu-west-1:444455556666:table/Films',
      ],
    ],
    [
      'every table of a transaction, once',
      'TransactWriteItems',
      {
        requestItems: [
          { operation: 'Put', tableName: 'Music', key: {} },
          { operation: 'Delete', tableName: 'Films' },
          { operation: 'Update', tableName: 'Music' },
        ],
      },
      [
        'arn:aws:dynamodb:eu-west-1:111122223333:table/Music',
        'arn:aws:dynamodb:eu-west-1:111122223333:table/Films',
      ],
    ],
    [
      'the tables of a transaction as the API takes it',
      'TransactWriteItems',
      { transactItems: [{ put: { tableName: 'Music' } }, { conditionCheck: { tableName: 'Films' } }] },
      [
        'arn:aws:dynamodb:eu-west-1:111122223333:table/Music',
        'arn:aws:dynamodb:eu-west-1:111122223333:table/Films',
      ],
    ],
    [
      'nothing of items of a wrong type',
      'BatchGetItem',
      { requestItems: 7, transactItems: [null, 1, { put: 2 }] },
      [],
    ],
  ],
  'sqs.amazonaws.com': [
    [
      'region, account and name of a queue URL',
      'SendMessage',
      { queueUrl: 'https://sqs.us-east-2.amazonaws.com/444455556666/orders.fifo' },
      ['arn:aws:sqs:us-east-2:444455556666:orders.fifo'],
    ],
    [
      'a queue URL with a slash at its end',
      'SendMessage',
      { queueUrl: 'https://sqs.us-east-2.amazonaws.com/444455556666/orders/' },
      ['arn:aws:sqs:us-east-2:444455556666:orders'],
    ],
    [
      'a queue URL of the older form',
      'SendMessage',
      { queueUrl: 'https://us-west-2.queue.amazonaws.com/444455556666/orders' },
      ['arn:aws:sqs:us-west-2:444455556666:orders'],
    ],
    [
      'a queue URL without a region',
      'SendMessage',
      { queueUrl: 'https://queue.amazonaws.com/444455556666/orders' },
      ['arn:aws:sqs:eu-west-1:444455556666:orders'],
    ],
    [
      'a queue URL through a VPC endpoint',
      'SendMessage',
      { queueUrl: 'https://vpce-0a1b-2c3.sqs.us-east-2.vpce.amazonaws.com/444455556666/orders' },
      ['arn:aws:sqs:us-east-2:444455556666:orders'],
    ],
    [
      'a queue URL in China',
      'SendMessage',
      { queueUrl: 'https://sqs.cn-north-1.amazonaws.com.cn/444455556666/orders' },
      ['arn:aws-cn:sqs:cn-north-1:444455556666:orders'],
      { awsRegion: 'cn-north-1' },
    ],
    [
      'a bare name in place of a queue URL',
      'SendMessage',
      { queueUrl: 'orders' },
      ['arn:aws:sqs:eu-west-1:111122223333:orders'],
    ],
    [
      'nothing of a URL without an account',
      'SendMessage',
      { queueUrl: 'https://sqs.us-east-2.amazonaws.com/orders' },
      [],
    ],
    [
      'nothing of a URL without a name',
      'SendMessage',
      { queueUrl: 'https://sqs.us-east-2.amazonaws.com/444455556666/' },
      [],
    ],
    [
      'a queue by name',
      'CreateQueue',
      { queueName: 'orders' },
      ['arn:aws:sqs:eu-west-1:111122223333:orders'],
    ],
    [
      "another account's queue by name",
      'GetQueueUrl',
      { queueName: 'orders', queueOwnerAWSAccountId: '777788889999' },
      ['arn:aws:sqs:eu-west-1:777788889999:orders'],
    ],
  ],
  'sns.amazonaws.com': [
    [
      'a topic',
      'Publish',
      { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alerts' },
      ['arn:aws:sns:eu-west-1:111122223333:alerts'],
    ],
    [
      'a target',
      'Publish',
      { targetArn: 'arn:aws:sns:eu-west-1:111122223333:endpoint/GCM/app/1' },
      ['arn:aws:sns:eu-west-1:111122223333:endpoint/GCM/app/1'],
    ],
    ['nothing of a topic that is no ARN', 'Publish', { topicArn: 'alerts' }, []],
    [
      'a topic that is created',
      'CreateTopic',
      { name: 'alerts' },
      ['arn:aws:sns:eu-west-1:111122223333:alerts'],
    ],
    ['nothing of another name', 'CreatePlatformApplication', { name: 'alerts' }, []],
  ],
  'kms.amazonaws.com': [
    [
      'a key by id',
      'Decrypt',
      { keyId: 'mrk-1234abcd' },
      ['arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd'],
    ],
    [
      'a key by ARN',
      'Decrypt',
      { keyId: 'arn:aws:kms:us-east-1:444455556666:key/1234abcd' },
      ['arn:aws:kms:us-east-1:444455556666:key/1234abcd'],
    ],
    ['a key by alias', 'Encrypt', { keyId: 'alias/pii' }, ['arn:aws:kms:eu-west-1:111122223333:alias/pii']],
    [
      'both keys of ReEncrypt',
      'ReEncrypt',
      { sourceKeyId: 'a', destinationKeyId: 'b' },
      ['arn:aws:kms:eu-west-1:111122223333:key/a', 'arn:aws:kms:eu-west-1:111122223333:key/b'],
    ],
    [
      'alias and key of CreateAlias',
      'CreateAlias',
      { aliasName: 'alias/pii', targetKeyId: 'a' },
      ['arn:aws:kms:eu-west-1:111122223333:key/a', 'arn:aws:kms:eu-west-1:111122223333:alias/pii'],
    ],
  ],
  'secretsmanager.amazonaws.com': [
    [
      'a secret by name',
      'GetSecretValue',
      { secretId: 'prod/db' },
      ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db'],
    ],
    [
      'a secret by ARN',
      'GetSecretValue',
      { secretId: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:prod/db-AbCdEf' },
      ['arn:aws:secretsmanager:eu-west-1:444455556666:secret:prod/db-AbCdEf'],
    ],
    [
      'every secret of a batch',
      'BatchGetSecretValue',
      { secretIdList: ['a', 'b'] },
      [
        'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a',
        'arn:aws:secretsmanager:eu-west-1:111122223333:secret:b',
      ],
    ],
  ],
  'ssm.amazonaws.com': [
    [
      'a parameter by path',
      'GetParameter',
      { name: '/prod/db' },
      ['arn:aws:ssm:eu-west-1:111122223333:parameter/prod/db'],
    ],
    [
      'a parameter by name',
      'GetParameter',
      { name: 'db' },
      ['arn:aws:ssm:eu-west-1:111122223333:parameter/db'],
    ],
    [
      'a parameter without its version',
      'GetParameter',
      { name: 'db:3' },
      ['arn:aws:ssm:eu-west-1:111122223333:parameter/db'],
    ],
    [
      'a parameter by ARN',
      'GetParameter',
      { name: 'arn:aws:ssm:eu-west-1:444455556666:parameter/prod/db' },
      ['arn:aws:ssm:eu-west-1:444455556666:parameter/prod/db'],
    ],
    [
      'every parameter of a list',
      'GetParameters',
      { names: ['/a', 'b', 3, ''] },
      ['arn:aws:ssm:eu-west-1:111122223333:parameter/a', 'arn:aws:ssm:eu-west-1:111122223333:parameter/b'],
    ],
    [
      'a hierarchy',
      'GetParametersByPath',
      { path: '/prod' },
      ['arn:aws:ssm:eu-west-1:111122223333:parameter/prod'],
    ],
    ['nothing of a document', 'GetDocument', { name: 'AWS-RunShellScript' }, []],
  ],
  'sts.amazonaws.com': [
    [
      'a role',
      'AssumeRole',
      { roleArn: 'arn:aws:iam::444455556666:role/r' },
      ['arn:aws:iam::444455556666:role/r'],
    ],
    ['nothing of a role that is no ARN', 'AssumeRole', { roleArn: 'r' }, []],
  ],
  'lambda.amazonaws.com': [
    [
      'a function by name',
      'Invoke',
      { functionName: 'f' },
      ['arn:aws:lambda:eu-west-1:111122223333:function:f'],
    ],
    [
      'a function with qualifier',
      'Invoke',
      { functionName: 'f:live' },
      ['arn:aws:lambda:eu-west-1:111122223333:function:f:live'],
    ],
    [
      'a function by partial ARN',
      'Invoke',
      { functionName: '444455556666:function:f' },
      ['arn:aws:lambda:eu-west-1:444455556666:function:f'],
    ],
    [
      'a function by account and name',
      'Invoke',
      { functionName: '444455556666:f' },
      ['arn:aws:lambda:eu-west-1:444455556666:function:f'],
    ],
    [
      'a function by region, account and name',
      'Invoke',
      { functionName: 'us-east-1:444455556666:function:f:live' },
      ['arn:aws:lambda:us-east-1:444455556666:function:f:live'],
    ],
    [
      'a function whose name reads like a region',
      'Invoke',
      { functionName: 'my-func-1:live' },
      ['arn:aws:lambda:eu-west-1:111122223333:function:my-func-1:live'],
    ],
    [
      'a function by ARN with version',
      'Invoke',
      { functionName: 'arn:aws:lambda:us-east-1:444455556666:function:f:7' },
      ['arn:aws:lambda:us-east-1:444455556666:function:f:7'],
    ],
  ],
  'kinesis.amazonaws.com': [
    [
      'a stream by name',
      'PutRecords',
      { streamName: 's' },
      ['arn:aws:kinesis:eu-west-1:111122223333:stream/s'],
    ],
    [
      'a stream by ARN',
      'PutRecords',
      { streamARN: 'arn:aws:kinesis:eu-west-1:444455556666:stream/s' },
      ['arn:aws:kinesis:eu-west-1:444455556666:stream/s'],
    ],
  ],
  'ecr.amazonaws.com': [
    [
      'a repository',
      'BatchGetImage',
      { repositoryName: 'team/app' },
      ['arn:aws:ecr:eu-west-1:111122223333:repository/team/app'],
    ],
    [
      "another registry's repository",
      'BatchGetImage',
      { repositoryName: 'app', registryId: '777788889999' },
      ['arn:aws:ecr:eu-west-1:777788889999:repository/app'],
    ],
    [
      'a repository whose registry is no account',
      'BatchGetImage',
      { repositoryName: 'app', registryId: 'x' },
      ['arn:aws:ecr:eu-west-1:111122223333:repository/app'],
    ],
  ],
  'rdsdata.amazonaws.com': [
    [
      'a database and its secret',
      'ExecuteStatement',
      {
        resourceArn: 'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
        secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf',
      },
      [
        'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
        'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf',
      ],
    ],
  ],
  'logs.amazonaws.com': [
    [
      'a log group',
      'PutLogEvents',
      { logGroupName: '/app' },
      ['arn:aws:logs:eu-west-1:111122223333:log-group:/app'],
    ],
    [
      'a log group by identifier',
      'FilterLogEvents',
      { logGroupIdentifier: 'arn:aws:logs:eu-west-1:444455556666:log-group:/app' },
      ['arn:aws:logs:eu-west-1:444455556666:log-group:/app'],
    ],
  ],
  'iam.amazonaws.com': [
    [
      'a role, which is of no region',
      'UpdateAssumeRolePolicy',
      { roleName: 'payments-api', policyDocument: '{}' },
      ['arn:aws:iam::111122223333:role/payments-api'],
    ],
    [
      'an OIDC provider',
      'DeleteOpenIDConnectProvider',
      {
        openIDConnectProviderArn:
          'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A',
      },
      ['arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A'],
    ],
    [
      'a role and the policy that it gets',
      'AttachRolePolicy',
      { roleName: 'api', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      ['arn:aws:iam::111122223333:role/api', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
    ],
  ],
  'eks.amazonaws.com': [
    [
      'the cluster of an association and its role',
      'CreatePodIdentityAssociation',
      { clusterName: 'prod', roleArn: 'arn:aws:iam::111122223333:role/api' },
      ['arn:aws:eks:eu-west-1:111122223333:cluster/prod', 'arn:aws:iam::111122223333:role/api'],
    ],
  ],
  'eks-auth.amazonaws.com': [
    [
      'the cluster of a pod',
      'AssumeRoleForPodIdentity',
      { clusterName: 'prod', token: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      ['arn:aws:eks:eu-west-1:111122223333:cluster/prod'],
    ],
  ],
  'ec2.amazonaws.com': [
    ['nothing, as the service has no rules', 'RunInstances', { tableName: 'Music', key: 'k' }, []],
  ],
};

describe.each(Object.entries(cases))('a call of %s names', (eventSource, services) => {
  it.each(services)('%s (%s)', (_claim, eventName, requestParameters, arns, other) => {
    expect(resourceArns(null, requestParameters, context(eventSource, eventName, other))).toEqual(arns);
  });
});

const bucket = 'arn:aws:s3:::pii-exports';
const getObject = context('s3.amazonaws.com', 'GetObject');
const getItem = context('dynamodb.amazonaws.com', 'GetItem');

describe('the list of a record', () => {
  it('comes before what the parameters add, and nothing stands twice', () => {
    const resources = [
      { type: 'AWS::S3::Object', ARN: `${bucket}/k` },
      { accountId: '111122223333', ARN: bucket },
    ];
    expect(resourceArns(resources, { bucketName: 'pii-exports', key: 'k' }, getObject)).toEqual([
      `${bucket}/k`,
      bucket,
    ]);
  });

  it('may read arn, and a prefix is no resource', () => {
    const resources = [{ arn: bucket }, { ARNPrefix: `${bucket}/` }, { ARN: 7 }, { ARN: 'pii-exports' }];
    expect(resourceArns(resources, null, getObject)).toEqual([bucket]);
  });

  it.each([[null], [undefined], ['x'], [7], [{}], [[null, 1, 'x', []]]])(
    'gives nothing when it reads %j',
    (resources) => {
      expect(resourceArns(resources as never, null, getObject)).toEqual([]);
      expect(resourceArns(null, resources as never, getObject)).toEqual([]);
    },
  );
});

describe('the account', () => {
  const resource = { tableName: 'Music' };
  it("is the caller's where the record has no recipient", () => {
    const other = { ...getItem, recipientAccountId: null };
    expect(resourceArns(null, resource, other)).toEqual([
      'arn:aws:dynamodb:eu-west-1:444455556666:table/Music',
    ]);
  });

  it.each([
    ['account', { recipientAccountId: null, callerAccountId: null }],
    ['region', { awsRegion: null }],
    ['region', { awsRegion: '' }],
  ])('and the region are needed: no %s, no ARN', (_missing, other) => {
    expect(resourceArns(null, resource, { ...getItem, ...other })).toEqual([]);
  });

  it.each([
    ['us-east-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-northwest-1', 'aws-cn'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
  ])('of %s stands in the partition %s', (awsRegion, partition) => {
    const arns = resourceArns(null, resource, { ...getItem, awsRegion });
    expect(arns).toEqual([`arn:${partition}:dynamodb:${awsRegion}:111122223333:table/Music`]);
  });
});

describe('a hostile record', () => {
  it('gets at most 100 ARNs', () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({ ARN: `${bucket}/${i}` }));
    expect(resourceArns(many, { bucketName: 'other' }, getObject)).toHaveLength(100);
    const names = many.map((_, i) => `p${i}`);
    expect(resourceArns(null, { names }, context('ssm.amazonaws.com', 'GetParameters'))).toHaveLength(100);
    const requestItems = Object.fromEntries(names.map((name) => [name, {}]));
    expect(resourceArns(null, { requestItems }, getItem)).toHaveLength(100);
  });

  it('loses an ARN of more than 2048 characters and keeps one of 2048', () => {
    const key = 'k'.repeat(2048 - bucket.length - 1);
    expect(resourceArns(null, { bucketName: 'pii-exports', key }, getObject)).toEqual([
      bucket,
      `${bucket}/${key}`,
    ]);
    expect(resourceArns(null, { bucketName: 'pii-exports', key: `${key}k` }, getObject)).toEqual([bucket]);
  });

  it('keeps its newlines and its strange names', () => {
    expect(resourceArns(null, { bucketName: 'b', key: 'a\nb' }, getObject)).toEqual([
      'arn:aws:s3:::b',
      'arn:aws:s3:::b/a\nb',
    ]);
    const parameters = JSON.parse(
      '{"__proto__":{"tableName":"x"},"requestItems":{"__proto__":{},"constructor":{}}}',
    );
    expect(resourceArns(null, parameters, getItem)).toEqual([
      'arn:aws:dynamodb:eu-west-1:111122223333:table/__proto__',
      'arn:aws:dynamodb:eu-west-1:111122223333:table/constructor',
    ]);
  });

  it.each([[7], [true], [null], [{}], [[[]]], [[{}]], ['']])(
    'gives nothing for a parameter that reads %j',
    (value) => {
      const parameters = { bucketName: value, key: 'k', Host: value, 'x-amz-copy-source': value };
      expect(resourceArns(null, parameters, getObject)).toEqual([]);
      expect(resourceArns(null, { tableName: value, requestItems: value }, getItem)).toEqual([]);
    },
  );
});
