// Owns CloudTrail's delivery layout: what a log file's key says, and which keys a time range needs.
// Pure: it reads text and lists nothing.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What CloudTrail delivers beside log files, each kind into a folder of its own. */
export type DeliveredKind = 'log' | 'digest' | 'insight' | 'aggregated';

export interface LogFileKey {
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

const KIND_OF_FOLDER: Readonly<Record<string, DeliveredKind>> = {
  CloudTrail: 'log',
  'CloudTrail-Digest': 'digest',
  'CloudTrail-Insight': 'insight',
  'CloudTrail-Aggregated': 'aggregated',
};

const FOLDERS =
  /(?:^|[/\\])AWSLogs[/\\](?:(o-[a-z0-9]+)[/\\])?(\d{12})[/\\](CloudTrail(?:-Digest|-Insight|-Aggregated)?)[/\\]([a-z0-9-]+)[/\\](?:(\d{4})[/\\](\d{2})[/\\](\d{2})[/\\])?(?:.*[/\\])?([^/\\]*)$/;

// `{account}_CloudTrail_{region}_{YYYYMMDDTHHmmZ}_{16 characters}.json.gz`; a digest's name ends in the trail, its home
// region and a stamp with seconds.
const NAME =
  /^(\d{12})_(CloudTrail(?:-Digest|-Insight|-Aggregated)?)_([a-z]{2}(?:-[a-z]+)+-\d+)[_-](?:.*\.json(?:\.gz)?|.*\.gz)$/;

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
export function deliveryRange(range: TimeRange): TimeRange {
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
