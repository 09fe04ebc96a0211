// Owns the call templates of the control plane: EC2, Auto Scaling, ELB, IAM, STS, Route 53, sign-in and KMS's own events.

import type { Api, JsonObject } from './api.ts';

const reading = { readOnly: true, category: 'Management' } as const;

export const describeInstances: Api = {
  ...reading,
  service: 'ec2',
  name: 'DescribeInstances',
  deniedCode: 'Client.UnauthorizedOperation',
  detail: ({ random, resources }) => ({
    request: {
      maxResults: 1000,
      instancesSet: {},
      filterSet: {
        items: [
          { name: `tag:kubernetes.io/cluster/${resources.stem}`, valueSet: { items: [{ value: 'owned' }] } },
          {
            name: 'instance-state-name',
            valueSet: { items: [{ value: random.pick(['running', 'pending']) }] },
          },
        ],
      },
    },
  }),
};

export const describeNetworkInterfaces: Api = {
  ...reading,
  service: 'ec2',
  name: 'DescribeNetworkInterfaces',
  deniedCode: 'Client.UnauthorizedOperation',
  detail: ({ random }) => ({
    request: {
      networkInterfaceIdSet: { items: [{ networkInterfaceId: `eni-0${random.hex(16)}` }] },
      filterSet: {},
    },
  }),
};

const runInstances: Api = {
  service: 'ec2',
  name: 'RunInstances',
  readOnly: false,
  category: 'Management',
  deniedCode: 'Client.UnauthorizedOperation',
  detail: ({ random, account, region }) => {
    const instanceId = `i-0${random.hex(16)}`;
    const placed: JsonObject = { availabilityZone: `${region}a`, tenancy: 'default' };
    return {
      request: {
        instancesSet: { items: [{ minCount: 1, maxCount: 1 }] },
        launchTemplate: { launchTemplateId: `lt-0${random.hex(16)}`, version: '7' },
        blockDeviceMapping: {},
        monitoring: { enabled: false },
        placement: placed,
      },
      response: {
        requestId: random.uuid(),
        reservationId: `r-0${random.hex(16)}`,
        ownerId: account,
        groupSet: {},
        instancesSet: {
          items: [{ instanceId, imageId: `ami-0${random.hex(16)}`, instanceType: 'm6i.xlarge' }],
        },
      },
    };
  },
};

export const setDesiredCapacity: Api = {
  service: 'autoscaling',
  name: 'SetDesiredCapacity',
  readOnly: false,
  category: 'Management',
  deniedCode: 'AccessDenied',
  detail: ({ random, resources }) => ({
    request: {
      autoScalingGroupName: `eks-${resources.stem}-${random.hex(8)}`,
      desiredCapacity: random.between(2, 40),
      honorCooldown: false,
    },
  }),
  onBehalf: { api: () => runInstances, invokedBy: 'autoscaling.amazonaws.com', likelihood: 0.8 },
};

export const describeTargetHealth: Api = {
  ...reading,
  service: 'elasticloadbalancing',
  name: 'DescribeTargetHealth',
  apiVersion: '2015-12-01',
  deniedCode: 'AccessDenied',
  detail: ({ random, account, region, resources }) => ({
    request: {
      targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${resources.stem}/${random.hex(16)}`,
    },
  }),
};

export const listRecordSets: Api = {
  ...reading,
  service: 'route53',
  name: 'ListResourceRecordSets',
  apiVersion: '2013-04-01',
  region: 'us-east-1',
  deniedCode: 'AccessDenied',
  detail: ({ random }) => ({ request: { hostedZoneId: `Z0${random.base32(18)}`, maxItems: '300' } }),
};

export const getCallerIdentity: Api = {
  ...reading,
  service: 'sts',
  name: 'GetCallerIdentity',
  deniedCode: 'AccessDenied',
  detail: ({ region }) => ({
    request: null,
    extra: { RequestDetails: { awsServingRegion: region, endpointType: 'regional' } },
  }),
};

export const listRoles: Api = {
  ...reading,
  service: 'iam',
  name: 'ListRoles',
  apiVersion: '2010-05-08',
  region: 'us-east-1',
  deniedCode: 'AccessDenied',
  detail: () => ({ request: { maxItems: 1000 } }),
};

export const updateTrustPolicy: Api = {
  service: 'iam',
  name: 'UpdateAssumeRolePolicy',
  readOnly: false,
  category: 'Management',
  apiVersion: '2010-05-08',
  region: 'us-east-1',
  deniedCode: 'AccessDenied',
  detail: ({ resources, account }) => ({
    request: {
      roleName: resources.stem,
      policyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' },
        ],
      }),
    },
  }),
};

export const consoleLogin: Api = {
  service: 'signin',
  name: 'ConsoleLogin',
  readOnly: false,
  category: 'Management',
  eventType: 'AwsConsoleSignIn',
  region: 'us-east-1',
  detail: ({ random }) => ({
    request: null,
    response: { ConsoleLogin: 'Success' },
    extra: {
      LoginTo: `https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_us-east-1_${random.hex(16)}`,
      MobileVersion: 'No',
      MFAUsed: random.chance(0.9) ? 'Yes' : 'No',
    },
    host: 'us-east-1.signin.aws.amazon.com',
  }),
};

export const rotateKey: Api = {
  service: 'kms',
  name: 'RotateKey',
  readOnly: false,
  category: 'Management',
  eventType: 'AwsServiceEvent',
  detail: ({ resources, region }) => ({
    request: null,
    resources: [
      {
        accountId: resources.account,
        type: 'AWS::KMS::Key',
        ARN: `arn:aws:kms:${region}:${resources.account}:key/${resources.keyId}`,
      },
    ],
  }),
};
