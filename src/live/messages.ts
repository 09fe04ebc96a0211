// Owns what messages of the live path hold: a CloudTrail record as EventBridge sends it, or the notice of a new log file.
// Either may come through an SNS topic, which puts it into an envelope of its own.
import { unwrap } from '../trail/envelope.ts';
import { isObject, parseJson } from '../trail/json-text.ts';
import { type ParsedRecord, parseRecord } from '../trail/record.ts';

/**
 * The record of an EventBridge event of AWS's own, which nobody else can put; a fault names what is wrong and nothing of the content.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
 */
export function recordIn(body: string): ParsedRecord {
  const value = messageIn(body);
  const found = isObject(value) ? unwrap(value) : null;
  if (found?.kind !== 'record')
    return { record: null, fault: 'no CloudTrail record as EventBridge sends it' };
  if (!isOfAws(value)) return { record: null, fault: 'an event that AWS did not send' };
  return parseRecord(found.record);
}

function isOfAws(event: unknown): boolean {
  return isObject(event) && typeof event.source === 'string' && event.source.startsWith('aws.');
}

export interface StoredObject {
  bucket: string;
  key: string;
}

/**
 * The objects that a notice tells of, by EventBridge or by S3 itself; none for S3's test event; null where it is no notice.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function objectsIn(body: string): StoredObject[] | null {
  const value = messageIn(body);
  if (!isObject(value)) return null;
  if (value.Event === 's3:TestEvent') return [];
  if (isObject(value.detail)) {
    const object = objectOf(value.detail.bucket, value.detail.object);
    return object && [object];
  }
  if (!Array.isArray(value.Records)) return null;
  const objects = value.Records.map((one: unknown) => {
    const s3 = isObject(one) && isObject(one.s3) ? one.s3 : {};
    const object = objectOf(s3.bucket, s3.object);
    return object && { ...object, key: decoded(object.key) };
  });
  return objects.every((object) => object !== null) ? objects : null;
}

function objectOf(bucket: unknown, object: unknown): StoredObject | null {
  if (!isObject(bucket) || !isObject(object)) return null;
  const { name } = bucket;
  const { key } = object;
  return typeof name === 'string' && typeof key === 'string' && name !== '' && key !== ''
    ? { bucket: name, key }
    : null;
}

/** S3's own notices have keys as forms have values; EventBridge has them as they are. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

function messageIn(body: string): unknown {
  const value = parseJson(body);
  const isEnvelope = isObject(value) && value.Type === 'Notification' && typeof value.Message === 'string';
  return isEnvelope ? parseJson(value.Message as string) : value;
}
