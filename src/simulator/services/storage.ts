// Owns the call templates of S3, DynamoDB and ECR.

import { expirationText } from '../aws-text.ts';
import type { BucketKey } from '../plan.ts';
import { SESSION_TOKEN_MARK } from '../render/assumption.ts';
import type { Api, CallDetail, CallSite, JsonObject } from './api.ts';
import { kmsDecrypt, kmsGenerateDataKey } from './secrets.ts';

const PREFIXES = ['raw', 'curated', 'exports', 'backup', 'models', 'tmp'] as const;
const SUFFIXES = ['parquet', 'json.gz', 'csv', 'bin', 'avro'] as const;

function objectKey({ random, at, hostileText }: CallSite): string {
  const day = new Date(at).toISOString().slice(0, 10);
  const file = hostileText?.() ?? `part-${String(random.below(100_000)).padStart(5, '0')}-${random.hex(8)}`;
  return `${random.pick(PREFIXES)}/dt=${day}/${file}.${random.pick(SUFFIXES)}`;
}

function s3Object(site: CallSite, more: JsonObject, transferred: 'in' | 'out' | 'none'): CallDetail {
  const { random, resources } = site;
  const key = objectKey(site);
  return {
    ...s3Bucket(site, { ...more, key }, transferred),
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${resources.bucket}/${key}` },
      { accountId: resources.account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${resources.bucket}` },
    ],
    ...(transferred === 'in' ? { response: s3Encryption(site, random.chance(0.6)) } : {}),
  };
}

function s3Bucket(site: CallSite, more: JsonObject, transferred: 'in' | 'out' | 'none'): CallDetail {
  const { random, resources, region } = site;
  const host = `${resources.bucket}.s3.${region}.amazonaws.com`;
  const bytes = random.below(4_000_000);
  return {
    request: { bucketName: resources.bucket, Host: host, ...more },
    extra: {
      SignatureVersion: 'SigV4',
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: transferred === 'in' ? bytes : 0,
      AuthenticationMethod: 'AuthHeader',
      'x-amz-id-2': `${random.alphanumeric(74)}/=`,
      bytesTransferredOut: transferred === 'out' ? bytes : 412,
    },
    resources: [
      { accountId: resources.account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${resources.bucket}` },
    ],
    host,
  };
}

function s3Encryption({ resources, region, random }: CallSite, withKms: boolean): JsonObject {
  if (!withKms)
    return { 'x-amz-server-side-encryption': 'AES256', 'x-amz-version-id': random.alphanumeric(32) };
  return {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:${region}:${resources.account}:key/${resources.keyId}`,
    'x-amz-version-id': random.alphanumeric(32),
  };
}

const s3 = { service: 's3', requestId: 's3', deniedCode: 'AccessDenied' } as const;

export const s3GetObject: Api = {
  ...s3,
  name: 'GetObject',
  readOnly: true,
  category: 'Data',
  detail: (site) => s3Object(site, {}, 'out'),
  onBehalf: { api: () => kmsDecrypt, invokedBy: 's3.amazonaws.com', likelihood: 0.1 },
};

export const s3PutObject: Api = {
  ...s3,
  name: 'PutObject',
  readOnly: false,
  category: 'Data',
  detail: (site) => s3Object(site, { 'x-amz-server-side-encryption': 'aws:kms' }, 'in'),
  onBehalf: { api: () => kmsGenerateDataKey, invokedBy: 's3.amazonaws.com', likelihood: 0.15 },
};

export const s3HeadObject: Api = {
  ...s3,
  name: 'HeadObject',
  readOnly: true,
  category: 'Data',
  detail: (site) => s3Object(site, {}, 'none'),
};

export const s3DeleteObject: Api = {
  ...s3,
  name: 'DeleteObject',
  readOnly: false,
  category: 'Data',
  detail: (site) => s3Object(site, {}, 'none'),
};

export const s3ListObjects: Api = {
  ...s3,
  name: 'ListObjects',
  readOnly: true,
  category: 'Data',
  detail: (site) =>
    s3Bucket(
      site,
      {
        'list-type': '2',
        prefix: site.hostileText?.() ?? `${site.random.pick(PREFIXES)}/`,
        'max-keys': '1000',
        'encoding-type': 'url',
      },
      'out',
    ),
};

export const s3GetBucketLocation: Api = {
  ...s3,
  name: 'GetBucketLocation',
  readOnly: true,
  category: 'Management',
  detail: (site) => s3Bucket(site, { location: '' }, 'out'),
};

/** Of directory buckets; `issued` is the key that CreateSession hands out. */
function s3Express(name: string, issued?: BucketKey): Api {
  return {
    service: 's3express',
    name,
    readOnly: true,
    category: 'Data',
    detail: (site) => {
      const { resources, region, account } = site;
      const bucketName = `${resources.bucket}--usw2-az1--x-s3`;
      const host = `${bucketName}.s3express-usw2-az1.${region}.amazonaws.com`;
      const ARN = `arn:aws:s3express:${region}:${account}:bucket/${bucketName}`;
      return {
        request: {
          bucketName,
          Host: host,
          ...(issued ? { 'x-amz-create-session-mode': 'ReadWrite' } : { key: objectKey(site) }),
        },
        ...(issued ? { response: { credentials: bucketCredentials(issued) } } : {}),
        resources: [{ accountId: account, type: 'AWS::S3Express::DirectoryBucket', ARN }],
        host,
      };
    },
  };
}

function bucketCredentials({ accessKeyId, startedAt }: BucketKey): JsonObject {
  return { accessKeyId, expiration: expirationText(startedAt + 300_000), sessionToken: SESSION_TOKEN_MARK };
}

export const s3ExpressGetObject = s3Express('GetObject');
export const s3ExpressCreateSession = (issued: BucketKey) => s3Express('CreateSession', issued);

function dynamoTable({ random, resources, region, account }: CallSite): {
  name: string;
  resources: JsonObject[];
} {
  const name = `${resources.stem}-${random.pick(['orders', 'state', 'locks', 'sessions'])}`;
  const arn = `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  return { name, resources: [{ accountId: account, type: 'AWS::DynamoDB::Table', ARN: arn }] };
}

function dynamoKey({ random, hostileText }: CallSite): JsonObject {
  return { pk: hostileText?.() ?? `CUSTOMER#${random.between(1000, 99_999)}`, sk: `ORDER#${random.uuid()}` };
}

const dynamodb = {
  service: 'dynamodb',
  apiVersion: '2012-08-10',
  deniedCode: 'AccessDenied',
  category: 'Data',
} as const;

export const dynamoGetItem: Api = {
  ...dynamodb,
  name: 'GetItem',
  readOnly: true,
  detail: (site) => {
    const table = dynamoTable(site);
    return {
      request: { tableName: table.name, key: dynamoKey(site), consistentRead: site.random.chance(0.3) },
      resources: table.resources,
    };
  },
};

export const dynamoPutItem: Api = {
  ...dynamodb,
  name: 'PutItem',
  readOnly: false,
  detail: (site) => {
    const table = dynamoTable(site);
    return {
      request: {
        tableName: table.name,
        items: [dynamoKey(site)],
        conditionExpression: 'attribute_not_exists(pk)',
        returnConsumedCapacity: 'TOTAL',
      },
      resources: table.resources,
    };
  },
};

export const dynamoQuery: Api = {
  ...dynamodb,
  name: 'Query',
  readOnly: true,
  detail: (site) => {
    const table = dynamoTable(site);
    return {
      request: {
        tableName: table.name,
        indexName: 'by-status',
        keyConditionExpression: '#pk = :pk and begins_with(#sk, :sk)',
        expressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
        limit: site.random.between(10, 200),
        scanIndexForward: false,
      },
      resources: table.resources,
    };
  },
};

function ecrRepository({ resources, region, account }: CallSite): { name: string; resources: JsonObject[] } {
  const name = `apps/${resources.stem}`;
  return {
    name,
    resources: [{ ARN: `arn:aws:ecr:${region}:${account}:repository/${name}`, accountId: account }],
  };
}

const ecr = { service: 'ecr', deniedCode: 'AccessDenied', readOnly: true, category: 'Management' } as const;

export const ecrBatchGetImage: Api = {
  ...ecr,
  name: 'BatchGetImage',
  detail: (site) => {
    const repository = ecrRepository(site);
    return {
      request: {
        imageIds: [{ imageTag: `v1.${site.random.below(40)}.${site.random.below(20)}` }],
        acceptedMediaTypes: [
          'application/vnd.docker.distribution.manifest.v2+json',
          'application/vnd.oci.image.manifest.v1+json',
        ],
        registryId: site.account,
        repositoryName: repository.name,
      },
      resources: repository.resources,
      host: `${site.account}.dkr.ecr.${site.region}.amazonaws.com`,
    };
  },
};

export const ecrGetDownloadUrl: Api = {
  ...ecr,
  name: 'GetDownloadUrlForLayer',
  detail: (site) => {
    const repository = ecrRepository(site);
    return {
      request: {
        layerDigest: `sha256:${site.random.hex(64)}`,
        registryId: site.account,
        repositoryName: repository.name,
      },
      resources: repository.resources,
    };
  },
};

export const ecrGetAuthorizationToken: Api = {
  ...ecr,
  name: 'GetAuthorizationToken',
  detail: () => ({ request: null, response: {} }),
};
