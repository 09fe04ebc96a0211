// One JSON text to one value, and what a text is that is no JSON.

/** The value of a JSON text, `undefined` where it is not JSON (no JSON text has that value). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a text is a JSON number or literal; asked of whole floods of text, where `parseJson` is slow to say no. */
export function isJsonScalar(text: string): boolean {
  return /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(text);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SIGNATURES: readonly (readonly [bytes: string, name: string])[] = [
  ['\x1f\x8b', 'gzip data inside gzip data'],
  ['PK\x03\x04', 'a zip archive'],
  ['PAR1', 'a Parquet file'],
  ['ORC', 'an ORC file'],
  ['Obj\x01', 'an Avro file'],
  ['BZh', 'bzip2 data'],
  ['\x28\xb5\x2f\xfd', 'zstd data'],
  ['\xfd7zXZ\x00', 'xz data'],
  ['\xff\xfe', 'UTF-16 text'],
  ['\xfe\xff', 'UTF-16 text'],
  ['%PDF', 'a PDF file'],
  ['SQLite format 3', 'a SQLite database'],
];

/** Bytes that `looksLike` wants to see. */
export const LOOK_BYTES = 64;

/** Names what the beginning of a file that is not JSON looks like. */
export function looksLike(head: Buffer): string {
  const text = head.toString('latin1', 0, LOOK_BYTES);
  for (const [bytes, name] of SIGNATURES) if (text.startsWith(bytes)) return name;
  if (/^<(!doctype html|html|head|body)/i.test(text)) return 'HTML';
  if (text.startsWith('<')) return 'XML or HTML';
  return Array.from(text).some(isBinary) ? 'binary data' : 'text';
}

function isBinary(char: string): boolean {
  return char < ' ' && !'\t\n\r\f\x1b'.includes(char);
}
