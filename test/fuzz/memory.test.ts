// Memory stays bounded where a log file is one line of 200 MB, or one record beyond all bounds.
import { open, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { outcomeOf, startPodtrail } from '../support/podtrail-process.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

const MB = 1_000_000;
const MOST_MB = 700;

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

/** Writes pieces one after the other, so that the test itself holds one of them only. */
async function written(name: string, pieces: Iterable<string>): Promise<{ path: string; megabytes: number }> {
  const path = await files.write(name, '');
  const file = await open(path, 'w');
  for (const piece of pieces) await file.write(piece);
  const { size } = await file.stat();
  await file.close();
  return { path, megabytes: size / MB };
}

/** Runs to the end and gives the highest resident memory, as the kernel counts it. */
async function peakOf(argv: string[]) {
  const child = startPodtrail(argv);
  let peak = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  }, 50);
  const outcome = await outcomeOf(child);
  clearInterval(timer);
  return { ...outcome, peak };
}

const padded = (id: string, bytes: number) =>
  JSON.stringify({
    ...RECORDS[1],
    eventID: id,
    requestParameters: { bucketName: 'b', key: 'k', body: 'x'.repeat(bytes) },
  });

function* oneLine(): Generator<string> {
  yield '{"Records":[';
  for (let n = 0; n < 10_000; n++) yield `${padded(`id-${n}`, 19_000)},`;
  yield `${padded('last', 1)}]}`;
}

function* oneRecord(): Generator<string> {
  yield `{"Records":[${padded('first', 1)},{"eventVersion":"1.11","body":"`;
  for (let n = 0; n < 200; n++) yield 'y'.repeat(MB);
  yield `"},${padded('last', 1)}]}`;
}

describe('a log file of 200 MB', () => {
  it('in one line is read whole', async () => {
    const { path, megabytes } = await written('line.json', oneLine());
    const { code, stdout, stderr, peak } = await peakOf(['attribute', path]);
    expect(megabytes).toBeGreaterThan(195);
    expect([code, stdout.match(/\n/g)?.length]).toEqual([0, 10_001]);
    expect(stderr).toContain('records: 10,001 read = 10,001 kept');
    expect(peak).toBeGreaterThan(20);
    expect(peak).toBeLessThan(MOST_MB);
  });

  it('in one record loses that record and not its neighbours', async () => {
    const { path } = await written('record.json', oneRecord());
    const { code, stdout, stderr, peak } = await peakOf(['attribute', path]);
    expect([code, stdout.match(/\n/g)?.length]).toEqual([3, 2]);
    expect(stderr).toContain(`rejected record: ${path} record 1: larger than 64 MiB\n`);
    expect(peak).toBeGreaterThan(20);
    expect(peak).toBeLessThan(MOST_MB);
  });
});
