// Which resources a call touched, as ARNs: what the record lists itself, then what its request parameters name.
// Runs once for every record that is read, so a call that names nothing costs nothing.
import { type ResourceRule, resourceRules } from './resource-rules.ts';
import { withoutSignature } from './secrets.ts';

/** What else of a record is needed to complete a bare name to an ARN. */
export interface ResourceContext {
  eventSource: string;
  eventName: string;
  awsRegion: string | null;
  recipientAccountId: string | null;
  callerAccountId: string | null;
}

/** A call that touched more is cut here: the list is for finding calls, and a hostile one must stay small. */
const mostArns = 100;
/** The longest ARN that AWS documents; anything longer is no ARN. */
const longestArn = 2048;

/** Where a value stands: the rule that reads it, and the record around it. */
interface Place {
  rule: ResourceRule;
  parameters: Record<string, unknown>;
  context: ResourceContext;
}

/**
 * The ARNs that a record names, distinct and in order: its `resources` (`ARN`, in some services `arn`; an `ARNPrefix`
 * is no resource), then those that its request parameters add. At most 100. Values of a wrong type are ignored.
 */
export function resourceArns(
  resources: readonly { ARN?: unknown; arn?: unknown }[] | null,
  requestParameters: Record<string, unknown> | null,
  context: ResourceContext,
): string[] {
  const arns: string[] = [];
  if (Array.isArray(resources)) {
    for (const resource of resources) {
      if (typeof resource !== 'object' || resource === null) continue;
      const arn = resource.ARN ?? resource.arn;
      if (typeof arn === 'string' && isArn(arn)) add(arns, arn);
    }
  }
  if (typeof requestParameters !== 'object' || requestParameters === null) return arns;
  for (const rule of resourceRules.get(context.eventSource) ?? []) {
    const value = requestParameters[rule.parameter];
    if (value === undefined || (rule.eventNames !== null && !rule.eventNames.has(context.eventName)))
      continue;
    const place = { rule, parameters: requestParameters, context };
    if (rule.form === 'table-items') addTables(arns, value, place);
    else if (Array.isArray(value)) for (const item of value) addNamed(arns, item, place);
    else addNamed(arns, value, place);
  }
  return arns;
}

function addNamed(arns: string[], value: unknown, place: Place): void {
  if (typeof value !== 'string' || value === '' || arns.length >= mostArns) return;
  switch (place.rule.form) {
    case 'bucket':
      addBucket(arns, value, place);
      break;
    case 'copy-source':
      addCopySource(arns, value, place);
      break;
    default:
      add(arns, isArn(value) ? value : arnOfName(value, place));
  }
}

/** The ARN of a resource that is not named by one; null where the value does not name it. */
function arnOfName(value: string, place: Place): string | null {
  const { form, before, kindOfItsOwn } = place.rule;
  switch (form) {
    case 'name':
      return arnInAccount(
        kindOfItsOwn !== null && value.startsWith(kindOfItsOwn) ? value : before + value,
        place,
      );
    case 'parameter-name':
      return arnInAccount(before + parameterPath(value), place);
    case 'function-name':
      return arnOfFunction(value, place);
    case 'queue-url':
      return arnOfQueue(value, place);
    default:
      return null;
  }
}

function arnInAccount(last: string, place: Place): string | null {
  return arnOf(last, place.rule.service, { region: place.context.awsRegion, account: ownerOf(place) });
}

/** The account that the parameters say, else the one that got this copy of the record, else the caller's. */
function ownerOf({ rule, parameters, context }: Place): string | null {
  const owner = rule.ownerParameter === null ? null : parameters[rule.ownerParameter];
  if (typeof owner === 'string' && isAccountId(owner)) return owner;
  return context.recipientAccountId ?? context.callerAccountId;
}

type Home = { region: string | null; account: string | null };

/** Without a region or an account there is no ARN, and none is invented. */
function arnOf(last: string, service: string, { region, account }: Home): string | null {
  // IAM is of no region.
  const home = service === 'iam' ? '' : region || null;
  if (home === null || !account) return null;
  return `arn:${partitionOf(region ?? '')}:${service}:${home}:${account}:${last}`;
}

function addBucket(arns: string[], bucket: string, { parameters, context }: Place): void {
  add(arns, arnOfBucket(bucket, context));
  // DeleteObjects names its keys in a body that CloudTrail leaves out.
  if (context.eventName === 'DeleteObjects') return;
  const key = parameters.key;
  if (typeof key === 'string' && key !== '') add(arns, arnOfObject(bucket, key, context));
}

/** An access point may stand where a bucket does, as an ARN. */
function arnOfBucket(bucket: string, context: ResourceContext): string {
  return isArn(bucket) ? bucket : `arn:${partitionOf(context.awsRegion ?? '')}:s3:::${bucket}`;
}

function arnOfObject(bucket: string, key: string, context: ResourceContext): string {
  return `${arnOfBucket(bucket, context)}${isArn(bucket) ? '/object/' : '/'}${key}`;
}

/** The source of a copy is a header: percent-encoded by most SDKs, and logged decoded in most records. */
function addCopySource(arns: string[], source: string, { context }: Place): void {
  const version = source.lastIndexOf('?versionId=');
  const path = decoded(version === -1 ? source : source.slice(0, version));
  if (isArn(path)) {
    const object = path.indexOf('/object/');
    if (object > 0) add(arns, path.slice(0, object));
    add(arns, path);
    return;
  }
  const start = path.startsWith('/') ? 1 : 0;
  const slash = path.indexOf('/', start);
  if (slash <= start || slash === path.length - 1) return;
  const bucket = path.slice(start, slash);
  add(arns, arnOfBucket(bucket, context));
  add(arns, arnOfObject(bucket, path.slice(slash + 1), context));
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // A key that was logged decoded may hold a lone %.
    return text;
  }
}

/** `/prod/db` and `db` both follow `parameter` with one slash; a version or label is not part of the ARN. */
function parameterPath(name: string): string {
  const colon = name.indexOf(':');
  const bare = colon === -1 ? name : name.slice(0, colon);
  return bare.startsWith('/') ? bare : `/${bare}`;
}

/**
 * A name, perhaps with a qualifier behind it, and before it `function:`, an account, or a region and an account.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
function arnOfFunction(value: string, place: Place): string | null {
  const { rule, context } = place;
  const [, region, account, name] =
    /^(?:(?:([a-z][a-z0-9-]+):)?([0-9]{12}):)?(?:function:)?(.+)$/s.exec(value) ?? [];
  if (name === undefined) return null;
  const home = { region: region ?? context.awsRegion, account: account ?? ownerOf(place) };
  return arnOf(rule.before + name, rule.service, home);
}

/**
 * `https://sqs.eu-west-1.amazonaws.com/111122223333/orders`, in the older forms with the region first or absent, through a
 * VPC endpoint, or through a proxy with a path in front.
 */
function arnOfQueue(value: string, place: Place): string | null {
  const url = value.replace(/\/?(?:\?.*)?$/s, '');
  const slash = url.lastIndexOf('/');
  if (slash === -1) return arnInAccount(url, place);
  const name = url.slice(slash + 1);
  const account = url.slice(url.lastIndexOf('/', slash - 1) + 1, slash);
  if (name === '' || !isAccountId(account)) return null;
  return arnOf(name, place.rule.service, { region: regionOfHost(url) ?? place.context.awsRegion, account });
}

function regionOfHost(url: string): string | null {
  const scheme = url.indexOf('://');
  const start = scheme === -1 ? 0 : scheme + 3;
  for (const label of url.slice(start, url.indexOf('/', start)).split('.')) {
    // Of a host's labels only a region has two hyphens and ends in a digit, but for the id of a VPC endpoint.
    const last = label.charCodeAt(label.length - 1);
    if (last < 48 || last > 57 || label.startsWith('vpce-')) continue;
    const hyphen = label.indexOf('-');
    if (hyphen > 0 && label.indexOf('-', hyphen + 1) > 0) return label;
  }
  return null;
}

/** BatchGetItem and BatchWriteItem key their items by table; a transaction logs a list with a table in each. */
function addTables(arns: string[], items: unknown, place: Place): void {
  if (typeof items !== 'object' || items === null) return;
  const tables: readonly unknown[] = Array.isArray(items) ? items : Object.keys(items);
  for (const item of tables) {
    if (arns.length >= mostArns) return;
    const table = typeof item === 'object' ? tableOf(item) : item;
    if (typeof table !== 'string' || table === '') continue;
    add(arns, isArn(table) ? table : arnInAccount(place.rule.before + table, place));
  }
}

/** `{tableName}` as CloudTrail logs an operation, or `{put: {tableName}}` as the API takes it. */
function tableOf(operation: object | null): unknown {
  const members: Record<string, unknown> = { ...operation };
  if (members.tableName !== undefined) return members.tableName;
  const request = members.get ?? members.put ?? members.update ?? members.delete ?? members.conditionCheck;
  return typeof request === 'object' && request !== null && 'tableName' in request ? request.tableName : null;
}

function add(arns: string[], found: string | null): void {
  if (found === null || found.length > longestArn || arns.length >= mostArns) return;
  const arn = withoutSignature(found);
  if (!arns.includes(arn)) arns.push(arn);
}

function isArn(text: string): boolean {
  return text.startsWith('arn:');
}

function isAccountId(text: string): boolean {
  if (text.length !== 12) return false;
  for (let i = 0; i < 12; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/**
 * What the regions of a partition begin with, for all but `aws`. The same in SQL: queries/sources/trino/log-file-records.sql.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
const partitions = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
] as const;

function partitionOf(region: string): string {
  for (const [beginning, partition] of partitions) if (region.startsWith(beginning)) return partition;
  return 'aws';
}
