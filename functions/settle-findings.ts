// Publishes findings every minute: new failures, those with one cause as one, and those that are over.
import type { ScheduledHandler } from 'aws-lambda';
import { tellingOf } from '../src/adapters/findings-environment.ts';
import { settle } from '../src/live/settle.ts';

const ports = tellingOf(process.env);

export const handler: ScheduledHandler = async ({ time }) => {
  // Invoked by hand it is due now.
  const due = Date.parse(time);
  const settled = await settle(ports, Number.isNaN(due) ? Date.now() : due);
  process.stdout.write(`${JSON.stringify(settled)}\n`);
};
