// JSON: what comes back is what went in, and nothing on the way acts on a terminal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRows } from '../../src/report/format-rows.ts';
import {
  anyText,
  everyType,
  everyValue,
  formatted,
  hostileTexts,
  textColumn,
  unsafeOnTerminal,
} from './support.ts';

const asJson = {
  name: 'payments',
  calls: 12,
  first: '2026-10-05T03:00:00Z',
  denied: false,
  candidates: [{ pod: 'a', n: 1 }],
  resources: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
};

describe('ndjson', () => {
  it('is an object a line, in the order of the columns, and nothing for no rows', async () => {
    const text = await formatted(everyType, [{ extra: 1, ...everyValue }, {}], { format: 'ndjson' });
    const lines = text.trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual(asJson);
    expect(lines[1]).toBe(
      '{"name":null,"calls":null,"first":null,"denied":null,"candidates":null,"resources":null}',
    );
    expect(await formatted(everyType, [], { format: 'ndjson' })).toBe('');
  });

  it.each([
    ['NULL', null, 'null'],
    ['an absent value', undefined, 'null'],
    ['the empty string', '', '""'],
    ['a safe bigint', 9007199254740991n, '9007199254740991'],
    ['a bigint that is not safe', 9007199254740993n, '"9007199254740993"'],
    ['a time with milliseconds', new Date('2026-10-05T03:00:00.120Z'), '"2026-10-05T03:00:00.120Z"'],
    ['a time without', new Date('2026-10-05T03:00:00Z'), '"2026-10-05T03:00:00Z"'],
    ['a time that is none', new Date('x'), 'null'],
    ['a bidi override', '\u202e', '"\\u202e"'],
    ['a C1 control', '\u009b', '"\\u009b"'],
    ['an escape', '\u001b', '"\\u001b"'],
    ['a line separator', '\u2028', '"\\u2028"'],
  ])('writes %s as it should', async (_claim, value, json) => {
    expect(await formatted(textColumn, [{ a: value }], { format: 'ndjson' })).toBe(`{"a":${json}}\n`);
  });

  it('gives each row as soon as it is there', async () => {
    let read = 0;
    async function* rows() {
      for (const a of ['x', 'y']) {
        read++;
        yield { a };
      }
    }
    const seen: number[] = [];
    for await (const _ of formatRows(textColumn, rows(), { format: 'ndjson', color: false, width: null }))
      seen.push(read);
    expect(seen).toEqual([1, 2]);
  });

  it('keeps a column that is named as no other', async () => {
    const text = await formatted([{ name: '__proto__', type: 'text' }], [JSON.parse('{"__proto__":"x"}')], {
      format: 'ndjson',
    });
    expect(text).toBe('{"__proto__":"x"}\n');
  });
});

describe('json', () => {
  it('is an array of the same objects', async () => {
    expect(JSON.parse(await formatted(everyType, [everyValue, everyValue], { format: 'json' }))).toEqual([
      asJson,
      asJson,
    ]);
    expect(await formatted(everyType, [], { format: 'json' })).toBe('[]\n');
  });
});

describe.each(['json', 'ndjson'] as const)('%s', (format) => {
  it.each(hostileTexts)('parses back and stays quiet with %s', async (_claim, text) => {
    const written = await formatted(textColumn, [{ a: text }], { format });
    const parsed: unknown = JSON.parse(written);
    expect(format === 'json' ? parsed : [parsed]).toEqual([{ a: text }]);
    expect(written).not.toMatch(unsafeOnTerminal);
  });

  it('parses back with any text and any parsed JSON', async () => {
    const columns = [
      ...textColumn,
      { name: 'j', type: 'json' as const },
      { name: 'l', type: 'texts' as const },
    ];
    const text = anyText;
    const row = fc.record({
      a: fc.option(text),
      j: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
      l: fc.array(text),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 4 }), async (rows) => {
        const written = await formatted(columns, rows, { format });
        const lines = written.split('\n').filter((line) => line !== '');
        expect(format === 'json' ? JSON.parse(written) : lines.map((line) => JSON.parse(line))).toEqual(rows);
        expect(written).not.toMatch(unsafeOnTerminal);
      }),
    );
  });
});
