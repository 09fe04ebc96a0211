// The two ways in which CloudTrail writes a time: ISO 8601 in the record, and English dates in STS responses.
// Both are UTC; results are epoch milliseconds.

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/;
/** Years of four digits, the first of which is no zero: others are written otherwise by those who read podtrail's answers. */
const FIRST = Date.UTC(1000, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `eventTime`, `creationDate`: `2026-10-05T03:00:00Z`. Null where the text is no time that exists. */
export function parseTime(text: string): number | null {
  const found = ISO.exec(text);
  if (found === null) return null;
  const [year, month, day] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)];
  const [hour, minute, second] = [number(text, 11, 13), number(text, 14, 16), number(text, 17, 19)];
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (!isLeapDay && !(day >= 1 && day <= (DAYS[month - 1] ?? 0))) return null;
  if (year < 1000 || hour > 23 || minute > 59 || second > 59) return null;
  const fraction = found[1] === undefined ? 0 : Math.floor(Number(`0.${found[1]}`) * 1000);
  const at = Date.UTC(year, month - 1, day, hour, minute, second) + fraction;
  if (found[2] === undefined) return at;
  if (Number(found[3]) > 23 || Number(found[4]) > 59) return null;
  const moved = at - (Number(found[3]) * 60 + Number(found[4])) * (found[2] === '-' ? -60_000 : 60_000);
  return moved < FIRST || moved > LAST ? null : moved;
}

/** The digits between two positions as a number. */
function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = 10 * value + text.charCodeAt(at) - 48;
  return value;
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
  if (Number(hour) < 1 || Number(hour) > 12) return null;
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  return parseTime(`${year}-${two(month + 1)}-${two(Number(day))}T${two(hours)}:${minute}:${second}Z`);
}
