// What podtrail says of each record of the corpus, read as one trail.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OutputRow, rowsFrom } from '../support/rows-from.ts';
import { type Scratch, scratch } from '../support/scratch.ts';
import { CASES, DIGEST_FILE, RECORDS } from './cases.ts';
import { idOf } from './parts.ts';

let files: Scratch;
let rows: OutputRow[];
let sums: Record<string, unknown>;

beforeAll(async () => {
  files = await scratch();
  await files.log('logs/trail.json.gz', RECORDS);
  await files.write('logs/digest.json', JSON.stringify(DIGEST_FILE));
  rows = await rowsFrom(['attribute', files.path('logs'), '--reconciliation', files.path('sums.json')]);
  sums = JSON.parse(await files.read('sums.json'));
});

afterAll(() => files.remove());

describe.each(CASES)('$name', ({ says, records, why }) => {
  it('has a reason to exist', () => {
    expect(why).toMatch(/^[A-Z].{30,}\.$/);
    for (const name of Object.keys(says)) expect(records.map(({ eventID }) => eventID)).toContain(idOf(name));
  });

  it.each(Object.entries(says))('%s', (name, expected) => {
    expect(rows.find(({ event_id }) => event_id === idOf(name))).toMatchObject(expected);
  });
});

describe('the whole trail', () => {
  it('is counted to the last record', () => {
    expect(sums).toEqual({
      files: {
        read: 1,
        skipped: [{ path: files.path('logs/digest.json'), reason: 'digest file' }],
        rejected: [],
      },
      records: { read: RECORDS.length, kept: RECORDS.length - 3, duplicate: 2, skipped: 1, rejected: 0 },
      rejected_records: [],
    });
    expect(rows).toHaveLength(RECORDS.length - 3);
  });

  it('keeps equal records without an id once, and unequal ones apart', () => {
    expect(rows.filter(({ event_id }) => event_id === null)).toHaveLength(2);
  });

  it('shows no record that is no call', () => {
    expect(rows.map(({ event_id }) => event_id)).not.toContain(idOf('insight'));
  });

  it('speaks of class, mechanism, confidence and evidence in the words of the contract only', () => {
    const words = (field: string) => new Set(rows.map((row) => row[field]));
    expect(words('principal_class')).toEqual(
      new Set(['workload', 'person', 'service', 'node', 'role', 'account', 'other']),
    );
    expect(words('workload_mechanism')).toEqual(new Set(['irsa', 'pod-identity', null]));
    expect(words('confidence')).toEqual(new Set(['exact', 'inferred', 'ambiguous', 'unknown']));
    const rungs = ['own-token', 'session-tags', 'issued-key', 'session-start', 'chained'];
    const guesses = ['role-subject', 'session-name', 'provider'];
    expect(words('evidence')).toEqual(new Set([...rungs, ...guesses, null]));
  });

  it('has candidates where it is ambiguous and only there, and evidence where it is not unknown', () => {
    for (const { confidence, candidates, evidence, workload_namespace: namespace } of rows) {
      const several = candidates as object[];
      expect(several.length > 1).toBe(confidence === 'ambiguous');
      for (const one of several)
        expect(Object.keys(one)).toEqual(['cluster_id', 'cluster', 'namespace', 'service_account']);
      expect(evidence === null).toBe(confidence === 'unknown');
      if (confidence === 'ambiguous' || confidence === 'unknown') expect(namespace).toBe(null);
    }
  });
});
