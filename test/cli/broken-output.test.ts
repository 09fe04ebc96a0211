// Output that cannot be written is never taken for output that was: only a reader that has gone away is no failure.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { shell } from '../support/podtrail-process.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
  await files.log('logs/a.json', RECORDS);
});

afterAll(() => files.remove());

describe('a full disk', () => {
  it.each([['attribute'], ['ask unattributed'], ['attribute -f table']])(
    'under the answer of "%s" fails the run',
    async (command) => {
      const { code, stderr } = await shell(`"$@" ${command} ${files.path('logs')} > /dev/full`);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^podtrail: .*(no space|ENOSPC)/im);
    },
  );

  it('under the reconciliation fails the run', async () => {
    const { code, stderr } = await shell(
      `"$@" attribute ${files.path('logs')} --reconciliation /dev/full > /dev/null`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^podtrail: .*\/dev\/full/m);
  });
});

describe('a reader that goes away', () => {
  it.each(['--help', '--version', 'ask who-accessed --help'])('of "%s" is no failure', async (command) => {
    // The reader is gone before the program begins to write.
    const { stdout, stderr } = await shell(`{ sleep 0.2; "$@" ${command}; echo $? >&2; } | true`);
    expect([stdout, stderr]).toEqual(['', '0\n']);
  });

  it('of standard error does not cost the answer', async () => {
    const rows = files.path('rows.ndjson');
    const { stdout } = await shell(
      `{ sleep 0.2; "$@" attribute ${files.path('logs')} 2>&1 >${rows}; echo $? >${rows}.code; } | true`,
    );
    expect(stdout).toBe('');
    expect([
      await files.read('rows.ndjson.code'),
      (await files.read('rows.ndjson')).match(/\n/g)?.length,
    ]).toEqual(['0\n', RECORDS.length - 3]);
  });
});

describe('a reconciliation that cannot be written', () => {
  it('is said before anything is read, by its name', async () => {
    const file = files.path('no/such/folder/sums.json');
    const { code, stdout, stderr } = await shell(
      `"$@" attribute ${files.path('logs')} --reconciliation ${file}`,
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(file);
    expect(stderr).not.toMatch(/records: |ENOENT/);
  });
});
