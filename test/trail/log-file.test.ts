// Owns the claims about log files by shape: what each is read as, whatever chunks its bytes come in.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readLogFile } from '../../src/trail/log-file.ts';
import { inShort, readBytes, readSource, recordNamed } from './log-file-reading.ts';

const CHUNKINGS = [[1], [2, 3], [7], [64], [1 << 20]];

const A = recordNamed('A');
const B = recordNamed('B');
const C = recordNamed('C');
const [a, b, c] = [A, B, C].map((record) => JSON.stringify(record)) as [string, string, string];
const event = (detail: unknown): Record<string, unknown> => ({
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.s3',
  detail,
});
const lookup = (record: unknown): Record<string, unknown> => ({
  EventId: '1',
  EventName: 'A',
  CloudTrailEvent: JSON.stringify(record),
});
const insight = { eventVersion: '1.08', eventType: 'AwsCloudTrailInsight', eventCategory: 'Insight' };
const aggregated = { eventVersion: '1.0', eventId: '1', eventCategory: 'Aggregated', summary: {} };
const digest = { awsAccountId: '111122223333', digestStartTime: '2024-05-01T10:00:00Z', logFiles: [] };
const json = (value: unknown, indent?: number): string => JSON.stringify(value, null, indent);
const READ = 'read | A | B | C';
const NO_RECORD = 'rejected (JSON, but no CloudTrail record in it)';
const deep = (levels: number): string => `{"eventName":${'['.repeat(levels)}${']'.repeat(levels)}}`;

const shapes: [shape: string, content: string | Buffer, read: string][] = [
  ['a log file', json({ Records: [A, B, C] }), READ],
  ['a log file, pretty-printed', json({ Records: [A, B, C] }, 2), READ],
  ['a log file with CRLF', json({ Records: [A, B, C] }, 2).replaceAll('\n', '\r\n'), READ],
  ['a log file with a byte order mark', `\uFEFF${json({ Records: [A, B, C] })}`, READ],
  [
    'a log file with members around',
    json({ x: ['Records', { Records: [A] }], Records: [A, B, C], y: [1] }),
    READ,
  ],
  ['a log file with two arrays', `{"Records":[${a}],"Records" : [${b},${c}]}`, READ],
  ['a member that only looks like records', json({ 'x","Records': [A], Records: [A, B, C] }), READ],
  ['a record on each line of an array', `{"Records":[\n${a},\n${b},\n${c}\n]}`, READ],
  ['a log file without records', '{"Records":[]}', 'read'],
  ['log files one after the other', `{"Records":[${a}]}{"Records":[${b},${c}]}`, READ],
  ['log files on a line each', `{"Records":[${a}]}\n{"x":1,"Records":[${b}]}\n{"Records":[${c}]}\n`, READ],
  ['log files in an array', json([{ Records: [A] }, { Records: [B, C] }]), READ],
  ['an array', json([A, B, C]), READ],
  ['an empty array', '[]', 'read'],
  ['newline-delimited records', `${a}\n${b}\n${c}\n`, READ],
  ['newline-delimited records, CRLF, blank lines, no last newline', `${a}\r\n\r\n${b}\r\n${c}`, READ],
  ['records one after the other', `${a}${b}\t${c}`, READ],
  ['pretty-printed records one after the other', `${json(A, 4)}\n${json(B, 4)}\n${json(C, 4)}`, READ],
  ['one record', a, 'read | A'],
  ['one record, pretty-printed', json(A, 2), 'read | A'],
  ['an EventBridge event', json(event(A)), 'read | A'],
  ['EventBridge events on lines', [A, B, C].map((r) => json(event(r))).join('\n'), READ],
  ['EventBridge events in an array', json([event(A), event(B), event(C)], 1), READ],
  ['what lookup-events prints', json({ Events: [lookup(A), lookup(B), lookup(C)], NextToken: 'x' }, 4), READ],
  ['an element of what lookup-events prints', json(lookup(A)), 'read | A'],
  ['records as texts in an array, as a query leaves them of a lookup', json([a, b, c], 4), READ],
  ['records as texts on a line each', [a, b, c].map((one) => json(one)).join('\n'), READ],
  ['gzip data', gzipSync(json({ Records: [A, B, C] })), READ],
  [
    'gzip data in members',
    Buffer.concat(['{"Records":[', a, `,${b},`, `${c}]}`].map((t) => gzipSync(t))),
    READ,
  ],
  ['gzip data with an empty member', Buffer.concat([gzipSync(json([A, B, C])), gzipSync('')]), READ],
  ['escaped names of members', `{"\\u0052ecords":[${a},${b},${c}]}`, READ],
];

const parts: [what: string, content: string, read: string][] = [
  [
    'texts that hold no record, and one that is nested too deep',
    json(['x', '{"a', deep(1e5), '{"a":'.repeat(2e5), a]),
    'read | 0: not a JSON object | 1: not a JSON object | 2: nested deeper than 2048 levels | 3: nested deeper than 2048 levels | A',
  ],
  [
    'an element that is no object',
    `[${a},5,"x",[{}],null,${b}]`,
    'read | A | 1: not a JSON object | 2: not a JSON object | 3: not a JSON object | 4: not a JSON object | B',
  ],
  ['a line that is no object', `${a}\n7\n${b}`, 'read | A | 1: not a JSON object | B'],
  [
    'a NUL in a string',
    `{"Records":[${a},${b.replace('"B"', '"B\0"')},${c}]}`,
    'read | A | 1: not valid JSON | C',
  ],
  ['a bad token', `{"Records":[${a},{"x":NaN},${c}]}`, 'read | A | 1: not valid JSON | C'],
  ['a bad escape', `[{"x":"\\q"},${c}]`, 'read | 0: not valid JSON | C'],
  ['a bad word among records', `[${a},nil,${c}]`, 'read | A | 1: not valid JSON | C'],
  ['a line that is cut', `${a}\n${b.slice(0, 60)}\n${c}\n`, 'read | A | 1: not valid JSON | C'],
  ['a first line that is cut', `${a.slice(0, 50)}\n${b}\n${c}\n`, 'read | 0: not valid JSON | B | C'],
  ['a line that is cut after a comma', `${a}\n{"x":1,\n${c}\n`, 'read | A | 1: not valid JSON | C'],
  [
    'a line of text',
    `${a}\nError: throttled\n${c}\n`,
    'read | A | 1: not valid JSON | 2: not valid JSON | C',
  ],
  ['a line with a bracket too many', `${a}\n${b}}\n${c}\n`, 'read | A | B | 2: not valid JSON | C'],
  [
    'a record nested too deep',
    `[${a},${deep(3000)},${c}]`,
    'read | A | 1: nested deeper than 2048 levels | C',
  ],
  ['a record nested a million deep', `[${deep(1e6)},${c}]`, 'read | 0: nested deeper than 2048 levels | C'],
  [
    'an Insight record among others',
    json({ Records: [insight, A, insight] }),
    'read | A | 2 × Insight record',
  ],
  ['an aggregated record among others', json([A, aggregated]), 'read | A | 1 × aggregated record'],
  [
    'an Insight record and a broken one',
    json([insight, 1]),
    'read | 1: not a JSON object | 1 × Insight record',
  ],
  [
    'Insight and aggregated records',
    json([insight, aggregated]),
    'read | 1 × Insight record | 1 × aggregated record',
  ],
  ['a digest among records', `${json(digest)}\n${a}`, 'read | A | 1 × digest'],
  [
    'an event without a record',
    json([event('x'), event(A)]),
    'read | 0: EventBridge event without a record in its detail | A',
  ],
  [
    'a looked-up event that is no JSON',
    json({ Events: [{ CloudTrailEvent: '{' }, lookup(A)] }),
    'read | 0: CloudTrailEvent is not a record as JSON | A',
  ],
  [
    'a looked-up event nested too deep',
    json({ Events: [{ CloudTrailEvent: deep(1e5) }] }),
    'read | 0: CloudTrailEvent is not a record as JSON',
  ],
  ['log files nested further', json([{ Records: [{ Records: [A] }] }]), 'read | 0: not a CloudTrail record'],
  ['objects that are no records', '{"x":1}\n{"x":2}', 'read | {"x":1} | {"x":2}'],
];

const whole: [what: string, content: string | Buffer, read: string][] = [
  ['an empty file', '', 'rejected (empty file)'],
  ['empty gzip data', gzipSync(''), 'rejected (empty file)'],
  ['white space', ' \r\n\t ', 'rejected (nothing but white space)'],
  ['a digest file', json(digest), 'skipped (digest file)'],
  ['an Insight file', json({ Records: [insight, insight] }), 'skipped (Insight file)'],
  [
    'an aggregated file',
    json({ Records: [{ ...aggregated, eventCategory: undefined, eventType: 'AwsAggregatedEvent' }] }),
    'skipped (aggregated file)',
  ],
  ['another JSON object', '{"name":"x","version":1}\n', NO_RECORD],
  ['a JSON number', '42', NO_RECORD],
  ['a JSON string', '"x"', NO_RECORD],
  ['records that are no array', '{"Records":{"eventName":"A"}}', NO_RECORD],
  ['HTML', '<!DOCTYPE html><html></html>', 'rejected (not JSON: HTML)'],
  ['XML', '<?xml version="1.0"?><Error/>', 'rejected (not JSON: XML or HTML)'],
  ['text', 'Hello, world\n{}', 'rejected (not JSON: text)'],
  ['a log with bracketed times', '[2024-05-01 10:00:00] INFO started\n', 'rejected (not JSON: text)'],
  ['CSV', '"eventName","eventTime"\n"A","B"\n', 'rejected (not JSON: text)'],
  ['braces that are not JSON', '{ region = "us-east-1" }', 'rejected (not JSON: text)'],
  ['a zip archive', 'PK\x03\x04xxxx', 'rejected (not JSON: a zip archive)'],
  ['a Parquet file', 'PAR1\x15\x04', 'rejected (not JSON: a Parquet file)'],
  ['gzip data twice', gzipSync(gzipSync(a)), 'rejected (not JSON: gzip data inside gzip data)'],
  ['UTF-16', Buffer.from(`\uFEFF${a}`, 'utf16le'), 'rejected (not JSON: UTF-16 text)'],
  ['zeros', Buffer.alloc(100), 'rejected (not JSON: binary data)'],
  ['brackets without end', '['.repeat(1e6), 'rejected (cut off in record 0)'],
  [
    'a file cut in a record',
    json({ Records: [A, B, C] }).slice(0, -20),
    'rejected (cut off in record 2) | A | B',
  ],
  ['a file cut between records', `{"Records":[${a},${b},`, 'rejected (cut off after 2 records) | A | B'],
  ['a file cut after its records', `{"Records":[${a},${b}]`, 'rejected (cut off after 2 records) | A | B'],
  ['lines cut in the last', `${a}\n${b.slice(0, 50)}`, 'rejected (cut off in record 1) | A'],
  ['a file cut at once', '{"Rec', 'rejected (cut off in record 0)'],
  ['texts cut in the first', json([a, b]).slice(0, 50), 'rejected (cut off in record 0)'],
  ['texts cut in the last', json([a, b]).slice(0, -20), 'rejected (cut off in record 1) | A'],
  ['a bracket too many', `{"Records":[${a}},${b}]}`, 'rejected (not JSON from record 1 on) | A'],
  ['text after the records', `{"Records":[${a}]} x`, 'rejected (not JSON from record 1 on) | A'],
];

describe.each([
  ['shapes', shapes],
  ['records of a file that cannot all be used', parts],
  ['files as a whole', whole],
] as const)('%s', (_, table) => {
  it.each(table as [string, string | Buffer, string][])('%s', async (_what, content, expected) => {
    for (const sizes of CHUNKINGS) {
      if (sizes[0] === 1 && content.length > 1e5) continue;
      expect(inShort(await readBytes(content, sizes)), `in chunks of ${sizes}`).toBe(expected);
    }
  });
});

describe('values', () => {
  it('come as JSON has them', async () => {
    const text =
      '{"eventName":"x","a":1,"a":2,"big":1e999,"long":12345678901234567890,"half":"\\ud800","__proto__":{"polluted":true}}';
    const { records } = await readBytes(`{"Records":[${text},${text}]}`, [5]);
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record).toMatchObject({ a: 2, big: Number.POSITIVE_INFINITY, half: '\ud800' });
      expect(Object.hasOwn(record, '__proto__')).toBe(true);
      expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('keep every character, and wrong UTF-8 as its replacement', async () => {
    const names = ['é', '日本', '\u{1F980}', 'plain'];
    const good = await readBytes(json({ Records: names.map(recordNamed) }), [3]);
    expect(good.records.map((record) => record.eventName)).toEqual(names);
    const bytes = Buffer.concat([
      Buffer.from('{"eventName":"x'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('"}'),
    ]);
    expect((await readBytes(bytes)).records).toEqual([{ eventName: 'x\uFFFD\uFFFD' }]);
  });

  it('have the place in the file as their index, whatever became of those before', async () => {
    const { indexes, rejected } = await readBytes(json([A, 1, insight, B, [], C]));
    expect(indexes).toEqual([0, 3, 5]);
    expect(rejected.map(([index]) => index)).toEqual([1, 4]);
  });
});

describe('errors', () => {
  async function* failing(...chunks: string[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
    throw new Error('gone');
  }

  it.each([
    ['plain', [`{"Records":[${json(insight)},${a},`, b.slice(0, -1)]],
    ['nothing', []],
  ] as [string, string[]][])(
    'of the source are thrown (%s), and what was skipped till then is told',
    async (_, chunks) => {
      const seen: string[] = [];
      const reading = readLogFile(failing(...chunks), {
        record: (record) => seen.push(String(record.eventName)),
        rejected: () => seen.push('rejected'),
        skipped: (reason) => seen.push(reason),
      });
      await expect(reading).rejects.toThrow('gone');
      expect(seen).toEqual(chunks.length > 0 ? ['A', 'Insight record'] : []);
    },
  );

  it('of the source are thrown while unpacking, too', async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield gzipSync(json([A, B])).subarray(0, 40);
      throw new Error('gone');
    }
    await expect(readSource(source())).rejects.toThrow('gone');
  });

  it('of the source after the file was given up do not matter, since nobody asks for more', async () => {
    expect(inShort(await readSource(failing('<html>'.padEnd(100))))).toBe('rejected (not JSON: HTML)');
  });

  it.each([
    ['plain', Buffer.from(json([A, B]))],
    ['gzip', gzipSync(json([A, B]))],
    ['large gzip', gzipSync(json([A, { x: Array.from({ length: 1e5 }, Math.random) }, B]))],
  ])('of a handler are thrown to the caller (%s)', async (_, bytes) => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    const reading = readLogFile(source(), {
      record: () => {
        throw new Error('no more');
      },
      rejected: () => undefined,
      skipped: () => undefined,
    });
    await expect(reading).rejects.toThrow('no more');
  });

  it('leave no source open', async () => {
    let closed = 0;
    async function* source(text: string): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from(text);
        yield Buffer.from(text);
      } finally {
        closed += 1;
      }
    }
    await readSource(source('<html>'.padEnd(100)));
    await readSource(source(a));
    expect(closed).toBe(2);
  });
});
