// The demo as a newcomer meets it: what it claims, that it checks itself, and that what it says to do next works.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { type Ran, runMain } from '../support/run-main.ts';

const RECORDS = '4000';
const CLEAN = /\d+ calls named rightly, .*, 0 false claims, 0 provable calls missed, 0 records lost\./;

let root: string;
let kept: string;
let ran: Ran;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-demo-test-'));
  kept = join(root, "a folder's name");
  ran = await runMain(['demo', '--records', RECORDS, '--keep', kept]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A row of a table by its first cell: the cells after it. */
function cellsOf(text: string, first: string): string[] | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${first}  `));
  return line
    ?.slice(first.length)
    .trim()
    .split(/\s{2,}/);
}

/** The program's commands on the lines that the demo says to try, as a shell would split them. */
function commandsOn(line: RegExp, text: string): string[][] {
  return text
    .split('\n')
    .filter((one) => line.test(one))
    .map((one) =>
      one
        .trim()
        .replaceAll(`'${kept.replaceAll("'", "'\\''")}'`, kept.replaceAll(' ', '\0'))
        .split(' ')
        .slice(1)
        .map((word) => word.replaceAll('\0', ' ')),
    );
}

describe('podtrail demo', () => {
  it('ends well, with every claim held against the truth', () => {
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/Against the truth of 4,000 records: /);
    expect(ran.stdout).toMatch(CLEAN);
  });

  it('says first what it is about, on a call whose pod is proven', () => {
    const [headline = ''] = ran.stdout.split('\n');
    expect(headline).toBe(
      'CloudTrail names a role. podtrail names the pod behind it, and says what proves it.',
    );
    expect(ran.stdout).toMatch(/^ {2}CloudTrail {2}assumed-role\/reports-builder\/eks-prod-builder-/m);
    expect(ran.stdout).toMatch(
      /^ {2}podtrail {4}pod builder-\S+ of reports\/builder, cluster prod us-west-2$/m,
    );
  });

  it.each([
    ['privacy/exporter', ['prod us-west-2', 'exact', 'issued-key', '21', '0']],
    ['reports/builder', ['prod us-west-2', 'exact', 'issued-key', '34', '0']],
    ['support/case-viewer', ['prod eu-west-1', 'exact', 'chained', '9', '0']],
    ['ops/toolbox', ['batch-workloads', 'exact', 'issued-key', '6', '0']],
    ['frontend/api', ['prod us-west-2', 'exact', 'issued-key', '5', '5']],
    ['billing/archiver', ['prod us-west-2', 'inferred', 'role-subject', '12', '0']],
    ['(person: ops-toolbox)', ['-', 'unknown', '-', '4', '0']],
    ['(person: break-glass)', ['-', 'unknown', '-', '7', '0']],
  ])('tells how %s used the bucket', (caller, cells) => {
    expect(cellsOf(ran.stdout, caller)?.slice(0, cells.length)).toEqual(cells);
  });

  it('names the pods that Pod Identity proves', () => {
    expect(ran.stdout).toMatch(/^pods of reports\/builder: builder-[a-z\d-]+, builder-[a-z\d-]+$/m);
  });

  it('accounts for what was read', () => {
    const sums = /([\d,]+) records = ([\d,]+) kept \+ ([\d,]+) duplicate \+ 0 skipped \+ 0 rejected/.exec(
      ran.stdout,
    );
    const [read, distinct, duplicate] = (sums ?? [])
      .slice(1)
      .map((number) => Number(number.replace(',', '')));
    expect(distinct).toBe(4000);
    expect(read).toBe(4000 + (duplicate ?? Number.NaN));
  });

  it('keeps its tables within 100 columns where there is no terminal, and colours nothing', () => {
    const rows = ran.stdout.split('\n').filter((line) => /^\S+ {2}/.test(line));
    expect(rows.length).toBeGreaterThan(15);
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(ran.stdout + ran.stderr).not.toContain('\x1b');
  });

  it('keeps talk off standard output', () => {
    expect(ran.stderr).toBe('simulating a trail of 4,000 records\n');
  });

  it('leaves a trail that answers as it says it does', async () => {
    const commands = commandsOn(/^ {2}podtrail ask .*folder/, ran.stdout);
    expect(commands).toHaveLength(2);
    const [hour, workload] = await Promise.all(
      commands.map((command) => runMain([...command, '--format', 'csv'])),
    );
    expect([hour?.code, workload?.code]).toEqual([0, 0]);
    expect(hour?.stdout.trim().split('\n')).toHaveLength(9);
    expect(hour?.stdout).toMatch(/^workload,privacy,exporter,.*,exact,issued-key,21,0,/m);
    expect(workload?.stdout).toMatch(/^s3\.amazonaws\.com,GetObject,arn:aws:s3:::pii-exports,exact,34,0,/m);
  });

  it('refuses a folder that holds something, which it would read, too', async () => {
    const again = await runMain(['demo', '--records', '10', '--keep', kept]);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('is not empty');
  });

  it('ends as well on another seed and on a trail too short for its story', async () => {
    const other = await runMain(['demo', '--records', '2500', '--seed', '77']);
    const short = await runMain(['demo', '--records', '5', '--seed', '3']);
    expect([other.code, short.code]).toEqual([0, 0]);
    expect(other.stdout).toMatch(CLEAN);
    expect(other.stdout).not.toBe(ran.stdout);
    expect(cellsOf(other.stdout, 'reports/builder')?.slice(1, 4)).toEqual(['exact', 'issued-key', '34']);
    expect(short.stdout).toMatch(CLEAN);
  });

  it.each([
    ['colours headings on a terminal', {}, true],
    ['leaves colours out for those who decline them', { NO_COLOR: '1' }, false],
  ])('%s', async (_, env, isColored) => {
    let text = '';
    const stream = (isTTY: boolean) =>
      Object.assign(
        new Writable({
          write(chunk, _encoding, done) {
            if (isTTY) text += chunk;
            done();
          },
        }),
        { isTTY, columns: 100 },
      );
    const code = await main(['demo', '--records', '300'], {
      stdout: stream(true),
      stderr: stream(false),
      stdin: process.stdin,
      env,
      now: () => new Date(),
    });
    expect(code).toBe(0);
    expect(text).toContain('Who accessed the bucket pii-exports?');
    expect(text.includes('\x1b[1m')).toBe(isColored);
  });
});
