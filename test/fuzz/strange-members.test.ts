// Records in which members that podtrail reads hold what nobody expects: refused by place and reason, or read without a
// false claim, and never at the cost of the records beside them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { type OutputRow, rowsFrom } from '../support/rows-from.ts';
import { type Json, type Scratch, scratch } from '../support/scratch.ts';
import { Seeded } from '../support/seeded.ts';
import { estranged } from './strange-members.ts';

const FILES = 1000;
/** Each file is a sound record, a strange one and a sound one. */
const VICTIM = 1;

interface Sums {
  files: { read: number; skipped: object[]; rejected: object[] };
  records: Record<'read' | 'kept' | 'duplicate' | 'skipped' | 'rejected', number>;
  rejected_records: { path: string; index: number; reason: string }[];
}

let files: Scratch;
let rows: OutputRow[];
let sums: Sums;
const sound: string[] = [];

/** Records of the corpus that have an id, each under an id of its own. */
const SOURCES = RECORDS.filter(
  ({ eventID, eventCategory }) => eventID !== undefined && eventCategory !== 'Insight',
);

beforeAll(async () => {
  files = await scratch();
  for (let n = 0; n < FILES; n++) {
    const chance = new Seeded(n);
    const records: Json[] = [0, 1, 2].map((place) => ({ ...chance.pick(SOURCES), eventID: `${n}-${place}` }));
    sound.push(`${n}-0`, `${n}-2`);
    records[VICTIM] = estranged(records[VICTIM] ?? {}, chance);
    await files.log(`logs/${n}.json`, records);
  }
  rows = await rowsFrom(['attribute', files.path('logs'), '--reconciliation', files.path('sums.json')], 3);
  sums = JSON.parse(await files.read('sums.json'));
});

afterAll(() => files.remove());

describe(`${FILES} files with a strange record each`, () => {
  it('are read whole', () => {
    expect(sums.files).toEqual({ read: FILES, skipped: [], rejected: [] });
  });

  it('have records that add up, and as many rows as were kept', () => {
    const { read, kept, duplicate, skipped, rejected } = sums.records;
    expect(read).toBe(3 * FILES);
    expect(kept + duplicate + skipped + rejected).toBe(read);
    expect(rows).toHaveLength(kept);
    expect(sums.rejected_records).toHaveLength(rejected);
    expect(rejected).toBeGreaterThan(FILES / 10);
    expect(kept).toBeGreaterThan(2 * FILES + FILES / 10);
  });

  it('have only strange records refused, each once, with a reason', () => {
    const places = sums.rejected_records.map(({ path }) => path);
    expect(new Set(places).size).toBe(places.length);
    for (const { path, index, reason } of sums.rejected_records) {
      expect(path).toMatch(/\/logs\/\d+\.json$/);
      expect(index).toBe(VICTIM);
      expect(reason).toMatch(/^[ -~]{8,200}$/);
    }
  });

  it('have every sound record in the answer', () => {
    const ids = new Set(rows.map(({ event_id }) => event_id));
    expect(sound.filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('the rows of strange records', () => {
  beforeAll(() => rowsFrom(['load', files.path('logs'), '--store', files.path('trail.duckdb')], 3));

  it('have a time that exists', () => {
    for (const { event_time } of rows)
      expect(event_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
  });

  it('claim nothing without evidence', () => {
    for (const { workload_namespace: namespace, evidence, confidence } of rows) {
      if (confidence === 'unknown') expect([namespace, evidence]).toEqual([null, null]);
      if (namespace !== null) expect(['exact', 'inferred']).toContain(confidence);
    }
  });

  it('say the same from a store as from the files', async () => {
    const argv = ['ask', 'attributed-calls', '--store', files.path('trail.duckdb'), '-f', 'ndjson'];
    expect(await rowsFrom(argv)).toEqual(rows);
  });

  it.each([
    ['who-accessed', '--resource', '*'],
    ['failed-assumptions'],
    ['unattributed'],
    ['session-timeline', '--session', 'alice'],
    ['what-accessed', '--namespace', 'frontend', '--service-account', 'api'],
  ])('can be asked %s', async (...argv) => {
    const asked = ['ask', ...argv, '--store', files.path('trail.duckdb'), '-f', 'ndjson'];
    expect((await rowsFrom(asked)).length).toBeGreaterThan(0);
  });
});
