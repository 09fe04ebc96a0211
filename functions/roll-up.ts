// Keeps the attributed history on Athena up to date, at the times of the stack's schedule.
import type { ScheduledHandler } from 'aws-lambda';
import { metricsOf } from '../src/adapters/cloudwatch/put-metrics.ts';
import { withHistory } from '../src/adapters/history-environment.ts';
import { keepUp } from '../src/adapters/warehouse/keep-up.ts';
import { rollUpData } from '../src/live/metrics.ts';

const metrics = metricsOf(process.env);

export const handler: ScheduledHandler = async (_event, context) => {
  const { days, failed, left, untidied } = await withHistory(
    process.env,
    context.getRemainingTimeInMillis(),
    ({ athena, places, settings, signal }) =>
      keepUp(athena, places, { settings, signal, now: () => new Date() }),
  );
  const errors = failed.map(({ day, error }) => ({ day, error: error.message }));
  process.stdout.write(`${JSON.stringify({ days, failed: errors, left, untidied: untidied?.message })}\n`);
  await metrics.put(rollUpData(days, Date.now()));
  const undone = [...errors.map(({ day, error }) => `${day}: ${error}`), ...left];
  if (undone.length > 0) throw new Error(`days that are due were not rolled up: ${undone.join('; ')}`);
};
