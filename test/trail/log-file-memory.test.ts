// Owns the claim that neither the size of a log file nor its content decides what memory or time reading takes.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type LogFileOutcome, readLogFile } from '../../src/trail/log-file.ts';
import { recordNamed } from './log-file-reading.ts';

const MIB = 1024 * 1024;
const RECORD = JSON.stringify({ ...recordNamed('A'), requestParameters: { key: 'k'.repeat(1000) } });

interface Cost {
  outcome: LogFileOutcome;
  records: number;
  rejected: number;
  reasons: Set<string>;
  grownBy: number;
  seconds: number;
}

async function costOf(source: AsyncIterable<Uint8Array>): Promise<Cost> {
  const before = process.memoryUsage.rss();
  const began = process.cpuUsage();
  const cost = { records: 0, rejected: 0, reasons: new Set<string>() };
  let peak = before;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      peak = Math.max(peak, process.memoryUsage.rss());
      yield chunk;
    }
  }
  const outcome = await readLogFile(watched(), {
    record: () => {
      cost.records += 1;
    },
    rejected: (_index, reason) => {
      cost.rejected += 1;
      cost.reasons.add(reason);
    },
    skipped: () => undefined,
  });
  const { user, system } = process.cpuUsage(began);
  peak = Math.max(peak, process.memoryUsage.rss());
  return { outcome, ...cost, grownBy: peak - before, seconds: (user + system) / 1e6 };
}

/** `unit` again and again until `size` bytes are full, between a head and a tail. */
async function* filled(unit: string, size: number, head = '', tail = ''): AsyncGenerator<Uint8Array> {
  const block = Buffer.from(unit.repeat(Math.ceil(MIB / unit.length)));
  yield Buffer.from(head);
  for (let given = 0; given < size; given += block.length) yield block;
  yield Buffer.from(tail);
}

const READ: LogFileOutcome = { status: 'read' };

describe('memory', () => {
  it.each([
    ['one line', `${RECORD},`, '{"Records":[', `${RECORD}]}`],
    ['newline-delimited records', `${RECORD}\n`, '', RECORD],
    ['records one after the other', RECORD, '', RECORD],
  ])(
    'stays the same for a file of an eighth of a gigabyte: %s',
    { timeout: 60_000 },
    async (_, unit, head, tail) => {
      const { outcome, records, grownBy } = await costOf(filled(unit, 128 * MIB, head, tail));
      expect(outcome).toEqual(READ);
      expect(records).toBeGreaterThan(100_000);
      expect(grownBy).toBeLessThan(100 * MIB);
    },
  );

  it('holds a record of 30 MB, in small chunks as well', { timeout: 60_000 }, async () => {
    const large = JSON.stringify({ ...recordNamed('large'), x: 'x\\"{['.repeat(5 * MIB) });
    expect(large.length).toBeGreaterThan(30 * MIB);
    async function* source(): AsyncGenerator<Uint8Array> {
      const bytes = Buffer.from(`{"Records":[${RECORD},${large},${RECORD}]}`);
      for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096);
    }
    const { outcome, records, seconds } = await costOf(source());
    expect({ outcome, records }).toEqual({ outcome: READ, records: 3 });
    expect(seconds).toBeLessThan(20);
  });

  it.each([
    ['in an array', '{"Records":[{"eventName":"', `"},${RECORD}]}`],
    ['by itself', '{"eventName":"', `"}\n${RECORD}`],
    ['with arrays', '{"x":[1,2],"y":[3],"eventName":"', `","z":[{}]}\n${RECORD}`],
  ])('passes over a record larger than 64 MiB %s', { timeout: 60_000 }, async (_, head, tail) => {
    const { outcome, records, reasons, grownBy } = await costOf(filled('x', 300 * MIB, head, tail));
    expect(outcome).toEqual(READ);
    expect(records).toBe(1);
    expect([...reasons]).toEqual(['larger than 64 MiB']);
    expect(grownBy).toBeLessThan(300 * MIB);
  });

  it('gives up a record that does not end', { timeout: 60_000 }, async () => {
    const { outcome, grownBy } = await costOf(filled('x', 2048 * MIB, `[${RECORD},{"eventName":"`));
    expect(outcome).toEqual({ status: 'rejected', reason: 'record 1 does not end within 1 GiB' });
    expect(grownBy).toBeLessThan(300 * MIB);
  });
});

const IDLE: LogFileOutcome = { status: 'rejected', reason: 'too much in it besides CloudTrail records' };

describe('a flood', () => {
  it.each([
    ['white space', ' ', ''],
    ['new lines', '\n', `${RECORD}\n`],
    ['commas', ',', '{"Records":['],
    ['zeros', '\0', `${RECORD}\n`],
    ['numbers', '0,', '['],
    ['empty objects', '{},', '['],
    ['lines of empty objects', '{}\n', ''],
    ['empty objects one after the other', '{}', ''],
    ['lines of text', 'x\n', `${RECORD}\n`],
    ['broken lines', '{"eventVersion":"\n', `${RECORD}\n`],
    ['broken records', '{"x":y},', '['],
    ['a member beside the records', 'x', `{"Records":[${RECORD}],"x":"`],
  ])('of %s is given up early', { timeout: 60_000 }, async (_, unit, head) => {
    const { outcome, seconds, grownBy } = await costOf(filled(unit, 1024 * MIB, head));
    expect(outcome).toEqual(IDLE);
    expect(seconds).toBeLessThan(20);
    expect(grownBy).toBeLessThan(300 * MIB);
  });

  it('that gzip data unpack to is given up early', { timeout: 60_000 }, async () => {
    const member = gzipSync(Buffer.alloc(256 * MIB, ' '));
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < 16; n += 1) yield member;
    }
    const { outcome, seconds, grownBy } = await costOf(source());
    expect(outcome).toEqual(IDLE);
    expect(seconds).toBeLessThan(20);
    expect(grownBy).toBeLessThan(300 * MIB);
  });

  it('of brackets overflows no stack', { timeout: 60_000 }, async () => {
    const { outcome } = await costOf(filled('[', 80 * MIB, '{"Records":['));
    expect(outcome).toEqual({ status: 'rejected', reason: 'cut off in record 0' });
  });

  it.each([
    ['empty', ''],
    ['next to empty', ' '],
  ])('of %s gzip members is given up early', { timeout: 60_000 }, async (_, content) => {
    const block = Buffer.concat(Array.from({ length: 1000 }, () => gzipSync(content)));
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < 1000; n += 1) yield block;
    }
    const { outcome, seconds } = await costOf(source());
    expect(outcome.status).toBe('rejected');
    expect(JSON.stringify(outcome)).toContain('too many gzip members with next to nothing in them');
    expect(seconds).toBeLessThan(30);
  });

  it('of records that are all of another kind each is read in passable time', {
    timeout: 60_000,
  }, async () => {
    const kinds = ['a', 'b', 'c']
      .map((name) => `{"${name}":[{"eventVersion":"},{"}],"eventName":"x"},`)
      .join('');
    const { outcome, records, seconds } = await costOf(filled(kinds, 48 * MIB, '[', `${RECORD}]`));
    expect(outcome).toEqual(READ);
    expect(records).toBeGreaterThan(1_000_000);
    expect(seconds).toBeLessThan(20);
  });
});
