// Handles log files as they are delivered, for accounts without single events, as the watchers handle events.
import type { SQSHandler } from 'aws-lambda';
import { liveOf } from '../src/adapters/live-environment.ts';
import { watchLogFiles } from '../src/adapters/sqs/watch-queue.ts';

const live = liveOf(process.env);

export const handler: SQSHandler = (event) => watchLogFiles(event, live);
