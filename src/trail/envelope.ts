// The forms that a CloudTrail record comes wrapped in besides the log file itself: an EventBridge event, an
// element of `aws cloudtrail lookup-events`, and whole log files as values of one file.

import { isTooDeep } from './json-scan.ts';
import { isObject, parseJson } from './json-text.ts';

type Json = Record<string, unknown>;

/** What a JSON object is to a reader of records. */
export type Unwrapped =
  | { kind: 'record'; record: Json }
  | { kind: 'list'; elements: readonly unknown[] }
  | { kind: 'digest' }
  | { kind: 'unusable'; reason: string }
  | { kind: 'unknown' };

/** Whether an object has at least one of the members that all CloudTrail records have. */
export function isRecord(value: Json): boolean {
  return (
    value.eventVersion !== undefined ||
    value.eventName !== undefined ||
    value.eventSource !== undefined ||
    value.eventTime !== undefined
  );
}

/** Finds the record in an object that is not one itself. */
export function unwrap(value: Json): Unwrapped {
  if (value['detail-type'] !== undefined) {
    const { detail } = value;
    if (isObject(detail)) return { kind: 'record', record: detail };
    return { kind: 'unusable', reason: 'EventBridge event without a record in its detail' };
  }
  if (value.CloudTrailEvent !== undefined) return fromLookup(value.CloudTrailEvent);
  const elements = value.Records ?? value.Events;
  if (Array.isArray(elements)) return { kind: 'list', elements };
  if (value.digestStartTime !== undefined && (value.logFiles ?? value.digestS3Object) !== undefined) {
    return { kind: 'digest' };
  }
  return { kind: 'unknown' };
}

function fromLookup(event: unknown): Unwrapped {
  const record = typeof event === 'string' && !isTooDeep(event) ? parseJson(event) : event;
  if (isObject(record)) return { kind: 'record', record };
  return { kind: 'unusable', reason: 'CloudTrailEvent is not a record as JSON' };
}
