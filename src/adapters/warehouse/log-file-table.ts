// Owns the table over CloudTrail's delivered log files: its columns, where they lie, and which partitions a time range needs.
import { ParameterError } from '../../catalogue/errors.ts';
import { isRegion, LOOK_BACK_MS, type TimeRange, wholeDays } from '../../trail/keys.ts';
import { parseTime } from '../../trail/times.ts';

/** Where a trail delivers. The day is the day of delivery, as the folders say it. */
export interface LogFileLayout {
  /** The table's name, qualified as the engine needs it. */
  table: string;
  /** What stands before `AWSLogs/`, ending in a slash: `s3://bucket/` or `s3://bucket/prefix/`. */
  root: string;
  /** `o-…` for an organization trail. */
  organization: string | null;
  accounts: readonly string[];
  regions: readonly string[];
  /** The first day that the table has, `2026-01-01`: of earlier ones engines read nothing, without a word. */
  firstDay: string;
  /** What a row of the table is: `record` is AWS's own definition, which Athena alone can read. */
  rowPer: RowPer;
  /** Log files that are not read, `s3://bucket/key`, since one that cannot be read to its end fails all. */
  without: readonly string[];
}

export const ROW_PER = ['file', 'record'] as const;
export type RowPer = (typeof ROW_PER)[number];

/**
 * The fields of a record as CloudTrail writes them, in the order in which sources/trino/delivered-by-file names them; each is
 * text, also where it holds JSON. Podtrail does not read the last ones: they are there for who asks the table by hand.
 */
export const LOG_FIELDS = [
  'eventversion',
  'useridentity',
  'eventtime',
  'eventsource',
  'eventname',
  'awsregion',
  'sourceipaddress',
  'useragent',
  'errorcode',
  'errormessage',
  'requestparameters',
  'responseelements',
  'requestid',
  'eventid',
  'recipientaccountid',
  'resources',
  'sharedeventid',
  'addendum',
  'eventcategory',
  'eventtype',
  'apiversion',
  'readonly',
  'managementevent',
  'additionaleventdata',
  'serviceeventdetails',
  'vpcendpointid',
  'vpcendpointaccountid',
  'sessioncredentialfromconsole',
  'edgedevicedetails',
  'tlsdetails',
] as const;

/**
 * Throws ParameterError unless the layout is made of what it may be made of: its values stand in statements as they are.
 */
export function checkLayout(layout: LogFileLayout): LogFileLayout {
  const { root, organization, accounts, regions, without, firstDay } = layout;
  const lacking = [
    accounts.length === 0 ? ['--accounts'] : [],
    regions.length === 0 ? ['--regions'] : [],
  ].flat();
  const faults = [
    wrongly(
      '--bucket',
      [root],
      /^(s3|local):\/\/[^'"`\s${}]*\/$/,
      'such as s3://bucket/ or s3://bucket/prefix/',
    ),
    wrongly('--bucket', [root], /(?<!\/AWSLogs\/)$/, 'end it before AWSLogs/'),
    wrongly(
      '--organization',
      organization === null ? [] : [organization],
      /^o-[a-z0-9]{4,32}$/,
      'such as o-exampleorg',
    ),
    wrongly('--accounts', accounts, /^\d{12}$/, 'twelve digits'),
    regions
      .filter((region) => !isRegion(region))
      .map((region) => invalid('--regions', region, 'such as us-east-1')),
    wrongly('--without', without, /^(s3|local):\/\/[^'"`\s]+$/, 'such as s3://bucket/key'),
    parseTime(`${firstDay}T00:00:00Z`) === null
      ? [invalid('--first-day', firstDay, 'a day such as 2026-01-01')]
      : [],
    lacking.length === 0 ? [] : [`${lacking.join(' and ')} ${lacking.length === 1 ? 'is' : 'are'} missing`],
  ].flat();
  if (faults.length === 0) return layout;
  throw new ParameterError(faults.join('; '));
}

/** A sentence on each of the values that does not have the form. */
function wrongly(option: string, values: readonly string[], form: RegExp, expected: string): string[] {
  return values.filter((value) => !form.test(value)).map((value) => invalid(option, value, expected));
}

function invalid(option: string, value: string, expected: string): string {
  return `invalid ${option} "${value}": ${expected}`;
}

/** Where the partitions lie; `${…}` are the partitions. */
export function locationTemplate(layout: LogFileLayout): string {
  return `${layout.root}${folderOf(layout, `\${account}`, `\${region}`, `\${day}`)}`;
}

function folderOf({ organization }: LogFileLayout, account: string, region: string, day: string): string {
  return `AWSLogs/${organization === null ? '' : `${organization}/`}${account}/CloudTrail/${region}/${day}`;
}

/** The folders of partitions behind the root, each ending in a slash. */
export function partitionFolders(layout: LogFileLayout, partitions: Partitions): string[] {
  const [first = 0, last = 0] = [partitions.firstDay, partitions.lastDay].map((day) =>
    Date.parse(`${day.replaceAll('/', '-')}T00:00:00Z`),
  );
  const days: string[] = [];
  for (let at = first; at <= last; at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10).replaceAll('-', '/'));
  return partitions.accounts.flatMap((account) =>
    partitions.regions.flatMap((region) => days.map((day) => `${folderOf(layout, account, region, day)}/`)),
  );
}

export interface Partitions {
  /** `2026/10/05`, both inclusive. */
  firstDay: string;
  lastDay: string;
  accounts: readonly string[];
  regions: readonly string[];
}

/** The other account's copy of a call may be timed so much later, and names its caller (models/twins). */
const LOOK_AHEAD_MS = 61_000;

/** The times of the records that a range needs: its own, the issuances behind their sessions, and other accounts' copies. */
export function neededTimes({ since, until }: Required<TimeRange>): Required<TimeRange> {
  return {
    since: new Date(since.getTime() - LOOK_BACK_MS),
    until: new Date(until.getTime() + LOOK_AHEAD_MS),
  };
}

/**
 * The partitions that the records lie in which a range needs; since delivery may be late, a day after it too. Throws
 * ParameterError where the range begins before the table does; what is only looked back at may.
 */
export function partitionsOf(layout: LogFileLayout, range: Required<TimeRange>, now: Date): Partitions {
  if (range.since.getTime() < Date.parse(`${layout.firstDay}T00:00:00Z`))
    throw new ParameterError(
      `${layout.table} begins on ${layout.firstDay}, after ${range.since.toISOString().slice(0, 10)}: give the trail's --first-day, and run init again with it`,
    );
  const { since } = neededTimes(range);
  const days = wholeDays({ since, until: range.until }, now);
  return {
    firstDay: days.first.replaceAll('-', '/'),
    lastDay: days.last.replaceAll('-', '/'),
    accounts: layout.accounts,
    regions: layout.regions,
  };
}

/** The relation `log_files`: the rows of these partitions. Bounds are literals, since engines prune by nothing else. */
export function logFilesIn({ table, without }: LogFileLayout, partitions: Partitions): string {
  const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');
  return `select
  f."$path" as path,
  f.*
from ${table} as f
where f.day between '${partitions.firstDay}' and '${partitions.lastDay}'
  and f.account in (${list(partitions.accounts)})
  and f.region in (${list(partitions.regions)})${without.length === 0 ? '' : `\n  and f."$path" not in (${list(without)})`}`;
}
