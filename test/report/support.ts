// Rows for reports, and the hostile texts that every format is tried on.

import fc from 'fast-check';
import type { ReportColumn, ReportRow } from '../../src/report/columns.ts';
import { type FormatOptions, formatRows } from '../../src/report/format-rows.ts';

async function* rowsOf(rows: Iterable<ReportRow>): AsyncGenerator<ReportRow> {
  yield* rows;
}

export async function formatted(
  columns: readonly ReportColumn[],
  rows: Iterable<ReportRow>,
  options: Partial<FormatOptions> & Pick<FormatOptions, 'format'>,
): Promise<string> {
  let text = '';
  for await (const piece of formatRows(columns, rowsOf(rows), { color: false, width: null, ...options }))
    text += piece;
  return text;
}

export const textColumn: ReportColumn[] = [{ name: 'a', type: 'text' }];

export const everyType: ReportColumn[] = [
  { name: 'name', type: 'text' },
  { name: 'calls', type: 'integer' },
  { name: 'first', type: 'time' },
  { name: 'denied', type: 'boolean' },
  { name: 'candidates', type: 'json' },
  { name: 'resources', type: 'texts' },
];

export const everyValue: ReportRow = {
  name: 'payments',
  calls: 12n,
  first: new Date('2026-10-05T03:00:00Z'),
  denied: false,
  candidates: [{ pod: 'a', n: 1n }],
  resources: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
};

/** What no format for people may let through: controls but for what ends a line, bidi and line separators. */
export const unsafeOnTerminal =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

const anyCharacter = fc.oneof(
  fc.integer({ min: 0, max: 0x10ffff }),
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.constantFrom(
    0,
    9,
    10,
    13,
    0x1b,
    0x9b,
    0x301,
    0x200d,
    0x202e,
    0x2066,
    0xfe0f,
    0xff1d,
    0x4ed8,
    0xd800,
    0x1f600,
    0x1f1e9,
    0x1f3fd,
  ),
);

/** Any text, lone surrogates included, with more of what hurts than chance would bring. */
export const anyText = fc.string({
  unit: anyCharacter.map((code) => String.fromCodePoint(code)),
  maxLength: 60,
});

export const hostileTexts: [claim: string, text: string][] = [
  ['an ANSI escape', '\u001b[2J\u001b[31mroot'],
  ['a C1 escape', '\u009b31mroot'],
  ['a link', '\u001b]8;;https://example.com\u0007x\u001b]8;;\u0007'],
  ['a newline', 'one\ntwo\r\nthree'],
  ['a carriage return', 'safe\rroot'],
  ['a tab and a bell', 'a\tb\u0007'],
  ['a NUL and a DEL', 'a\u0000b\u007f'],
  ['a bidi override', 'safe\u202etxt.exe\u2066x\u2069'],
  ['line separators', 'a\u2028b\u2029c'],
  ['zero-width characters', 'pay\u200bments\ufeff'],
  ['a family emoji', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} x'],
  [
    'a heart, a flag, a skin tone and a keycap',
    '\u2764\ufe0f \u{1f1e9}\u{1f1ea} \u{1f44d}\u{1f3fd} 1\ufe0f\u20e3',
  ],
  ['Chinese, Japanese and Korean', '支付 ｶﾀ カタ 결제 \u1112\u1161\u11ab'],
  ['marks', 'e\u0301a\u0300\u0301\u0302\u0303\u0304\u0305'],
  ['a mark on nothing', '\u0301x'],
  ['lone surrogates', 'a\ud800b\udc00'],
  ['a formula', '=HYPERLINK("https://example.com","x")'],
  ['markup', '<script>alert(1)</script> | `x` **b** [l](https://example.com) &lt; \\ $x$ __init__'],
  ['quotes and commas', '"a","b",\'c\''],
  ['a long name', `arn:aws:s3:::${'very-long/'.repeat(60)}`],
  ['nothing', ''],
];
