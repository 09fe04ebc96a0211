// Reads the times that a person may write. All are UTC unless they name an offset, as CloudTrail's times are.
import { ParameterError } from './errors.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const units: Record<string, number> = { m: minute, h: hour, d: day, w: 7 * day };

const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|([+-])(\d{2}):?(\d{2})?)?)?$/;
const ago = /^(\d{1,9})([mhdw])$/;

/** What `parseTime` reads, for messages and help texts. */
const timeForms =
  '2026-10-05, 2026-10-05T03:00Z, 2026-10-05T03:00:30+02:00 (UTC unless it names an offset), an age such as 15m, 24h, 7d or 2w, or now, today, yesterday';

/**
 * A date or time (without offset: UTC), a time counted back from `now` (`15m`, `24h`, `7d`, `2w`), or `now`, `today`, `yesterday`
 * (midnight UTC). Throws ParameterError for anything else, and for days that do not exist.
 */
export function parseTime(text: string, now: Date): Date {
  const written = text.trim();
  const time = ofWord(written, now) ?? ofAge(written, now) ?? ofIso(written);
  if (time === null) throw new ParameterError(`${quoted(text)} is not a time; write ${timeForms}`);
  return time;
}

/**
 * The time range between two times that a person wrote, `until` exclusive; an end that was not written is open, and absent.
 * Throws ParameterError for what is no time, and for a range that ends before it begins.
 */
export function parseRange(
  written: { since?: string | undefined; until?: string | undefined },
  now: Date,
): { since?: Date; until?: Date } {
  const range: { since?: Date; until?: Date } = {};
  if (written.since !== undefined) range.since = parseTime(written.since, now);
  if (written.until !== undefined) range.until = parseTime(written.until, now);
  checkRange(range);
  return range;
}

/** Throws ParameterError for a range that ends before it begins. */
export function checkRange({ since, until }: { since?: Date | undefined; until?: Date | undefined }): void {
  if (since !== undefined && until !== undefined && since > until)
    throw new ParameterError(`until (${until.toISOString()}) is before since (${since.toISOString()})`);
}

function ofWord(text: string, now: Date): Date | null {
  const today = Math.floor(now.getTime() / day) * day;
  switch (text) {
    case 'now':
      return new Date(now);
    case 'today':
      return new Date(today);
    case 'yesterday':
      return new Date(today - day);
    default:
      return null;
  }
}

function ofAge(text: string, now: Date): Date | null {
  const [, count, unit] = ago.exec(text) ?? [];
  const length = units[unit ?? ''];
  if (length === undefined) return null;
  const time = new Date(now.getTime() - Number(count) * length);
  if (!(time.getTime() >= 0)) throw new ParameterError(`${quoted(text)} ago is before 1970`);
  return time;
}

function ofIso(text: string): Date | null {
  const match = isoTime.exec(text);
  if (match === null) return null;
  const [, years, months, days, hours, minutes, seconds, fraction, zone, sign, offsetHours, offsetMinutes] =
    match;
  const [year, month, dayOfMonth] = [Number(years), Number(months), Number(days)];
  const [hourOfDay, minuteOfHour, second] = [Number(hours ?? 0), Number(minutes ?? 0), Number(seconds ?? 0)];
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const midnight = new Date(Date.UTC(year, month - 1, dayOfMonth));
  // Date.UTC rolls 30 February over into March, and years below 100 into the 1900s.
  if (midnight.toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw new ParameterError(`${quoted(text)} is not a time: there is no day ${text.slice(0, 10)}`);
  }
  if (hourOfDay > 23 || minuteOfHour > 59 || second > 59) {
    throw new ParameterError(`${quoted(text)} is not a time: a day ends at 23:59:59`);
  }
  const offset =
    zone === undefined || zone === 'Z' ? 0 : Number(offsetHours) * hour + Number(offsetMinutes ?? 0) * minute;
  if (offset > 14 * hour || Number(offsetMinutes ?? 0) > 59) {
    throw new ParameterError(`${quoted(text)} is not a time: no offset is beyond 14 hours`);
  }
  const local = midnight.getTime() + hourOfDay * hour + minuteOfHour * minute + second * 1000 + milliseconds;
  return new Date(local - (sign === '-' ? -offset : offset));
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
