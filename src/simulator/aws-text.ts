// Owns how AWS spells things in CloudTrail: ARNs, times, keys of delivered objects.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-10-05T03:10:00Z`: CloudTrail's times have whole seconds. */
export function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** `Apr 16, 2025, 3:46:56 AM` in UTC, the form of `credentials.expiration`. */
export function expirationText(milliseconds: number): string {
  const time = new Date(milliseconds);
  const hours = time.getUTCHours();
  const clock = [time.getUTCMinutes(), time.getUTCSeconds()].map((part) => String(part).padStart(2, '0'));
  const day = `${MONTHS[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`;
  return `${day}, ${hours % 12 || 12}:${clock.join(':')} ${hours < 12 ? 'AM' : 'PM'}`;
}

export function wholeSecond(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

/** The session's ARN, which loses the role's path. */
export function assumedRoleArn(account: string, roleName: string, sessionName: string): string {
  return `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`;
}

/** The S3 key under which CloudTrail delivers a log file; `delivered` is the time of delivery, not of the records. */
export function logFileKey(account: string, region: string, delivered: number, suffix: string): string {
  const [day = '', clock = ''] = new Date(delivered).toISOString().split('T');
  const stamp = `${day.replaceAll('-', '')}T${clock.slice(0, 2)}${clock.slice(3, 5)}Z`;
  const folder = `AWSLogs/${account}/CloudTrail/${region}/${day.replaceAll('-', '/')}`;
  return `${folder}/${account}_CloudTrail_${region}_${stamp}_${suffix}.json.gz`;
}
