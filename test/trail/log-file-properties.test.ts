// Owns what holds for every log file: the same records whatever the layout and the chunks, and, however the
// file is damaged, an end, no error and an account of every record.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reading, readBytes } from './log-file-reading.ts';

type Json = Record<string, unknown>;

const key = fc.oneof(
  fc.string({ unit: 'binary' }).filter((name) => name !== 'Records' && name !== 'Events'),
  fc.constantFrom('eventName', 'eventVersion', '},{"eventVersion"', 'a":[{', '__proto__', '\\', '"'),
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
  fc.constantFrom('},{"eventVersion"', '\n{"Records":[', '"Records":[', '\\"', ']}', [
    { eventVersion: 1 },
    { eventVersion: 2 },
  ]),
);
/** Any object that is a record by a member at its beginning, in its middle or at its end. */
const record = fc
  .tuple(
    fc.array(fc.tuple(key, value), { maxLength: 5 }),
    fc.constantFrom('eventVersion', 'eventTime'),
    fc.nat(5),
  )
  .map(([members, name, at]): Json => {
    const all = members.filter(([k]) => k !== 'eventCategory' && k !== 'eventType');
    all.splice(at, 0, [name, '1']);
    // As JSON would have it: names that are numbers move to the front, doubles go.
    return JSON.parse(
      `{${all.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`,
    ) as Json;
  });
const records = fc.array(record, { minLength: 1, maxLength: 12 });
const chunking = fc.oneof(
  fc.constant([1 << 20]),
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
  fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 5 }),
);

const text = (all: readonly unknown[], indent = 0): string[] =>
  all.map((one) => JSON.stringify(one, null, indent));
const LAYOUTS = {
  'log file': (all) => JSON.stringify({ Records: all }),
  'log file, pretty-printed': (all) => JSON.stringify({ Records: all }, null, 2),
  'log file, a record a line': (all) => `{"Records":[\n${text(all).join(',\n')}\n]}\n`,
  'log files': (all) => all.map((one) => JSON.stringify({ Records: [one] })).join('\n'),
  array: (all) => JSON.stringify(all),
  'array, pretty-printed with tabs': (all) => JSON.stringify(all, null, '\t'),
  lines: (all) => text(all).join('\n'),
  'lines, CRLF': (all) => `${text(all).join('\r\n')}\r\n`,
  'values, one after the other': (all) => text(all).join(''),
  'values, pretty-printed': (all) => text(all, 3).join('\n'),
  events: (all) => text(all.map((detail) => ({ id: '1', 'detail-type': 'x', detail }))).join('\n'),
  lookup: (all) =>
    JSON.stringify({ Events: all.map((one) => ({ CloudTrailEvent: JSON.stringify(one) })) }, null, 4),
  'texts of a lookup': (all) => JSON.stringify(text(all), null, 4),
} satisfies Record<string, (all: readonly Json[]) => string>;
const layout = fc.constantFrom(...Object.values(LAYOUTS));

/** Packs text as one gzip member, or as several that are cut anywhere. */
function pack(content: string, cuts: readonly number[]): Buffer {
  const bytes = Buffer.from(content);
  const ends = [...cuts.map((cut) => cut % bytes.length).sort((x, y) => x - y), bytes.length];
  return Buffer.concat(ends.map((end, n) => gzipSync(bytes.subarray(ends[n - 1] ?? 0, end))));
}

/** Every place up to the last is taken by one record, rejected or skipped one. */
function expectAccount({ indexes, rejected, skipped }: Reading): void {
  const places = [...indexes, ...rejected.map(([index]) => index)].sort((x, y) => x - y);
  expect(new Set(places).size).toBe(places.length);
  const skippedCount = skipped.reduce((sum, [, count]) => sum + count, 0);
  expect((places.at(-1) ?? -1) + 1).toBeLessThanOrEqual(places.length + skippedCount);
}

describe.each(Object.entries(LAYOUTS))('records laid out as %s', (_, lay) => {
  it('come out as they are, in order, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(records, chunking, async (all, sizes) => {
        const reading = await readBytes(lay(all), sizes);
        expect(reading).toEqual({
          outcome: { status: 'read' },
          records: all,
          indexes: all.map((_one, n) => n),
          rejected: [],
          skipped: [],
        });
      }),
      { numRuns: 150 },
    );
  });

  it('come out of gzip data as well, in one member or many', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.array(fc.nat(), { maxLength: 4 }), chunking, async (all, cuts, sizes) => {
        const reading = await readBytes(pack(lay(all), cuts), sizes);
        expect(reading.outcome).toEqual({ status: 'read' });
        expect(reading.records).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });
});

const mutation = fc.record({
  at: fc.nat(),
  what: fc.oneof(
    fc.constant('cut' as const),
    fc.constant('drop' as const),
    fc.integer({ min: 0, max: 255 }).map((byte) => ({ set: byte })),
    fc.constantFrom(...'{}[]",:\\\n').map((char) => ({ insert: char })),
  ),
});

function mutate(
  bytes: Buffer,
  { at, what }: { at: number; what: 'cut' | 'drop' | { set: number } | { insert: string } },
): Buffer {
  const place = at % bytes.length;
  const before = bytes.subarray(0, place);
  if (what === 'cut') return before;
  if (what === 'drop') return Buffer.concat([before, bytes.subarray(place + 1)]);
  if ('set' in what) return Buffer.concat([before, Buffer.from([what.set]), bytes.subarray(place + 1)]);
  return Buffer.concat([before, Buffer.from(what.insert), bytes.subarray(place)]);
}

describe('a damaged file', () => {
  it('is read to some end, accounts for its records, and does so whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        records,
        layout,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        chunking,
        async (all, lay, mutations, sizes) => {
          const bytes = mutations.reduce(mutate, Buffer.from(lay(all)));
          const reading = await readBytes(bytes, sizes);
          expectAccount(reading);
          expect(await readBytes(bytes, [bytes.length + 1])).toEqual(reading);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('of any bytes is read to some end', async () => {
    const soup = fc.array(
      fc.constantFrom(
        ...'{}[]",:\\\n \t1-etf"',
        '{"Records":[',
        '\uFEFF',
        '{"a":1}',
        '\n{',
        'null',
        '\0',
        '\n{"a":',
        '{"eventName":1}',
        '},{"a"',
        '\n',
      ),
      {
        maxLength: 60,
      },
    );
    await fc.assert(
      fc.asyncProperty(soup, chunking, async (tokens, sizes) => {
        const reading = await readBytes(tokens.join(''), sizes);
        expectAccount(reading);
        expect(await readBytes(tokens.join(''))).toEqual(reading);
      }),
      { numRuns: 4000 },
    );
  });

  it('that is cut gives its first records and no others', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.nat(), chunking, async (all, at, sizes) => {
        const content = Buffer.from(JSON.stringify({ Records: all }));
        const length = at % content.length;
        const { outcome, records: read, rejected } = await readBytes(content.subarray(0, length), sizes);
        expect(outcome.status).toBe('rejected');
        expect(read).toEqual(all.slice(0, read.length));
        expect(rejected).toEqual([]);
      }),
    );
  });

  it('of gzip data gives first records, too, and is rejected', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.nat(), fc.boolean(), chunking, async (all, at, isCut, sizes) => {
        const packed = gzipSync(JSON.stringify({ Records: all }));
        const place = at % packed.length;
        const damaged = isCut ? packed.subarray(0, place) : Buffer.from(packed);
        if (!isCut) damaged[place] = (packed[place] ?? 0) ^ 0x55;
        const { outcome, records: read } = await readBytes(damaged, sizes);
        // The header's time, system and level mean nothing to what is packed.
        if (!isCut && place > 3 && place < 10) expect(outcome.status).toBe('read');
        else expect(outcome.status).toBe('rejected');
        if (isCut) expect(read).toEqual(all.slice(0, read.length));
      }),
      { numRuns: 500 },
    );
  });
});
