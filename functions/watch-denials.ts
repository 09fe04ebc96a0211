// Watches denied calls: turns those of workloads into metrics and findings.
import type { SQSHandler } from 'aws-lambda';
import { liveOf } from '../src/adapters/live-environment.ts';
import { watchEvents } from '../src/adapters/sqs/watch-queue.ts';

const live = liveOf(process.env);

export const handler: SQSHandler = (event) => watchEvents(event, live, 'denials');
