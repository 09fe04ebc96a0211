// Owns what a queue does to messages before a function: batches, repeats, another order, and coming back after a failure.
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { RandomSource } from '../../src/simulator/random-source.ts';

const MOST_TRIES = 5;

interface QueueOptions {
  /** Any number gives another order; absent, messages come as they are given. */
  shuffle?: number;
  /** The share of messages that are delivered twice. */
  duplicate?: number;
  batch?: number;
}

/** Feeds messages to a handler until none is left; returns the bodies that were given up, as dead letters. */
export async function drain(
  bodies: readonly string[],
  handler: (event: SQSEvent) => Promise<SQSBatchResponse>,
  { shuffle, duplicate = 0, batch = 50 }: QueueOptions = {},
): Promise<string[]> {
  const random = new RandomSource(shuffle ?? 0, 1);
  let waiting = bodies.flatMap((body, place) => {
    const twice = random.chance(duplicate) ? [message(body, `${place}-again`, 1)] : [];
    return [message(body, String(place), 1), ...twice];
  });
  if (shuffle !== undefined) waiting = shuffled(waiting, random);
  const dead: string[] = [];
  while (waiting.length > 0) {
    const again: SQSRecord[] = [];
    for (let from = 0; from < waiting.length; from += batch) {
      const Records = waiting.slice(from, from + batch);
      const { batchItemFailures } = await handler({ Records });
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const one of Records) {
        if (!failed.has(one.messageId)) continue;
        const tries = Number(one.attributes.ApproximateReceiveCount) + 1;
        if (tries > MOST_TRIES) dead.push(one.body);
        else again.push(message(one.body, one.messageId, tries));
      }
    }
    waiting = again;
  }
  return dead;
}

export function message(body: string, messageId: string, tries: number): SQSRecord {
  return {
    messageId,
    receiptHandle: messageId,
    body,
    attributes: {
      ApproximateReceiveCount: String(tries),
      SentTimestamp: '0',
      SenderId: 'EXAMPLE',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:podtrail',
    awsRegion: 'us-east-1',
  };
}

function shuffled<T>(items: readonly T[], random: RandomSource): T[] {
  return items
    .map((item): [number, T] => [random.word(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
