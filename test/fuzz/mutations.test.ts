// A thousand damaged log files, seeded: nothing crashes, the sums add up, every reject is named, and good files stay whole.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RandomSource } from '../../src/simulator/random-source.ts';
import { simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { rowsOf, runMain } from '../support/run-main.ts';

const FILES = 1000;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-fuzz-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Json = Record<string, unknown>;

const ODD_VALUES: unknown[] = [
  7,
  -0,
  1e308,
  true,
  [],
  {},
  [[]],
  'x',
  '',
  '\u0000',
  '\ud800',
  '2026-02-30T00:00:00Z',
  'yesterday',
  null,
  { __proto__: 1 },
];

/** Puts an odd value somewhere in a record, or a record into an odd shape. */
function mutateJson(log: { Records: Json[] }, random: RandomSource): string {
  const index = random.between(0, log.Records.length - 1);
  let at: Json = log.Records[index] as Json;
  for (;;) {
    const keys = Object.keys(at);
    const key = keys[random.between(0, Math.max(0, keys.length - 1))] ?? 'eventName';
    const inner = at[key];
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && random.chance(0.6)) {
      at = inner as Json;
      continue;
    }
    at[key] = ODD_VALUES[random.between(0, ODD_VALUES.length - 1)];
    break;
  }
  const text = JSON.stringify(log);
  const ways = [
    () => text,
    () => text.replace('"eventName"', '"__proto__":{"polluted":true},"eventName"'),
    () => text.replace('"eventID"', '"eventID":"twice","eventID"'),
    () =>
      text.replace(
        '"requestParameters":',
        `"deep":${'['.repeat(5000)}${']'.repeat(5000)},"requestParameters":`,
      ),
    () => text.replace('"userAgent":"', '"userAgent":"\u0000'),
    () => text.replace('{"Records":', '{"Records":[],"Records":'),
    () => `\ufeff${text.replaceAll(',', ',\r\n')}`,
  ];
  return (ways[random.between(0, ways.length - 1)] as () => string)();
}

function mutateBytes(bytes: Uint8Array, random: RandomSource): Uint8Array {
  const place = () => random.between(0, Math.max(0, bytes.length - 1));
  const ways = [
    () => bytes.subarray(0, place()),
    () => {
      const flipped = Uint8Array.from(bytes);
      for (let flips = random.between(1, 5); flips > 0; flips--) flipped[place()] = random.between(0, 255);
      return flipped;
    },
    () => Buffer.concat([bytes, Buffer.from('trailing garbage')]),
    () => Buffer.concat([bytes.subarray(0, place()), bytes.subarray(place())]),
    () => Buffer.concat([bytes, bytes]),
  ];
  return (ways[random.between(0, ways.length - 1)] as () => Uint8Array)();
}

it(`accounts for ${FILES} mutated files`, async () => {
  const random = new RandomSource(11, 0);
  const originals = [...simulateTrail({ seed: 11, records: 1200, recordsPerFile: 30 })].filter(
    ({ records }) => records > 0,
  );
  expect(originals.length).toBeGreaterThan(30);
  const good = join(root, 'logs', 'good');
  await mkdir(good, { recursive: true });
  const goodIds = new Set<string>();
  for (const [index, file] of originals.slice(0, 10).entries()) {
    await writeFile(join(good, `${index}.json.gz`), file.body);
    for (const record of JSON.parse(gunzipSync(file.body).toString()).Records) goodIds.add(record.eventID);
  }
  const bad = join(root, 'logs', 'mutated');
  await mkdir(bad);
  for (let index = 0; index < FILES; index++) {
    const original = originals[10 + (index % (originals.length - 10))] as (typeof originals)[number];
    const text = gunzipSync(original.body);
    const isJson = random.chance(0.5);
    const changed = isJson
      ? Buffer.from(mutateJson(JSON.parse(text.toString()), random))
      : mutateBytes(random.chance(0.5) ? original.body : text, random);
    await writeFile(join(bad, `${index}.json`), isJson && random.chance(0.3) ? gzipSync(changed) : changed);
  }
  const sumsFile = join(root, 'sums.json');
  const { code, stdout } = await runMain(['attribute', join(root, 'logs'), '--reconciliation', sumsFile]);
  expect(code).toBe(3);
  const sums = JSON.parse(await readFile(sumsFile, 'utf8'));
  const { read, kept, duplicate, skipped, rejected } = sums.records;
  const rows = rowsOf(stdout);
  expect(read).toBe(kept + duplicate + skipped + rejected);
  expect(kept).toBe(rows.length);
  expect(sums.files.read + sums.files.skipped.length + sums.files.rejected.length).toBe(FILES + 10);
  expect(sums.rejected_records).toHaveLength(rejected);
  expect(rejected).toBeGreaterThan(50);
  expect(sums.files.rejected.length).toBeGreaterThan(50);
  for (const { path, reason } of [...sums.files.rejected, ...sums.files.skipped])
    expect([path, reason]).toEqual([expect.stringContaining(root), expect.stringMatching(/\w/)]);
  for (const { path, index, reason } of sums.rejected_records)
    expect([path, index, reason]).toEqual([
      expect.stringContaining(root),
      expect.any(Number),
      expect.stringMatching(/\w/),
    ]);
  expect(sums.files.rejected.filter(({ path }: { path: string }) => path.startsWith(good))).toEqual([]);
  const kepts = new Set(rows.map((row) => row.event_id));
  expect([...goodIds].filter((id) => !kepts.has(id))).toEqual([]);
  expect(({} as Json).polluted).toBeUndefined();
});

it('reads a record of 30 MB, and refuses one beyond 64 MiB without giving up its neighbours', async () => {
  const [file] = [...simulateTrail({ seed: 2, records: 50, recordsPerFile: 50 })];
  const records: Json[] = JSON.parse(gunzipSync(file?.body ?? new Uint8Array()).toString()).Records;
  const [first, second, third] = records as [Json, Json, Json];
  const folder = join(root, 'large');
  await mkdir(folder);
  const large = { ...second, requestParameters: { blob: 'x'.repeat(30_000_000) } };
  const tooLarge = { ...third, requestParameters: { blob: 'y'.repeat(70_000_000) } };
  await writeFile(
    join(folder, 'large.json'),
    JSON.stringify({ Records: [first, large, tooLarge, records[3]] }),
  );
  const sumsFile = join(root, 'large.sums.json');
  const { code, stdout } = await runMain(['attribute', folder, '--reconciliation', sumsFile]);
  const sums = JSON.parse(await readFile(sumsFile, 'utf8'));
  expect([code, rowsOf(stdout).length, sums.rejected_records]).toEqual([
    3,
    3,
    [{ path: expect.any(String), index: 2, reason: expect.stringContaining('64 MiB') }],
  ]);
});
