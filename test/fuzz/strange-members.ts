// What a member of a record may hold instead of what CloudTrail writes, and the members that podtrail reads.
import type { Json } from '../support/scratch.ts';
import type { Seeded } from '../support/seeded.ts';

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

/** What a member may hold instead, as JSON text. */
const STRANGE: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1e400',
  '-1e400',
  '123456789012345678901234567890',
  '0.1',
  '""',
  '" "',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '["a"]',
  '[{}]',
  '{"a":1}',
  '{"__proto__":{"type":"Root"}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"toString":null,"valueOf":null}',
  '{"length":4294967295}',
  '"__proto__"',
  '"constructor"',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\ufeff"',
  '"\\u001f\\u001e\\n\\r"',
  '"\\u2028\\u202e"',
  '"\\"quoted\\",\\"twice\\""',
  '"\\\\"',
  '"\'; drop table stored_records; --"',
  '"=1+1"',
  '"\\u001b[2J"',
  '"0000-00-00T00:00:00Z"',
  '"2026-02-30T00:00:00Z"',
  '"2026-10-05T25:00:00Z"',
  '"2026-10-05"',
  '"1759634400"',
  '"+275760-09-13T00:00:00Z"',
  '"Oct 32, 2026, 4:00:00 AM"',
  '"Foo 5, 99999, 4:00:00 AM"',
  '"arn:"',
  '"arn:aws:iam::::::"',
  '"system:serviceaccount:"',
  '"system:serviceaccount:a:b:c"',
  '"system:serviceaccount:UPPER:case"',
  JSON.stringify('x'.repeat(5000)),
  JSON.stringify('é'.repeat(200_000)),
  JSON.stringify(deep(100)),
  JSON.stringify(deep(3000)),
  `{"a":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`,
];

/** Members that podtrail reads, by path. */
const READ: readonly string[] = [
  'eventVersion',
  'eventTime',
  'eventSource',
  'eventName',
  'eventID',
  'awsRegion',
  'recipientAccountId',
  'errorCode',
  'errorMessage',
  'sourceIPAddress',
  'userAgent',
  'sharedEventID',
  'eventCategory',
  'eventType',
  'vpcEndpointId',
  'requestID',
  'addendum',
  'addendum.reason',
  'resources',
  'resources.0',
  'resources.0.ARN',
  'userIdentity',
  'userIdentity.type',
  'userIdentity.principalId',
  'userIdentity.arn',
  'userIdentity.accountId',
  'userIdentity.accessKeyId',
  'userIdentity.userName',
  'userIdentity.invokedBy',
  'userIdentity.identityProvider',
  'userIdentity.sessionContext',
  'userIdentity.sessionContext.sessionIssuer',
  'userIdentity.sessionContext.sessionIssuer.arn',
  'userIdentity.sessionContext.attributes',
  'userIdentity.sessionContext.attributes.creationDate',
  'userIdentity.sessionContext.webIdFederationData',
  'userIdentity.sessionContext.webIdFederationData.federatedProvider',
  'userIdentity.sessionContext.ec2RoleDelivery',
  'requestParameters',
  'requestParameters.roleArn',
  'requestParameters.roleSessionName',
  'requestParameters.tags',
  'requestParameters.tags.0',
  'requestParameters.tags.0.key',
  'requestParameters.tags.2.value',
  'requestParameters.principalTags',
  'requestParameters.incomingTransitiveTags',
  'requestParameters.bucketName',
  'requestParameters.key',
  'requestParameters.secretId',
  'requestParameters.tableName',
  'responseElements',
  'responseElements.credentials',
  'responseElements.credentials.accessKeyId',
  'responseElements.credentials.expiration',
  'responseElements.assumedRoleUser',
  'responseElements.assumedRoleUser.assumedRoleId',
  'responseElements.subjectFromWebIdentityToken',
  'responseElements.provider',
  'responseElements.audience',
];

/** A record in which one to three members that podtrail reads hold something strange. */
export function estranged(record: Json, chance: Seeded): Json {
  const changed = structuredClone(record);
  for (let count = 1 + chance.below(3); count > 0; count--) {
    put(changed, chance.pick(READ).split('.'), JSON.parse(chance.pick(STRANGE)));
  }
  return changed;
}

function put(into: unknown, [name = '', ...rest]: string[], value: unknown): void {
  if (typeof into !== 'object' || into === null) return;
  const members = into as Json;
  if (rest.length > 0) put(members[name], rest, value);
  else members[name] = value;
}
