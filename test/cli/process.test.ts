// What only a process shows: readers that go away, standard input in its forms, and what a pipe is spared.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { podtrailProcess, shell } from '../support/podtrail-process.ts';
import { rowsOf } from '../support/run-main.ts';
import { type Json, type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;
let logs: string;
/** Much more than a pipe holds. */
let many: string;

beforeAll(async () => {
  files = await scratch();
  logs = await files.log('logs/a.json.gz', RECORDS);
  const copies: Json[] = [];
  for (let n = 0; n < 4000; n++) copies.push({ ...RECORDS[n % 50], eventID: `copy-${n}` });
  many = await files.log('many.json.gz', copies);
});

afterAll(() => files.remove());

describe('a reader that goes away', () => {
  it.each([
    ['the first row', 'attribute', 'head -n 1'],
    ['no row', 'attribute', 'true'],
    ['the first row of a JSON array', 'attribute -f json', 'head -n 2'],
    ['the head of a table', 'attribute -f table', 'head -c 100'],
  ])('after %s ends the program quietly', async (_, command, reader) => {
    const { stdout, stderr } = await shell(
      `"$@" ${command} ${many} | ${reader} >/dev/null; echo "\${PIPESTATUS[0]}"`,
    );
    expect(stdout).toBe('0\n');
    expect(stderr.split('\n').filter((line) => !/^(files|records): /.test(line))).toEqual(['']);
  });

  it.each(['questions', 'sql who-accessed'])('of "%s" ends it quietly, too', async (command) => {
    const { stdout, stderr } = await shell(`"$@" ${command} | true; echo "\${PIPESTATUS[0]}"`);
    expect([stdout, stderr]).toEqual(['0\n', '']);
  });
});

describe('standard input', () => {
  const ids = (text: string) => rowsOf(text).map(({ event_id }) => event_id);

  it('is read as a pipe, packed or not, as a file and as a socket', async () => {
    const expected = ids((await podtrailProcess(['attribute', logs])).stdout);
    expect(expected.length).toBeGreaterThan(50);
    const outcomes = [
      await shell(`cat ${logs} | "$@" attribute -`),
      await shell(`gunzip -c ${logs} | "$@" attribute -`),
      await shell(`"$@" attribute - < ${logs}`),
      await podtrailProcess(['attribute', '-'], { input: JSON.stringify(RECORDS) }),
    ];
    for (const { code, stdout } of outcomes) {
      expect(code).toBe(0);
      expect(ids(stdout)).toEqual(expected);
    }
  });

  it('that is empty is a rejected file', async () => {
    const { code, stdout, stderr } = await shell(`"$@" attribute - < /dev/null`);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('rejected file: -: empty file\n');
  });
});

describe('a pipe', () => {
  it.each([{}, { NO_COLOR: '1' }, { FORCE_COLOR: '1' }, { TERM: 'dumb' }])(
    'gets no escapes and no progress with %j',
    async (env) => {
      const { stdout, stderr } = await shell(`"$@" ask unattributed ${logs}`, { env });
      expect(stdout).toContain('role_arn');
      expect(stdout + stderr).not.toMatch(/\u001b|\r/);
    },
  );

  it('gets the data alone: talk goes to standard error', async () => {
    const { stdout, stderr } = await podtrailProcess(['attribute', logs]);
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^\{"event_id":.*\}$/);
    expect(stderr).toMatch(new RegExp(`^files: 1 read, .*\\nrecords: ${RECORDS.length} read = .*\\n$`));
  });
});
