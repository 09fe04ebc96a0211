// What a terminal may be shown of text from a log file.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/report/display-width.ts';
import { escapeForTerminal } from '../../src/report/escape.ts';
import { anyText, hostileTexts, unsafeOnTerminal } from './support.ts';

describe('escaping for a terminal', () => {
  it.each([
    ['plain arn:aws:s3:::a/b\\n', 'plain arn:aws:s3:::a/b\\n'],
    ['Zürich é ñ', 'Zürich é ñ'],
    ['支付 😀', '支付 😀'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u001b[31m', '\\u001b[31m'],
    ['\u009b1m', '\\u009b1m'],
    ['\u202eabc', '\\u202eabc'],
    ['a\u00a0b', 'a\\u00a0b'],
    ['\u{1f1e9}', '\\u{1f1e9}'],
    ['1\ufe0f\u20e3', '1\\ufe0f\\u20e3'],
    ['\ud800', '\\ud800'],
    ['e\u0301', 'e\u0301'],
    ['\u0301', '\\u0301'],
    ['e\u0301\u0301\u0301\u0301\u0301', 'e\u0301\u0301\u0301\\u0301\\u0301'],
    ['', ''],
  ])('turns %j into %j', (text, shown) => {
    expect(escapeForTerminal(text)).toBe(shown);
  });

  it.each(hostileTexts)('leaves nothing of %s that acts', (_claim, text) => {
    const shown = escapeForTerminal(text);
    expect(shown).not.toMatch(unsafeOnTerminal);
    expect(shown).not.toContain('\n');
    expect(escapeForTerminal(shown)).toBe(shown);
  });

  it('does so for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = escapeForTerminal(text);
        return !unsafeOnTerminal.test(shown) && !shown.includes('\n') && shown.isWellFormed();
      }),
    );
  });
});

describe('the width of', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['支付', 4],
    ['ｶﾀ', 2],
    ['カタ', 4],
    ['결제', 4],
    ['\u1112\u1161\u11ab', 2],
    ['（）', 4],
    ['😀', 2],
    ['⌚', 2],
    ['☀', 1],
    ['𠮷', 2],
    ['…', 1],
    ['', 0],
  ])('%j is %d', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});
