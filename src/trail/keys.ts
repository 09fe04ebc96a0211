// Owns CloudTrail's delivery layout: what a log file's key says, and which keys a time range needs.
// Pure: it reads text and lists nothing.

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What CloudTrail delivers beside log files, each kind into a folder of its own. */
type DeliveredKind = 'log' | 'digest' | 'insight' | 'aggregated';

interface LogFileKey {
  /** `o-…` where the key lies in an organization trail's folder. */
  organizationId: string | null;
  /** The account that the records were delivered for; 12 digits. */
  accountId: string;
  region: string;
  /** The partition's day, `yyyy-mm-dd` in UTC: the day of delivery, not of the records. */
  day: string | null;
  /** The stamp in the file's name; null where the name is not exactly as CloudTrail writes it. */
  deliveredAt: Date | null;
  kind: DeliveredKind;
}

/** A range of record times, `until` exclusive; an absent end is open. */
export interface TimeRange {
  since?: Date;
  until?: Date;
}

/**
 * How much older than a call the issuance behind it may be: a session lives for twelve hours at most, and one that it begins by
 * a chain for one more.
 */
export const LOOK_BACK_MS = 13 * HOUR_MS;

const KIND_OF_FOLDER: Readonly<Record<string, DeliveredKind>> = {
  CloudTrail: 'log',
  'CloudTrail-Digest': 'digest',
  'CloudTrail-Insight': 'insight',
  'CloudTrail-Aggregated': 'aggregated',
};

const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;

/** Whether the text is written as regions are: `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`. */
export function isRegion(text: string): boolean {
  return REGION.test(text);
}

const FOLDERS =
  /(?:^|[/\\])AWSLogs[/\\](?:(o-[a-z0-9]+)[/\\])?(\d{12})[/\\](CloudTrail(?:-Digest|-Insight|-Aggregated)?)[/\\]([a-z]{2,4}(?:-[a-z]+)+-\d+)[/\\](?:(\d{4})[/\\](\d{2})[/\\](\d{2})[/\\])?(?:.*[/\\])?([^/\\]*)$/;

// `{account}_CloudTrail_{region}_{YYYYMMDDTHHmmZ}_{16 characters}.json.gz`; a digest's name ends in the trail, its home
// region and a stamp with seconds.
const NAME =
  /^(\d{12})_(CloudTrail(?:-Digest|-Insight|-Aggregated)?)_([a-z]{2,4}(?:-[a-z]+)+-\d+)[_-](?:.*\.json(?:\.gz)?|.*\.gz)$/;

// Copies made by other tools keep the name's beginning but lose the suffix or the `Z`, and may hold records younger
// than their stamp: only a name exactly as CloudTrail writes it says when it was delivered.
const STAMP = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(?:(\d\d)Z(?:_backfill)?|Z_[A-Za-z0-9]{16})\.json(?:\.gz)?$/;

/**
 * What a log file's key or path says about it, or null for a name outside the delivery layout. The folders
 * `[prefix/]AWSLogs/[o-…/]{account}/CloudTrail/{region}/{yyyy}/{mm}/{dd}/` or the file's name alone are enough; where
 * both speak, the folders win, except that only the name has a delivery stamp.
 */
export function parseLogFileKey(path: string): LogFileKey | null {
  const folders = FOLDERS.exec(path);
  const fileName = folders?.[8] ?? path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const name = NAME.exec(fileName);
  const accountId = folders?.[2] ?? name?.[1];
  const region = folders?.[4] ?? name?.[3];
  const kind = KIND_OF_FOLDER[folders?.[3] ?? name?.[2] ?? ''];
  if (accountId === undefined || region === undefined || kind === undefined) return null;
  return {
    organizationId: folders?.[1] ?? null,
    accountId,
    region,
    day: folders?.[5] === undefined ? null : `${folders[5]}-${folders[6]}-${folders[7]}`,
    deliveredAt: name === null ? null : parseStamp(fileName),
    kind,
  };
}

/** The UTC stamp of a file's name; null where there is none or it is no time. */
function parseStamp(fileName: string): Date | null {
  const parts = STAMP.exec(fileName);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = '00'] = parts;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

/**
 * The delivery times that can hold records of a range. A file holds records from before its delivery only, so what was
 * delivered before `since` is not needed (one minute is allowed for the stamp, which has no seconds). CloudTrail mostly
 * delivers within minutes; what comes later than a day after `until` is not looked for.
 */
function deliveryRange(range: TimeRange): TimeRange {
  return {
    ...(range.since === undefined ? {} : { since: new Date(range.since.getTime() - MINUTE_MS) }),
    ...(range.until === undefined ? {} : { until: new Date(range.until.getTime() + DAY_MS) }),
  };
}

/** True where the file's name proves that it was delivered outside `deliveryRange(range)`; a name without a stamp proves nothing. */
export function isDeliveredOutside(key: LogFileKey | null, range: TimeRange): boolean {
  const delivered = key?.deliveredAt?.getTime();
  if (delivered === undefined) return false;
  const { since, until } = deliveryRange(range);
  return (
    (since !== undefined && delivered < since.getTime()) ||
    (until !== undefined && delivered >= until.getTime())
  );
}

/** The service whose folder under `AWSLogs/` a key lies in, where that is not CloudTrail (`vpcflowlogs`, `Config`, …); else null. */
export function otherService(key: string): string | null {
  const service = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/([^/]+)\//.exec(key)?.[1];
  return service === undefined || service.startsWith('CloudTrail') ? null : service;
}

/** True for a folder of the layout that CloudTrail's log files never lie in: another service's, or digest and Insight files. */
export function holdsNoLogFiles(folder: string): boolean {
  const name = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/([^/]+)\/$/.exec(folder)?.[1] ?? '';
  const kind = KIND_OF_FOLDER[name];
  return otherService(folder) !== null || (kind !== undefined && kind !== 'log');
}

/** How to list what lies under a prefix: by day within a region, folder by folder from `prefix` on, or all of it at once. */
type ListingStep =
  | { by: 'day'; region: string }
  | { by: 'folder'; prefix: string; isInLayout: boolean }
  | { by: 'key' };

const REGION_FOLDER =
  /^(?:.*\/)?AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/CloudTrail\/[a-z]{2,4}(?:-[a-z]+)+-\d+\/(?=(?:\d{0,4}|\d{4}\/\d{0,2}|\d{4}\/\d{2}\/\d{0,2}|\d{4}\/\d{2}\/\d{2}\/[^/]*)$)/;
const ACCOUNT_FOLDER = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/$/;
const FOLDER_ABOVE_REGION = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(?:\d{12}\/(?:CloudTrail\/)?)?$/;

/**
 * The next step from a key prefix towards its log files, so that of a year of logs only the days needed are listed. A
 * prefix may end anywhere (`…/us-east-1/2023/07/1`), as S3 allows; a layout that is not CloudTrail's is listed whole.
 */
export function listingStep(prefix: string): ListingStep {
  // A prefix that names one file is listed in any case, so that the file is found or named with its reason.
  if (/\.json(?:\.gz)?$/.test(prefix)) return { by: 'key' };
  const region = REGION_FOLDER.exec(prefix)?.[0];
  if (region !== undefined) return { by: 'day', region };
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (prefix === folder && ACCOUNT_FOLDER.test(folder))
    return { by: 'folder', prefix: `${folder}CloudTrail/`, isInLayout: true };
  if (FOLDER_ABOVE_REGION.test(folder)) return { by: 'folder', prefix, isInLayout: true };
  if (/(?:^|\/)AWSLogs\//.test(folder)) return { by: 'key' };
  return { by: 'folder', prefix, isInLayout: false };
}

// CloudTrail began in November 2013: no log file is older.
const FIRST_YEAR = Date.UTC(2013, 0, 1);

/**
 * The partitions that a range needs, as the ends of key prefixes in order: `2023/07/10/`, and `2023/07/` or `2023/` where
 * a whole month or year is needed. From the day of `since` to a day after `until`, since the partition is the day of
 * delivery (`deliveryRange`); an open or later end is `now` and a day, for clocks that differ.
 */
export function dayPrefixes(range: TimeRange, now: Date): string[] {
  const { first, last } = deliveryDays(range, now);
  const prefixes: string[] = [];
  for (let day = first; day <= last; ) {
    const [year = '', month = '', dayOfMonth = ''] = new Date(day).toISOString().slice(0, 10).split('-');
    const nextYear = Date.UTC(Number(year) + 1, 0, 1);
    const nextMonth = Date.UTC(Number(year), Number(month), 1);
    if (`${month}${dayOfMonth}` === '0101' && nextYear - DAY_MS <= last) {
      prefixes.push(`${year}/`);
      day = nextYear;
    } else if (dayOfMonth === '01' && nextMonth - DAY_MS <= last) {
      prefixes.push(`${year}/${month}/`);
      day = nextMonth;
    } else {
      prefixes.push(`${year}/${month}/${dayOfMonth}/`);
      day += DAY_MS;
    }
  }
  return prefixes;
}

/** The days, `2023-07-10`, both inclusive, whose partitions a range needs, as `dayPrefixes` says. */
export function wholeDays(range: TimeRange, now: Date): { first: string; last: string } {
  const { first, last } = deliveryDays(range, now);
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  return { first: day(first), last: day(last) };
}

function deliveryDays(range: TimeRange, now: Date): { first: number; last: number } {
  const { since, until } = deliveryRange(range);
  return {
    first: startOfDay(Math.max(since?.getTime() ?? FIRST_YEAR, FIRST_YEAR)),
    last: startOfDay(Math.min((until?.getTime() ?? Number.POSITIVE_INFINITY) - 1, now.getTime() + DAY_MS)),
  };
}

/** The partitions of a region's folder that lie under `prefix` as well: those needed, or `prefix` itself where it is narrower. */
export function narrowToPrefix(prefix: string, partitions: readonly string[]): string[] {
  if (partitions.some((partition) => prefix.startsWith(partition))) return [prefix];
  return partitions.filter((partition) => partition.startsWith(prefix));
}

function startOfDay(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}
