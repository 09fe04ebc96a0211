// Reading single fields of a parsed record: the type is checked, absence and the empty text are both null.
// A fault names the field and what is wrong with it, never the content.

export type Fields = Record<string, unknown>;

/** Thrown inside record parsing only, and turned into the record's fault there. */
export class RecordFault extends Error {}

/** Longer values of a field that identifies something are no CloudTrail values: IAM and S3 names end far below. */
const MAX_LENGTH = 4096;
/** CloudTrail itself ends error codes, messages and user agents at 1 KB. */
const SHORTENED_LENGTH = 1024;

/** A text member; null where it is absent, null or empty. A member of any other type is a fault. */
export function text(fields: Fields, name: string, path = ''): string | null {
  const found = fields[name];
  if (found === undefined || found === null || found === '') return null;
  if (typeof found !== 'string') throw new RecordFault(`${path}${name} is not a text`);
  if (found.length > MAX_LENGTH)
    throw new RecordFault(`${path}${name} is longer than ${MAX_LENGTH} characters`);
  return found;
}

/** A text member that is only shown, never compared: cut at the length where CloudTrail cuts it. */
export function textOrShortened(fields: Fields, name: string): string | null {
  const found = fields[name];
  if (typeof found === 'string' && found.length > SHORTENED_LENGTH)
    return `${found.slice(0, SHORTENED_LENGTH)}…`;
  return text(fields, name);
}

/** A text that will name a cluster or a workload: AWS allows no control characters in it, and answers are built of it. */
export function plainText(fields: Fields, name: string, path = ''): string | null {
  const found = text(fields, name, path);
  if (found !== null && /[\x00-\x1f\x7f]/.test(found))
    throw new RecordFault(`${path}${name} holds control characters`);
  return found;
}
