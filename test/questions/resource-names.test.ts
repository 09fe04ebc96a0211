// Which resource a name means: in every service by the name that people use, and never another resource whose name looks alike.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, call, getObject, type Json, sessionIdentity } from '../corpus/parts.ts';
import { type LoadedStore, loadedStore } from '../support/loaded-store.ts';

const WHO = sessionIdentity({
  role: 'arn:aws:iam::111122223333:role/apps/web',
  name: 'x',
  began: at('02:00:00'),
  key: 'ASIAEXAMPLEKEY000009',
});
let made = 0;
const used = (service: string, action: string, request: Json): Json =>
  call({ id: `resource ${made++}`, time: at('03:00:00'), who: WHO, service, action, request });

const RECORDS: readonly Json[] = [
  used('secretsmanager', 'GetSecretValue', { secretId: 'api' }),
  getObject({ id: 'odd key', time: at('03:00:04'), who: WHO, bucket: 'odd-keys', key: 'in/a\nb.csv' }),
  used('secretsmanager', 'PutSecretValue', { secretId: 'api-backup' }),
  used('secretsmanager', 'DescribeSecret', {
    secretId: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:api-Ab12Cd',
  }),
  used('dynamodb', 'GetItem', { tableName: 'orders' }),
  getObject({ id: 'like a table', time: at('03:00:01'), who: WHO, bucket: 'table', key: 'orders' }),
  getObject({ id: 'under a folder', time: at('03:00:02'), who: WHO, bucket: 'backup', key: 'orders/1.json' }),
  getObject({ id: 'bucket', time: at('03:00:03'), who: WHO, bucket: 'pii-exports', key: 'a' }),
  used('s3', 'ListObjects', { bucketName: 'pii-exports-2' }),
  used('s3', 'ListObjectsV2', { bucketName: 'my.dotted.bucket' }),
  used('lambda', 'Invoke', { functionName: 'resize' }),
  used('lambda', 'InvokeAsync', { functionName: 'resize:PROD' }),
  used('ssm', 'GetParameter', { name: '/prod/db/password' }),
  used('logs', 'PutLogEvents', { logGroupName: '/aws/eks/prod' }),
  used('sqs', 'SendMessage', { queueUrl: 'https://sqs.us-west-2.amazonaws.com/111122223333/jobs' }),
  used('sns', 'Publish', { topicArn: 'arn:aws:sns:us-west-2:111122223333:alerts' }),
  used('ecr', 'BatchGetImage', { repositoryName: 'team/app' }),
  used('kms', 'Decrypt', { keyId: 'alias/main' }),
  used('sts', 'AssumeRole', {
    roleArn: 'arn:aws:iam::444455556666:role/shared/reader',
    roleSessionName: 'x',
  }),
];

let store: LoadedStore;

beforeAll(async () => {
  store = await loadedStore(RECORDS);
});

afterAll(() => store.remove());

async function actionsOn(resource: string): Promise<string> {
  const rows = await store.ask('who-accessed', `--resource=${resource}`);
  return rows.map(({ actions }) => actions).join('; ');
}

describe('a name', () => {
  it.each([
    ['pii-exports', 'GetObject', 'a bucket with its objects, and no bucket with a longer name'],
    ['my.dotted.bucket', 'ListObjectsV2', 'a bucket with dots'],
    ['orders', 'GetItem', 'a table, and no object whose key begins alike'],
    [
      'api',
      'DescribeSecret, GetSecretValue',
      'a secret with and without the suffix of its ARN, and no longer name',
    ],
    ['api-backup', 'PutSecretValue', 'a secret whose name ends like a suffix'],
    ['resize', 'Invoke, InvokeAsync', 'a function, also with a qualifier'],
    ['/prod/db/password', 'GetParameter', 'a parameter, as it is written'],
    ['/aws/eks/prod', 'PutLogEvents', 'a log group'],
    ['jobs', 'SendMessage', 'a queue'],
    ['alerts', 'Publish', 'a topic'],
    ['team/app', 'BatchGetImage', 'a repository'],
    ['alias/main', 'Decrypt', 'a key by alias'],
    ['reader', 'AssumeRole', 'a role without its path'],
    ['odd-keys/in/', 'GetObject', 'what is under it, line breaks in keys among it'],
    ['odd-keys/in/a\nb.csv', 'GetObject', 'an object with a line break in its key'],
    ['arn:aws:s3:::odd-keys/in/', 'GetObject', 'what is under an ARN'],
  ])('%s means %s: %s', async (name, actions) => {
    expect(await actionsOn(name)).toBe(actions);
  });
});

describe('a prefix', () => {
  it.each([
    ['pii-*', 'GetObject, ListObjects'],
    ['ord*', 'GetItem'],
    ['job*', 'SendMessage'],
    ['read*', 'AssumeRole'],
    ['odd-keys/in/a*', 'GetObject'],
    ['arn:aws:s3:::pii-*', 'GetObject, ListObjects'],
  ])('%s means all that begins with it: %s', async (prefix, actions) => {
    expect(await actionsOn(prefix)).toBe(actions);
  });
});

describe('what is not meant', () => {
  it.each(['pii', 'PII-EXPORTS', 'order', 'pii_exports', 'pii.exports', 'exports', 'ii-exports', '%', '.*'])(
    'by %s is not found',
    async (name) => {
      expect(await actionsOn(name)).toBe('');
    },
  );
});
