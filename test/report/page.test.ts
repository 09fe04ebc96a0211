// The page of an answer: whole, and closed to markup from a log file.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportRow } from '../../src/report/columns.ts';
import { type Page, pageText } from '../../src/report/page.ts';
import { everyType, everyValue, textColumn } from './support.ts';

const PAGE: Page = {
  title: 'Who read it?',
  facts: [['asked', '2026-10-05T03:00:00Z']],
  notes: ['One row a workload.'],
  columns: textColumn,
  limit: null,
};

async function page(rows: Iterable<ReportRow>, more: Partial<Page> = {}): Promise<string> {
  let text = '';
  const given = (async function* () {
    yield* rows;
  })();
  for await (const piece of pageText({ ...PAGE, ...more }, given)) text += piece;
  return text;
}

/** All that a browser would take for a tag. */
const tags = (html: string) => html.match(/<[!/a-z?][^>]*>?/gi) ?? [];

describe('pageText', () => {
  it('shows what was asked, every type of value, and how to read it', async () => {
    const html = await page([everyValue], { columns: everyType });
    expect(html).toContain('<h1>Who read it?</h1>');
    expect(html).toContain('<dt>asked</dt><dd>2026-10-05T03:00:00Z</dd>');
    expect(html).toContain(
      '<tr><td class="text">payments</td><td class="integer">12</td><td class="time">2026-10-05T03:00:00Z</td><td class="boolean">false</td>' +
        '<td class="json">[{&quot;pod&quot;:&quot;a&quot;,&quot;n&quot;:1}]</td><td class="texts">arn:aws:s3:::a, arn:aws:s3:::b</td></tr>',
    );
    expect(html).toContain('<p>1 row.</p>\n<p>One row a workload.</p>');
  });

  it('tells NULL from the empty text, and says when there is nothing', async () => {
    expect(await page([{ a: null }, { a: '' }])).toContain(
      '<tr><td class="none">–</td></tr>\n<tr><td class="text"></td></tr>',
    );
    expect(await page([])).toContain(
      '<p>No rows match. The question trail-coverage shows what the records cover.</p>',
    );
  });

  it('shows the first thousand rows, and says how many there are', async () => {
    const html = await page(Array.from({ length: 1_002 }, (_, index) => ({ a: `row ${index}` })));
    expect(html.match(/row \d+</g)?.length).toBe(1_000);
    expect(html).toContain('The first 1000 of 1002 rows');
  });

  it('says that there may be more rows where there are as many as the limit allows', async () => {
    const two = [{ a: 'x' }, { a: 'y' }];
    expect(await page(two, { limit: 2 })).toContain('<p>2 rows. The limit was 2: there may be more.</p>');
    expect(await page(two, { limit: 3 })).toContain('<p>2 rows.</p>');
  });

  it('runs nothing and asks for nothing', async () => {
    expect(await page([])).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('lets no value become markup, wherever it stands', async () => {
    const plain = tags(await page([{ a: 'x' }]));
    const hostile = fc.oneof(
      fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '/', '!', '-', 'x', '\u202e', '`', '=') }),
      fc.constantFrom(
        '</td><script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        '<!--',
        '&lt;b&gt;',
      ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const html = await page([{ a: text }], { title: text, facts: [['f', text]], notes: [text] });
        expect(tags(html)).toEqual(plain);
        expect(html).not.toContain('\u202e');
      }),
    );
    expect(await page([{ a: '&lt;b&gt;' }])).toContain('>&amp;lt;b&amp;gt;<');
  });
});
