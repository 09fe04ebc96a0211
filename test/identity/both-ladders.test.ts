// Holds the two forms of the evidence ladder equal: the SQL models over a loaded store, and the live path over a ledger.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { type Answers, askBoth } from './both-ladders.ts';
import { buildWorker } from './built-worker.ts';
import { confusingRecords, renderGroup } from './confusing-records.ts';

let root: string;

beforeAll(async () => {
  await buildWorker();
  root = await mkdtemp(join(tmpdir(), 'podtrail-ladders-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function expectEqual(answers: readonly Answers[]): void {
  for (const { record, live, history } of answers) {
    expect({ event: record.eventId, ...live }).toEqual({ event: record.eventId, ...history });
  }
}

/** In a circle of issuances, which AWS never makes, the two go round differently far; who it was stays the same. */
function withoutHops({ record, live, history }: Answers): Answers {
  return { record, live: { ...live, hops: [] }, history: { ...history, hops: [] } };
}

describe('the live ladder and the historical one', () => {
  it('agree on simulated trails, on every rung that both have', async () => {
    const compared = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 10_000 }),
          records: fc.integer({ min: 800, max: 4000 }),
          misleading: fc.boolean(),
        }),
        async (options) => {
          const folder = await mkdtemp(join(root, 'trail-'));
          await writeSimulatedTrail(folder, options);
          const answers = await askBoth(folder);
          expectEqual(answers);
          for (const { history } of answers) {
            const rung = `${history.evidence} ${history.confidence}`;
            compared.set(rung, (compared.get(rung) ?? 0) + 1);
          }
        },
      ),
      { numRuns: 8 },
    );
    for (const rung of [
      'own-token exact',
      'session-tags exact',
      'issued-key exact',
      'session-start exact',
      'session-start ambiguous',
      'chained exact',
    ]) {
      expect([rung, (compared.get(rung) ?? 0) > 0]).toEqual([rung, true]);
    }
  });

  it('agree on records made to be confused', async () => {
    let compared = 0;
    // Groups share nothing, so that many fit into one store and a failing one shrinks by itself.
    await fc.assert(
      fc.asyncProperty(fc.array(confusingRecords, { minLength: 120, maxLength: 120 }), async (groups) => {
        const folder = await mkdtemp(join(root, 'confusing-'));
        await writeFile(
          join(folder, 'records.json'),
          JSON.stringify({ Records: groups.flatMap(renderGroup) }),
        );
        const answers = await askBoth(folder);
        expectEqual(answers.map(withoutHops));
        compared += answers.filter(({ history }) => history.evidence !== null).length;
      }),
      { numRuns: 12, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
