// Checks every hour whether the trail records and delivers what answers need, and how late it delivers.
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { ScheduledHandler } from 'aws-lambda';
import { readTrail } from '../src/adapters/cloudtrail/read-trail.ts';
import { listIn, needed } from '../src/adapters/environment.ts';
import { tellingOf } from '../src/adapters/findings-environment.ts';
import { checkTrail } from '../src/live/trail-check.ts';

const ports = tellingOf(process.env);
const client = new CloudTrailClient();
const trail = needed(process.env, 'TRAIL_ARN');
const dataEvents = listIn(process.env.DATA_EVENTS);

export const handler: ScheduledHandler = async () => {
  const faults = await checkTrail(await readTrail(client, trail), dataEvents, ports, Date.now());
  process.stdout.write(`${JSON.stringify({ trail, faults })}\n`);
};
