// What a trail says does not hang on the order in which it is read or delivered.
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { CASES } from '../corpus/cases.ts';
import { at, idOf } from '../corpus/parts.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { type Json, type Scratch, scratch } from '../support/scratch.ts';
import { Seeded } from '../support/seeded.ts';

let files: Scratch;
/** The simulated trail's files by name, as records. */
const trail: [name: string, records: Json[]][] = [];
let answer: string;

const attributed = async (...paths: string[]) => (await runMain(['attribute', ...paths])).stdout;

beforeAll(async () => {
  files = await scratch();
  for (const { key, body } of simulateTrail({ seed: 11, records: 2500, recordsPerFile: 100 })) {
    trail.push([key, JSON.parse(gunzipSync(body).toString()).Records]);
  }
  for (const [name, records] of trail) await files.log(`trail/${name}`, records);
  answer = await attributed(files.path('trail'));
});

afterAll(() => files.remove());

describe('the same answer', () => {
  it('comes of the records in any order within their files', async () => {
    const chance = new Seeded(1);
    for (const [name, records] of trail) await files.log(`shuffled/${name}`, chance.shuffled(records));
    expect(await attributed(files.path('shuffled'))).toBe(answer);
  });

  it('comes of the files in any order', async () => {
    const paths = new Seeded(2).shuffled(trail.map(([name]) => files.path(`trail/${name}`)));
    expect(await attributed(...paths)).toBe(answer);
  });
});

describe('an issuance that is delivered after its calls', () => {
  const chain = CASES.find(({ name }) => name === 'chain')?.records ?? [];

  it.each([
    ['the issuance', [2, 1], [0]],
    ['the step of a chain', [2, 0], [1]],
    ['everything', [2], [1, 0]],
  ])('still names them, where %s comes in a later load', async (_, early, late) => {
    const pick = (places: readonly number[]): Json[] => places.map((place) => chain[place] ?? {});
    const store = files.path(`late-${early.join('')}.duckdb`);
    await runMain(['load', await files.log(`early-${early.join('')}.json`, pick(early)), '--store', store]);
    const asked = ['ask', 'attributed-calls', '--store', store, '-f', 'ndjson', '--since', at('03:16:00')];
    expect(await rowsFrom(asked)).toMatchObject([{ event_id: idOf('chain call'), workload_namespace: null }]);
    await runMain(['load', await files.log(`late-${early.join('')}.json`, pick(late)), '--store', store]);
    expect(await rowsFrom(asked)).toMatchObject([
      {
        event_id: idOf('chain call'),
        workload_namespace: 'etl',
        workload_service_account: 'loader',
        evidence: 'chained',
        confidence: 'exact',
      },
    ]);
  });
});
