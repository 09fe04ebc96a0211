// The two forms of the evidence ladder, each held against the other: over the same log files the live path and the SQL models
// must give the same answers by the rungs that both have.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { type Answers, askBoth, type Claims } from './both-ladders.ts';
import { confusingRecords, issuerOf, renderGroup } from './confusing-records.ts';

/** The cluster that the tags of confusing records name, too. */
const NAMED_CLUSTER = 'arn:aws:eks:us-west-2:111122223333:cluster/named';
const RUNGS = ['own-token', 'session-tags', 'issued-key', 'session-start', 'chained'];

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'podtrail-identity-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many answers each rung and confidence gave. */
class Tally {
  readonly #counts = new Map<string, number>();

  add({ evidence, confidence }: Claims): void {
    for (const name of [evidence ?? 'none', confidence]) this.#counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  expectAll(names: readonly string[]): void {
    for (const name of names) expect(this.of(name), name).toBeGreaterThan(0);
  }
}

function describeRecord({ record }: Answers): string {
  return `${record.eventId} ${record.eventName} ${JSON.stringify(record.principal)}`;
}

describe('live and history', () => {
  it.each([false, true])('agree about simulated trails, misleading: %s', async (misleading) => {
    const tally = new Tally();
    const trail = fc.record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      records: fc.integer({ min: 800, max: 2500 }),
    });
    const agree = fc.asyncProperty(trail, ({ seed, records }) =>
      inFolder(async (folder) => {
        await writeSimulatedTrail(folder, { seed, records, misleading, hostile: true });
        for (const answers of await askBoth(folder)) {
          expect(answers.live, describeRecord(answers)).toEqual(answers.history);
          tally.add(answers.history);
        }
      }),
    );
    await fc.assert(agree, { numRuns: 3, endOnFailure: true });
    tally.expectAll([...RUNGS, 'exact', 'ambiguous', 'unknown']);
  });

  it('agree about records made to be confused', async () => {
    const tally = new Tally();
    let openWays = 0;
    let bucketCalls = 0;
    // Groups share nothing, so that many fit into one store.
    const groups = fc.array(confusingRecords, { minLength: 800, maxLength: 1000, size: 'max' });
    const named = { issuer: issuerOf(0), cluster_id: NAMED_CLUSTER, cluster: 'named' };
    const agree = fc.asyncProperty(groups, (all) =>
      inFolder(async (folder) => {
        const Records = all.flatMap((records, group) => renderGroup(records, group));
        await writeFile(join(folder, 'records.json'), JSON.stringify({ Records }));
        for (const answers of await askBoth(folder, [named])) {
          const { live, history } = answers;
          const isOpenWay = live.hops.length === 1 && history.hops.length > 1;
          if (isOpenWay) openWays += 1;
          // Where several ways lead from one session to another, history keeps the shortest and the live path none.
          const hops = isOpenWay ? history.hops.slice(-1) : history.hops;
          expect(live, describeRecord(answers)).toEqual({ ...history, hops });
          tally.add(history);
          const { eventSource, eventName } = answers.record;
          if (
            eventSource === 's3express.amazonaws.com' &&
            eventName === 'GetObject' &&
            history.workload !== null
          )
            bucketCalls += 1;
        }
      }),
    );
    await fc.assert(agree, { numRuns: 2, endOnFailure: true });
    tally.expectAll([...RUNGS, 'exact', 'ambiguous', 'unknown']);
    expect(bucketCalls).toBeGreaterThan(0);
    expect(openWays).toBeLessThan(tally.of('chained') / 2);
  });
});
