// Tables: aligned and inside the terminal, whatever the rows hold.
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportColumn } from '../../src/report/columns.ts';
import { displayWidth } from '../../src/report/display-width.ts';
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

const columns: ReportColumn[] = [
  { name: 'workload', type: 'text' },
  { name: 'calls', type: 'integer' },
  { name: 'resource', type: 'text' },
];

function widthsOf(text: string): Set<number> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Set(lines.map(displayWidth));
}

describe('a table', () => {
  it('aligns its columns, numbers to the right, NULL as a dash', async () => {
    const rows = [
      { workload: 'payments/api', calls: 7n, resource: 'a' },
      { workload: null, calls: 12345, resource: '' },
    ];
    expect(await formatted(columns, rows, { format: 'table' })).toBe(
      [
        'workload      calls  resource',
        '------------  -----  --------',
        'payments/api      7  a       ',
        '-             12345          ',
        '',
      ].join('\n'),
    );
  });

  it('shows every type', async () => {
    const text = await formatted(everyType, [everyValue], { format: 'table' });
    const shown = [
      'payments',
      '12',
      '2026-10-05T03:00:00Z',
      'false',
      '[{"pod":"a","n":1}]',
      'arn:aws:s3:::a, arn:aws:s3:::b',
    ];
    expect(text.split('\n')[2]?.trim().split(/ {2,}/)).toEqual(shown);
  });

  it('without rows is its header', async () => {
    expect(await formatted(columns, [], { format: 'table' })).toBe(
      'workload  calls  resource\n--------  -----  --------\n',
    );
  });

  it('in colour has a bold header and dim dashes, and is otherwise the same', async () => {
    const rows = [{ workload: null, calls: 1, resource: 'a' }];
    const colored = await formatted(columns, rows, { format: 'table', color: true });
    expect(colored).toContain('\u001b[1mworkload  calls  resource\u001b[22m');
    expect(colored).toContain('\u001b[2m-       \u001b[22m');
    const bare = stripVTControlCharacters(colored);
    expect(bare).toBe(await formatted(columns, rows, { format: 'table' }));
  });

  it('wraps its widest texts at their joints to fit the terminal', async () => {
    const rows = [
      { workload: 'payments/api', calls: 7, resource: 'arn:aws:s3:::pii-exports/2026/10/customers.csv' },
    ];
    expect(await formatted(columns, rows, { format: 'table', width: 50 })).toBe(
      [
        'workload      calls  resource                     ',
        '------------  -----  -----------------------------',
        'payments/api      7  arn:aws:s3:::pii-exports/    ',
        '                     2026/10/customers.csv        ',
        '',
      ].join('\n'),
    );
  });

  it('cuts a text that would fill the terminal, and says so', async () => {
    const text = await formatted(textColumn, [{ a: 'x'.repeat(5000) }], { format: 'table', width: 40 });
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2 + 8);
    expect(lines.at(-1)).toBe(`${'x'.repeat(39)}…`);
  });

  it('is a list where its columns do not fit side by side', async () => {
    const rows = [
      { workload: 'payments/api', calls: 7, resource: 'arn:aws:s3:::pii-exports' },
      { workload: null, calls: 8, resource: '' },
    ];
    expect(await formatted(columns, rows, { format: 'table', width: 28 })).toBe(
      [
        'workload  payments/api      ',
        'calls     7                 ',
        'resource  arn:aws:s3:::     ',
        '          pii-exports       ',
        '',
        'workload  -                 ',
        'calls     8                 ',
        'resource                    ',
        '',
      ].join('\n'),
    );
  });

  it('takes a terminal that does not know its width for one of 80 columns', async () => {
    const rows = [{ workload: 'w', calls: 1, resource: 'r'.repeat(200) }];
    expect([...widthsOf(await formatted(columns, rows, { format: 'table', width: 0 }))]).toEqual([80]);
  });

  it('never breaks a number, however narrow the terminal', async () => {
    for (const width of [20, 26, 30, 34, 80]) {
      const rows = [{ workload: 'w', calls: 123456789, resource: 'r'.repeat(50) }];
      const text = await formatted(columns, rows, { format: 'table', width });
      expect(text).toContain('123456789');
    }
  });

  it.each(hostileTexts)('stays aligned and quiet with %s', async (_claim, text) => {
    for (const width of [null, 20, 60]) {
      const rows = [
        { workload: text, calls: 1, resource: 'plain' },
        { workload: 'plain', calls: 22, resource: text },
      ];
      const table = await formatted(columns, rows, { format: 'table', width });
      expect(table).not.toMatch(unsafeOnTerminal);
      expect(widthsOf(table).size).toBe(1);
      if (width !== null) for (const line of widthsOf(table)) expect(line).toBeLessThanOrEqual(width);
    }
  });

  it('stays aligned and inside the terminal with any text', async () => {
    const text = fc.option(fc.oneof(anyText, fc.string({ minLength: 150, maxLength: 300 })));
    const row = fc.record({ workload: text, calls: fc.option(fc.bigInt()), resource: text });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 90, max: 200 }),
        async (rows, width) => {
          const table = await formatted(columns, rows, { format: 'table', width });
          expect(table).not.toMatch(unsafeOnTerminal);
          expect(widthsOf(table).size).toBe(1);
          for (const line of widthsOf(table)) expect(line).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('comes in pages of 1,000 rows and never looks further ahead', async () => {
    let read = 0;
    async function* many() {
      for (let i = 0; i < 2500; i++) {
        read++;
        yield { workload: 'w', calls: 10 ** Math.floor(i / 500), resource: 'r' };
      }
    }
    const seen: number[] = [];
    const pages: string[] = [];
    for await (const piece of formatRows(columns, many(), { format: 'table', color: false, width: 80 })) {
      if (piece !== '\n') pages.push(piece);
      seen.push(read);
    }
    expect(pages.map((page) => page.trimEnd().split('\n').length)).toEqual([1002, 1002, 502]);
    expect(seen[0]).toBe(1000);
    for (const page of pages) expect(widthsOf(page).size).toBe(1);
  });

  it('holds no more of a huge value than it may show', async () => {
    const text = await formatted(textColumn, [{ a: 'x'.repeat(5_000_000) }, { a: 'y' }], { format: 'table' });
    expect(text.length).toBeLessThan(20_000);
    expect(text).toContain('…');
  });

  it('closes its source when the reader stops', async () => {
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) yield { a: 'x' };
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of formatRows(textColumn, endless(), { format: 'table', color: false, width: null }))
      break;
    expect(isClosed).toBe(true);
  });
});
