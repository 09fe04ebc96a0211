// Owns the call templates of KMS, Secrets Manager and Systems Manager parameters.

import type { Api, CallSite, JsonObject } from './api.ts';

function kmsKey({ resources, region }: CallSite): { arn: string; resources: JsonObject[] } {
  const arn = `arn:aws:kms:${region}:${resources.account}:key/${resources.keyId}`;
  return { arn, resources: [{ accountId: resources.account, type: 'AWS::KMS::Key', ARN: arn }] };
}

const kms = { service: 'kms', readOnly: true, category: 'Management', deniedCode: 'AccessDenied' } as const;

export const kmsDecrypt: Api = {
  ...kms,
  name: 'Decrypt',
  detail: (site) => {
    const key = kmsKey(site);
    return {
      request: {
        encryptionContext: {
          'aws:s3:arn': `arn:aws:s3:::${site.resources.bucket}`,
          purpose: site.resources.stem,
        },
        keyId: key.arn,
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      },
      extra: { keyMaterialId: site.random.hex(64) },
      resources: key.resources,
    };
  },
};

export const kmsGenerateDataKey: Api = {
  ...kms,
  name: 'GenerateDataKey',
  detail: (site) => {
    const key = kmsKey(site);
    return {
      request: {
        encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${site.resources.bucket}` },
        keyId: key.arn,
        keySpec: 'AES_256',
      },
      extra: { keyMaterialId: site.random.hex(64) },
      resources: key.resources,
    };
  },
};

function secretArn({ resources, region, random }: CallSite): string {
  const name = `${resources.stem}/${random.pick(['database', 'api-token', 'tls', 'oauth'])}`;
  return `arn:aws:secretsmanager:${region}:${resources.account}:secret:${name}-a1b2C3`;
}

const secretsManager = {
  service: 'secretsmanager',
  readOnly: true,
  category: 'Management',
  deniedCode: 'AccessDenied',
} as const;

export const getSecretValue: Api = {
  ...secretsManager,
  name: 'GetSecretValue',
  detail: (site) => ({ request: { secretId: secretArn(site), versionStage: 'AWSCURRENT' } }),
  onBehalf: { api: () => kmsDecrypt, invokedBy: 'secretsmanager.amazonaws.com', likelihood: 0.7 },
};

export const describeSecret: Api = {
  ...secretsManager,
  name: 'DescribeSecret',
  detail: (site) => ({ request: { secretId: secretArn(site) } }),
};

const ssm = { service: 'ssm', readOnly: true, category: 'Management', deniedCode: 'AccessDenied' } as const;

export const getParameter: Api = {
  ...ssm,
  name: 'GetParameter',
  detail: ({ resources, region, random, hostileText }) => {
    const name = `/${resources.stem}/${hostileText?.() ?? random.pick(['db-host', 'feature-flags', 'dsn'])}`;
    return {
      request: { name, withDecryption: random.chance(0.7) },
      resources: [
        { accountId: resources.account, ARN: `arn:aws:ssm:${region}:${resources.account}:parameter${name}` },
      ],
    };
  },
};

export const getParametersByPath: Api = {
  ...ssm,
  name: 'GetParametersByPath',
  detail: ({ resources, random }) => ({
    request: {
      path: `/${resources.stem}/`,
      recursive: true,
      withDecryption: true,
      maxResults: random.between(5, 10),
    },
  }),
};
