// Columns and rows of a report, and the text of a value in every format for people.

export interface ReportColumn {
  name: string;
  type: 'text' | 'integer' | 'time' | 'boolean' | 'json' | 'texts';
}

/** By column name. text: string; integer: number or bigint; time: Date; boolean; json: parsed; texts: string[]; each may be null. */
export type ReportRow = Record<string, unknown>;

/** The text of a value, raw (not yet escaped for where it goes); null for NULL. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return isoTime(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  if (typeof value === 'object') return jsonOf(value);
  return String(value);
}

/** ISO 8601 in UTC, with milliseconds only where there are some; null for a date that is none. */
export function isoTime(time: Date): string | null {
  if (Number.isNaN(time.getTime())) return null;
  const text = time.toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

/** JSON text. A bigint beyond what a JSON number can hold in every reader becomes a string. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(jsonValue(value), (_key, inner) =>
    typeof inner === 'bigint' ? jsonValue(inner) : inner,
  );
}

/** What stands for a value of a row in JSON. */
export function jsonValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Date) return isoTime(value);
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
