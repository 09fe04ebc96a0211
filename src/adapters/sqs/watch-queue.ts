// Handles batches of messages from a queue: records as EventBridge sends them, or notices of delivered log files.
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { objectsIn, recordIn, type StoredObject } from '../../live/messages.ts';
import { countUnkept, type Delivery, type Watched, watch } from '../../live/watch.ts';
import { parseLogFileKey } from '../../trail/keys.ts';
import { readLogFile } from '../../trail/log-file.ts';
import { parseRecord } from '../../trail/record.ts';
import type { Live } from '../live-environment.ts';
import { openS3File } from '../s3.ts';

/** The queue gives a message up after its fifth try; before that its caller is waited for. */
const LAST_TRY = 4;
/** Records that are looked up and written together. */
const BATCH = 1_000;

/** What became of a batch: numbers and reasons, never a payload. */
export interface Handled {
  events: number;
  handled: number;
  duplicates: number;
  passed: number;
  rejected: number;
  failed: number;
  reasons: string[];
}

/** One record a message. What is no record comes back until the queue gives it up, to its dead letters, where it can be seen. */
export async function watchEvents(
  event: SQSEvent,
  { ports, clusters, named }: Live,
  takes: 'assumptions' | 'denials',
): Promise<SQSBatchResponse> {
  const deliveries: Delivery[] = [];
  const told = nothingYet();
  const failed = new Set<string>();
  for (const message of event.Records) {
    const { record, fault } = recordIn(message.body);
    if (record !== null) deliveries.push({ ...deliveryOf(message), record });
    else {
      told.rejected += 1;
      told.reasons.push(fault);
      failed.add(message.messageId);
    }
  }
  const watched = await watch(deliveries, ports, { takes, clusters, named });
  add(told, watched);
  for (const messageId of watched.retry) failed.add(messageId);
  return answered(event, told, failed);
}

/** One notice a message. A file is done when all of its records are; until then it comes back, and what is done is passed over. */
export async function watchLogFiles(event: SQSEvent, live: Live): Promise<SQSBatchResponse> {
  const told = nothingYet();
  const failed = new Set<string>();
  for (const message of event.Records) {
    const objects = objectsIn(message.body);
    if (objects === null) told.reasons.push(NO_NOTICE);
    let isDone = objects !== null;
    for (const object of objects ?? []) {
      const isRead = await watchLogFile(object, message, live, told).catch((error: unknown) => {
        told.reasons.push(reasonOf(error));
        return false;
      });
      isDone &&= isRead;
    }
    if (!isDone) failed.add(message.messageId);
  }
  return answered(event, told, failed);
}

/** A trail's own topic tells of its files otherwise. */
const NO_NOTICE =
  'no notice as S3 sends it: the topic must be the one that the bucket notifies, not the trail';

/** Whether all of the file is done. Other objects than log files are nothing to it. */
async function watchLogFile(
  { bucket, key }: StoredObject,
  message: SQSRecord,
  { ports, clusters, named }: Live,
  told: Handled,
): Promise<boolean> {
  const parsed = parseLogFileKey(key);
  if (parsed?.kind !== 'log') {
    told.passed += 1;
    return true;
  }
  const path = `s3://${bucket}/${key}`;
  let waiting: Delivery[] = [];
  let isDone = true;
  const unkept = { skipped: 0, rejected: 0 };
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    const watched = await watch(batch, ports, { takes: 'all', clusters, named });
    add(told, watched);
    unkept.skipped += watched.passed;
    isDone &&= watched.retry.size === 0;
  };
  const delivery = deliveryOf(message);
  /** The first record of each reason. */
  const firstOf = new Map<string, number>();
  const reject = (index: number, reason: string) => {
    unkept.rejected += 1;
    if (!firstOf.has(reason)) firstOf.set(reason, index);
  };
  const outcome = await readLogFile(
    flushing(openS3File(path, {}), () => waiting.length >= BATCH, flush),
    {
      record: (value, index) => {
        const { record, fault } = parseRecord(value);
        if (record !== null) waiting.push({ ...delivery, record });
        else reject(index, fault);
      },
      rejected: reject,
      skipped: (_, count) => {
        unkept.skipped += count;
        told.passed += count;
      },
    },
  );
  await flush();
  told.rejected += unkept.rejected;
  for (const [reason, index] of firstOf) told.reasons.push(`${path} record ${index}: ${reason}`);
  const at = (parsed.deliveredAt ?? new Date(parsed.day ?? 0)).getTime();
  // A file that is cut short may be whole when it comes again.
  if (outcome.status !== 'rejected' || delivery.isLastTry) {
    const isCounted = await countUnkept(ports, { path, at, ...unkept });
    isDone &&= isCounted;
  }
  if (outcome.status === 'rejected') {
    told.reasons.push(`${path}: ${outcome.reason}`);
    return false;
  }
  return isDone;
}

/** The same bytes, with a pause for what is to be done whenever enough has come together. */
async function* flushing(
  bytes: AsyncIterable<Uint8Array>,
  isEnough: () => boolean,
  flush: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    yield chunk;
    if (isEnough()) await flush();
  }
}

function nothingYet(): Handled {
  return { events: 0, handled: 0, duplicates: 0, passed: 0, rejected: 0, failed: 0, reasons: [] };
}

function add(told: Handled, { handled, duplicates, passed, failure }: Watched): void {
  told.handled += handled;
  told.duplicates += duplicates;
  told.passed += passed;
  if (failure !== null) told.reasons.push(reasonOf(failure));
}

function answered(event: SQSEvent, told: Handled, failed: ReadonlySet<string>): SQSBatchResponse {
  const reasons = [...new Set(told.reasons)].slice(0, MOST_REASONS);
  const line = { ...told, events: event.Records.length, failed: failed.size, reasons };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

const MOST_REASONS = 5;

/** An error's name and its own message; both are an SDK's or podtrail's and hold no record. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown failure';
}

/** What a message says of each record that it brings. */
function deliveryOf({ messageId, attributes }: SQSRecord): Omit<Delivery, 'record'> {
  return {
    messageId,
    sentAt: timeIn(attributes.SentTimestamp),
    receivedAt: timeIn(attributes.ApproximateFirstReceiveTimestamp),
    isLastTry: Number(attributes.ApproximateReceiveCount) >= LAST_TRY,
  };
}

/** A queue that says nothing of it says 0. */
function timeIn(text: string): number | null {
  const at = Number(text);
  return at > 0 ? at : null;
}
