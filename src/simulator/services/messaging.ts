// Owns the call templates of SQS, SNS, Kinesis, Lambda and CloudWatch Logs.

import type { Api, CallSite, JsonObject } from './api.ts';
import { kmsDecrypt } from './secrets.ts';

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

function queue({ resources, region, account, random }: CallSite): { url: string; resources: JsonObject[] } {
  const name = `${resources.stem}-${random.pick(['jobs', 'events', 'dead-letter'])}`;
  return {
    url: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    resources: [
      { accountId: account, type: 'AWS::SQS::Queue', ARN: `arn:aws:sqs:${region}:${account}:${name}` },
    ],
  };
}

const sqs = { service: 'sqs', category: 'Data', deniedCode: 'AccessDenied' } as const;

export const sqsReceiveMessage: Api = {
  ...sqs,
  name: 'ReceiveMessage',
  readOnly: true,
  detail: (site) => {
    const { url, resources } = queue(site);
    return {
      request: {
        queueUrl: url,
        attributeNames: ['All'],
        maxNumberOfMessages: 10,
        visibilityTimeout: 60,
        waitTimeSeconds: 20,
      },
      resources,
    };
  },
  onBehalf: { api: () => kmsDecrypt, invokedBy: 'sqs.amazonaws.com', likelihood: 0.1 },
};

export const sqsSendMessage: Api = {
  ...sqs,
  name: 'SendMessage',
  readOnly: false,
  detail: (site) => {
    const { url, resources } = queue(site);
    return {
      request: { queueUrl: url, messageBody: HIDDEN, messageAttributes: HIDDEN, delaySeconds: 0 },
      response: { mD5OfMessageBody: site.random.hex(32), messageId: site.random.uuid() },
      resources,
    };
  },
};

export const snsPublish: Api = {
  service: 'sns',
  name: 'Publish',
  readOnly: false,
  category: 'Data',
  deniedCode: 'AuthorizationError',
  detail: ({ resources, region, account, random }) => {
    const arn = `arn:aws:sns:${region}:${account}:${resources.stem}-notifications`;
    return {
      request: { topicArn: arn, message: HIDDEN, subject: HIDDEN, messageAttributes: HIDDEN },
      response: { messageId: random.uuid() },
      resources: [{ accountId: account, type: 'AWS::SNS::Topic', ARN: arn }],
    };
  },
};

function stream({ resources, region, account }: CallSite): {
  name: string;
  arn: string;
  resources: JsonObject[];
} {
  const name = `${resources.stem}-clicks`;
  const arn = `arn:aws:kinesis:${region}:${account}:stream/${name}`;
  return { name, arn, resources: [{ accountId: account, type: 'AWS::Kinesis::Stream', ARN: arn }] };
}

const kinesis = { service: 'kinesis', category: 'Data', deniedCode: 'AccessDenied' } as const;

export const kinesisPutRecords: Api = {
  ...kinesis,
  name: 'PutRecords',
  readOnly: false,
  detail: (site) => {
    const { name, arn, resources } = stream(site);
    const partitionKeys = Array.from({ length: site.random.between(1, 4) }, () => ({
      partitionKey: site.hostileText?.() ?? site.random.hex(12),
    }));
    return { request: { streamName: name, streamARN: arn, records: partitionKeys }, resources };
  },
};

export const kinesisGetRecords: Api = {
  ...kinesis,
  name: 'GetRecords',
  readOnly: true,
  detail: (site) => {
    const { arn, resources } = stream(site);
    return {
      request: { streamARN: arn, limit: 10_000, shardIterator: `AAAAAAAA${site.random.alphanumeric(120)}==` },
      resources,
    };
  },
};

export const lambdaInvoke: Api = {
  service: 'lambda',
  name: 'Invoke',
  readOnly: false,
  category: 'Data',
  apiVersion: '2015-03-31',
  deniedCode: 'AccessDenied',
  detail: ({ resources, region, account, random }) => {
    const arn = `arn:aws:lambda:${region}:${account}:function:${resources.stem}-transform`;
    return {
      request: {
        functionName: arn,
        invocationType: random.pick(['RequestResponse', 'Event']),
        logType: 'None',
      },
      extra: { functionVersion: `${arn}:$LATEST` },
      resources: [{ accountId: account, type: 'AWS::Lambda::Function', ARN: arn }],
    };
  },
};

export const logsCreateStream: Api = {
  service: 'logs',
  name: 'CreateLogStream',
  readOnly: false,
  category: 'Management',
  apiVersion: '20140328',
  deniedCode: 'AccessDenied',
  detail: ({ resources, random, hostileText }) => ({
    request: {
      logGroupName: `/app/${resources.stem}`,
      logStreamName: hostileText?.() ?? `${resources.stem}.${random.uuid()}`,
    },
  }),
};

export const logsDescribeGroups: Api = {
  service: 'logs',
  name: 'DescribeLogGroups',
  readOnly: true,
  category: 'Management',
  apiVersion: '20140328',
  deniedCode: 'AccessDenied',
  detail: ({ resources }) => ({ request: { logGroupNamePrefix: `/app/${resources.stem}`, limit: 50 } }),
};
