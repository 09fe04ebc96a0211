// The same rows in every format, and how a terminal is treated differently from a pipe.
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { RECORDS } from '../corpus/cases.ts';
import { type OutputRow, rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let rows: OutputRow[];

beforeAll(async () => {
  files = await scratch();
  await files.log('logs/trail.json.gz', RECORDS);
  rows = await rowsFrom(['attribute', files.path('logs'), '--format', 'ndjson']);
});

afterAll(() => files.remove());

const attributed = async (format: string) =>
  (await runMain(['attribute', files.path('logs'), '-f', format])).stdout.trimEnd();

/** What a terminal of this many columns shows. */
async function onTerminal(columns: number, env: Record<string, string> = {}): Promise<string> {
  let text = '';
  const stream = () =>
    new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    });
  const stdout = Object.assign(stream(), { isTTY: true, columns });
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const argv = ['attribute', files.path('logs'), '-f', 'table'];
  await main(argv, { stdout, stderr, stdin: Readable.from([]), env, now: () => new Date() });
  return text;
}

describe('the rows of attribute', () => {
  it('are NDJSON unless another format is asked for', async () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(await rowsFrom(['attribute', files.path('logs')])).toEqual(rows);
  });

  it('are one array in JSON', async () => {
    expect(JSON.parse(await attributed('json'))).toEqual(rows);
  });

  it('are a header and a line each in CSV', async () => {
    const lines = (await attributed('csv')).split(/\r?\n/);
    expect(lines[0]?.split(',')).toEqual(Object.keys(rows[0] ?? {}));
    expect(lines).toHaveLength(rows.length + 1);
  });

  it('are a header, a rule and a line each in Markdown', async () => {
    const lines = (await attributed('markdown')).split('\n');
    expect(lines[1]).toMatch(/^\| --- \|/);
    expect(lines).toHaveLength(rows.length + 2);
  });

  it('are a table without colours in a pipe', async () => {
    const text = await attributed('table');
    expect(text).toMatch(/^event_id +event_time /);
    expect(text).not.toContain('\u001b');
  });
});

describe('a terminal', () => {
  it('gets a table in colour that fits into it', async () => {
    const text = await onTerminal(90);
    expect(text).toContain('\u001b[1m');
    // biome-ignore lint/complexity/useRegexLiterals: a literal would hold a control character
    const plain = text.replaceAll(new RegExp('\u001b\\[\\d+m', 'g'), '');
    expect(Math.max(...plain.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90);
  });

  it.each([{ NO_COLOR: '1' }, { NO_COLOR: 'yes' }, { TERM: 'dumb' }])(
    'gets no colours with %j',
    async (env) => {
      expect(await onTerminal(90, env)).not.toContain('\u001b');
    },
  );

  it('gets colours with an empty NO_COLOR, which declines nothing', async () => {
    expect(await onTerminal(90, { NO_COLOR: '' })).toContain('\u001b[1m');
  });
});
