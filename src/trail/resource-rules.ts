// The request parameters that name a resource, per service: data only, read by resources.ts.
// A parameter that is missing here is not lost: AWS's own `resources` list of a record always comes first.

/**
 * How the value of a parameter names its resource. Every form but `bucket` also takes a whole ARN.
 * - `arn`: nothing but a whole ARN counts.
 * - `name`: the last part of the ARN, set behind `before`.
 * - `parameter-name`: a Systems Manager name, with or without its leading slash, perhaps with `:version` or `:label`.
 * - `function-name`: a name, perhaps with a qualifier, behind any of `eu-west-1:111122223333:`, `111122223333:` and `function:`.
 * - `queue-url`: the URL, which holds region, account and name.
 * - `table-items`: a map by table name, or a list of operations that each hold a `tableName`.
 * - `bucket`: a bucket, together with the `key` beside it.
 * - `copy-source`: `/bucket/key`, perhaps percent-encoded and with `?versionId=`.
 */
export type ResourceForm =
  | 'arn'
  | 'name'
  | 'parameter-name'
  | 'function-name'
  | 'queue-url'
  | 'table-items'
  | 'bucket'
  | 'copy-source';

export interface ResourceRule {
  /** The member of `requestParameters`, a string or a list of strings. */
  readonly parameter: string;
  readonly form: ResourceForm;
  /** The service as it stands in the ARN. */
  readonly service: string;
  /** What stands before the name in the ARN's last part. */
  readonly before: string;
  /** A value that begins so holds its kind already, and `before` is left out. */
  readonly kindOfItsOwn: string | null;
  /** The parameter that says which account owns the resource. */
  readonly ownerParameter: string | null;
  /** The rule holds for these calls only; null for every call of the service. */
  readonly eventNames: ReadonlySet<string> | null;
}

type Options = Partial<Pick<ResourceRule, 'kindOfItsOwn' | 'ownerParameter'>> & { only?: readonly string[] };

/** The rules of a service: its calls carry parameters named so, of the form given. */
class Service {
  readonly rules: ResourceRule[] = [];
  readonly service: string;

  constructor(service: string) {
    this.service = service;
  }

  with(form: ResourceForm, before: string, parameters: readonly string[], options: Options = {}): this {
    for (const parameter of parameters) {
      this.rules.push({
        parameter,
        form,
        service: this.service,
        before,
        kindOfItsOwn: options.kindOfItsOwn ?? null,
        ownerParameter: options.ownerParameter ?? null,
        eventNames: options.only ? new Set(options.only) : null,
      });
    }
    return this;
  }
}

const ssmParameterCalls = [
  'GetParameter',
  'GetParameters',
  'GetParameterHistory',
  'PutParameter',
  'DeleteParameter',
  'DeleteParameters',
  'LabelParameterVersion',
  'UnlabelParameterVersion',
];

const services: Record<string, Service> = {
  's3.amazonaws.com': new Service('s3')
    .with('bucket', '', ['bucketName'])
    .with('copy-source', '', ['x-amz-copy-source']),
  'dynamodb.amazonaws.com': new Service('dynamodb')
    .with('name', 'table/', ['tableName', 'sourceTableName', 'targetTableName'])
    .with('table-items', 'table/', ['requestItems', 'transactItems'])
    .with('arn', '', ['tableArn', 'sourceTableArn', 'streamArn', 'resourceArn', 'backupArn', 'exportArn']),
  'sqs.amazonaws.com': new Service('sqs')
    .with('queue-url', '', ['queueUrl'])
    .with('name', '', ['queueName'], { ownerParameter: 'queueOwnerAWSAccountId' })
    .with('arn', '', ['sourceArn', 'destinationArn']),
  'sns.amazonaws.com': new Service('sns')
    .with('arn', '', ['topicArn', 'targetArn', 'subscriptionArn', 'resourceArn'])
    .with('name', '', ['name'], { only: ['CreateTopic'] }),
  'kms.amazonaws.com': new Service('kms')
    .with('name', 'key/', ['keyId', 'sourceKeyId', 'destinationKeyId', 'targetKeyId'], {
      kindOfItsOwn: 'alias/',
    })
    .with('name', '', ['aliasName']),
  // A secret named by its name gives an ARN without the six random characters that AWS adds.
  'secretsmanager.amazonaws.com': new Service('secretsmanager')
    .with('name', 'secret:', ['secretId', 'secretIdList'])
    .with('name', 'secret:', ['name'], { only: ['CreateSecret'] }),
  // `name` of any other Systems Manager call names a document, an association or a window.
  'ssm.amazonaws.com': new Service('ssm')
    .with('parameter-name', 'parameter', ['name', 'names'], { only: ssmParameterCalls })
    .with('parameter-name', 'parameter', ['path'], { only: ['GetParametersByPath'] }),
  'sts.amazonaws.com': new Service('sts').with('arn', '', ['roleArn']),
  'lambda.amazonaws.com': new Service('lambda')
    .with('function-name', 'function:', ['functionName'])
    .with('arn', '', ['functionArn', 'resource', 'eventSourceArn']),
  'kinesis.amazonaws.com': new Service('kinesis')
    .with('name', 'stream/', ['streamName'])
    .with('arn', '', ['streamARN', 'consumerARN', 'resourceARN']),
  'ecr.amazonaws.com': new Service('ecr')
    .with('name', 'repository/', ['repositoryName', 'repositoryNames'], { ownerParameter: 'registryId' })
    .with('arn', '', ['resourceArn']),
  'rdsdata.amazonaws.com': new Service('rds').with('arn', '', [
    'resourceArn',
    'secretArn',
    'dbClusterOrInstanceArn',
    'awsSecretStoreArn',
  ]),
  'logs.amazonaws.com': new Service('logs')
    .with('name', 'log-group:', [
      'logGroupName',
      'logGroupIdentifier',
      'logGroupNames',
      'logGroupIdentifiers',
    ])
    .with('arn', '', ['logGroupArn', 'resourceArn']),
  // A role's path is not among the parameters: the ARN is that of a role without one.
  'iam.amazonaws.com': new Service('iam')
    .with('name', 'role/', ['roleName'])
    .with('arn', '', ['openIDConnectProviderArn', 'policyArn']),
  'eks.amazonaws.com': new Service('eks')
    .with('name', 'cluster/', ['clusterName'])
    .with('arn', '', ['roleArn']),
  'eks-auth.amazonaws.com': new Service('eks').with('name', 'cluster/', ['clusterName']),
};

/** The rules by `eventSource`; a service that is not listed has none. */
export const resourceRules: ReadonlyMap<string, readonly ResourceRule[]> = new Map(
  Object.entries(services).map(([eventSource, service]) => [eventSource, service.rules]),
);
