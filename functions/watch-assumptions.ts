// Watches role assumptions: keeps issued sessions in the ledger, turns failures into metrics and findings.
import type { SQSHandler } from 'aws-lambda';
import { liveOf } from '../src/adapters/live-environment.ts';
import { watchEvents } from '../src/adapters/sqs/watch-queue.ts';

const live = liveOf(process.env);

export const handler: SQSHandler = (event) => watchEvents(event, live, 'assumptions');
