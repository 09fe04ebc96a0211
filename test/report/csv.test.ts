// CSV: a reader gets every value back, and a spreadsheet runs none of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyText,
  everyType,
  everyValue,
  formatted,
  hostileTexts,
  textColumn,
  unsafeOnTerminal,
} from './support.ts';

/** A reader by the letter of RFC 4180 that, unlike most, keeps `""` apart from nothing. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/gy;
  let row: (string | null)[] = [];
  for (const [, quoted, bare, end] of text.matchAll(field)) {
    row.push(quoted === undefined ? bare || null : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function disarmed(text: string): string {
  return /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
}

describe('csv', () => {
  it('has a header and a line a row', async () => {
    expect(await formatted(everyType, [everyValue], { format: 'csv' })).toBe(
      [
        'name,calls,first,denied,candidates,resources',
        'payments,12,2026-10-05T03:00:00Z,false,"[{""pod"":""a"",""n"":1}]","[""arn:aws:s3:::a"",""arn:aws:s3:::b""]"',
        '',
      ].join('\n'),
    );
    expect(await formatted(everyType, [], { format: 'csv' })).toBe(
      'name,calls,first,denied,candidates,resources\n',
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    [-1, '-1'],
    [-12n, '-12'],
    [null, ''],
    ['', '""'],
    ['a\nb', '"a\nb"'],
    ['a\rb', '"a\rb"'],
    ['a"b', '"a""b"'],
  ])('writes %s as %j', async (value, written) => {
    expect(
      await formatted([...textColumn, { name: 'b', type: 'text' }], [{ a: value, b: 'x' }], {
        format: 'csv',
      }),
    ).toBe(`a,b\n${written},x\n`);
  });

  it.each(hostileTexts)('parses back with %s', async (_claim, text) => {
    const written = await formatted(everyType.slice(0, 2), [{ name: text, calls: 1 }], { format: 'csv' });
    expect(parseCsv(written)).toEqual([
      ['name', 'calls'],
      [disarmed(text), '1'],
    ]);
  });

  it.each(hostileTexts)('is quiet on a terminal with %s', async (_claim, text) => {
    expect(await formatted(textColumn, [{ a: text }], { format: 'csv', width: 80 })).not.toMatch(
      unsafeOnTerminal,
    );
  });

  it('parses back with any text', async () => {
    const text = fc.option(fc.oneof(anyText, fc.stringMatching(/^[=+\-@"',\r\n\t a]*$/)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ a: text, b: text }), { maxLength: 4 }), async (rows) => {
        const written = await formatted([...textColumn, { name: 'b', type: 'text' }], rows, {
          format: 'csv',
        });
        const safe = (value: string | null) => (value === null ? null : disarmed(value));
        expect(parseCsv(written)).toEqual([['a', 'b'], ...rows.map(({ a, b }) => [safe(a), safe(b)])]);
      }),
    );
  });
});
