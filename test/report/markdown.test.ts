// Markdown: a value is text in its cell, never markup and never another row.
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

describe('markdown', () => {
  it('is a table with numbers to the right', async () => {
    expect(await formatted(everyType, [everyValue, {}], { format: 'markdown' })).toBe(
      [
        '| name | calls | first | denied | candidates | resources |',
        '| --- | ---: | --- | --- | --- | --- |',
        '| payments | 12 | 2026-10-05T03:00:00Z | false | \\[{"pod":"a","n":1}\\] | arn:aws:s3:::a, arn:aws:s3:::b |',
        '|  |  |  |  |  |  |',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['`rm`', '\\`rm\\`'],
    ['a\nb', 'a\\\\nb'],
    ['<b>', '\\<b\\>'],
    ['&lt;', '&amp;lt;'],
    ['*b* ~~s~~', '\\*b\\* \\~\\~s\\~\\~'],
    ['snake_case_name', 'snake_case_name'],
    ['_b_ __init__', '\\_b\\_ \\_\\_init\\_\\_'],
    ['[l](javascript:x)', '\\[l\\](javascript:x)'],
    ['https://example.com', 'https\\://example.com'],
    ['WWW.example.com', 'WWW\\.example.com'],
    ['$x$', '\\$x\\$'],
  ])('writes %j as %j', async (text, written) => {
    const lines = (await formatted(textColumn, [{ a: text }], { format: 'markdown' })).split('\n');
    expect(lines[2]).toBe(`| ${written} |`);
  });

  it.each(hostileTexts)('keeps %s in its cell', async (_claim, text) => {
    const written = await formatted(textColumn, [{ a: text }], { format: 'markdown' });
    expect(written.split('\n')).toHaveLength(4);
    expect(written).not.toMatch(unsafeOnTerminal);
  });

  it('keeps any text in its cell', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.stringMatching(/^[\\|`\n<_]*$/), async (a, b) => {
        const written = await formatted([...textColumn, { name: 'b', type: 'text' }], [{ a, b }], {
          format: 'markdown',
        });
        const bars = written.split('\n')[2]?.replaceAll(/\\./g, '').match(/\|/g);
        expect(bars).toHaveLength(3);
        expect(written.split('\n')).toHaveLength(4);
      }),
    );
  });
});
