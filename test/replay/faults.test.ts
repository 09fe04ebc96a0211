// What happens to the built functions, under Lambda's own runtime interface client, when they are killed in the middle of a batch
// and when nothing can be reached: findings stay exact, metrics are counted twice for one batch at most, and nothing is lost.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installRuntime, type RunningFunction, startFunction } from '../support/lambda-runtime.ts';
import { type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';
import { batch, event, issued, refused } from '../support/live-events.ts';

/** A success after what was refused. */
const LATER = { eventTime: '2026-10-05T03:10:10Z' };
/** Longer than a dead worker holds what it began. */
const LONG = 301;

let emulators: LiveEmulators;
const running: RunningFunction[] = [];

beforeAll(async () => {
  expect(spawnSync('npm', ['run', '-s', 'package'], { encoding: 'utf8' }).status).toBe(0);
  await installRuntime(() => {});
  emulators = await startLiveEmulators();
}, 600_000);
afterAll(async () => {
  for (const { stop } of running) await stop();
  await emulators.stop();
});
beforeEach(() => emulators.reset());

async function started(name: string): Promise<RunningFunction> {
  const one = await startFunction(name, resolve('build/functions', name), emulators.environment);
  running.push(one);
  return one;
}

const metric = (name: string) =>
  emulators.metrics.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0);
const settled = async () => {
  await (await started('settle-findings')).invoke({ time: '2026-10-05T03:30:00Z' });
  return emulators.findings.map(({ state, count }) => [state, count]);
};

describe('a function that is killed in the middle of a batch', () => {
  const bodies = batch(event(refused(1)), event(refused(2)), event(issued(3, LATER)));

  it.each([
    ['before its metrics are taken, counts them once', false, 1],
    ['after its metrics are taken, counts them twice, and no more', true, 2],
  ])(
    '%s',
    async (_, isKept, times) => {
      const watch = await started('watch-assumptions');
      const hasCome = emulators.hang(isKept);
      const killed = watch.invoke(bodies);
      await hasCome;
      watch.kill();
      await expect(killed).rejects.toThrow('watch-assumptions failed');
      // While the dead one may still live, all of it comes back.
      const early = (await watch.invoke(bodies)) as SQSBatchResponse;
      expect(early.batchItemFailures.length).toBe(3);
      await emulators.pass(LONG);
      expect(await watch.invoke(bodies)).toEqual({ batchItemFailures: [] });
      // And once more, as a queue may.
      expect(await watch.invoke(bodies)).toEqual({ batchItemFailures: [] });
      expect([metric('AssumptionFailures'), metric('SessionsIssued')]).toEqual([2 * times, times]);
      const places = (await emulators.items()).map(({ pk }) => (pk as { S: string }).S);
      expect(places.filter((place) => place.startsWith('key '))).toEqual(['key ASIAIOSFODNN7EXAMPLE']);
      expect(await settled()).toEqual([['closed', 2]]);
    },
    60_000,
  );
});

describe('while nothing can be reached', () => {
  it('all of a batch comes back, and is handled once when it can', async () => {
    const watch = await started('watch-assumptions');
    const bodies = batch(event(refused(1)), event(issued(2, LATER)));
    expect(await watch.invoke(batch(event(refused(3))))).toEqual({ batchItemFailures: [] });
    const isBack = await emulators.outage();
    const answer = (await watch.invoke(bodies)) as SQSBatchResponse;
    expect(answer.batchItemFailures.length).toBe(2);
    const settle = await started('settle-findings');
    await expect(settle.invoke({ time: '2026-10-05T03:20:00Z' })).rejects.toThrow('settle-findings failed');
    await isBack();
    await emulators.pass(LONG);
    expect(await watch.invoke(bodies)).toEqual({ batchItemFailures: [] });
    expect([metric('AssumptionFailures'), metric('SessionsIssued')]).toEqual([2, 1]);
    expect(await settled()).toEqual([['closed', 2]]);
  }, 60_000);
});

describe('a poison message', () => {
  it('comes back alone, and its log has its reason and nothing of it', async () => {
    const watch = await started('watch-assumptions');
    const poison = '{"detail-type":"AWS API Call via CloudTrail","detail":{"eventVersion":"SECRET-TEXT';
    expect(await watch.invoke(batch(event(refused(1)), poison, event(issued(2, LATER))))).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
    expect(watch.lines.join('')).toContain('no CloudTrail record');
    expect(watch.lines.join('')).not.toContain('SECRET-TEXT');
  }, 60_000);
});
