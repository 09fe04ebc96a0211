// The two ways in which CloudTrail writes a time: ISO 8601 in the record, and English dates in STS responses.
// Both are UTC; results are epoch milliseconds.

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/;

/** `eventTime`, `creationDate`: `2026-10-05T03:00:00Z`. Null where the text is no time that exists. */
export function parseTime(text: string): number | null {
  const found = ISO.exec(text);
  if (found === null) return null;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = found;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (new Date(at).toISOString().slice(0, 19) !== text.slice(0, 19) || Number(year) < 1000) return null;
  const offset =
    sign === undefined
      ? 0
      : (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -60_000 : 60_000);
  return at - offset + (fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000));
}

// JDK 20 and later write a narrow no-break space before AM and PM.
const ENGLISH = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d):(\d\d)[ \u202f]([AP]M)$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `credentials.expiration`: `Apr 16, 2025, 3:46:56 AM`. Null where the text is neither that nor ISO 8601. */
export function parseExpiration(text: string): number | null {
  const found = ENGLISH.exec(text);
  if (found === null) return parseTime(text);
  const [, name, day, year, hour, minute, second, half] = found;
  const month = MONTHS.indexOf(name ?? '');
  if (month < 0) return null;
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  return Date.UTC(Number(year), month, Number(day), hours, Number(minute), Number(second));
}
