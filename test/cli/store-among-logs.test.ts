// What a load writes among the log files is no log file: loading the folder again and again stays without rejects.
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

it('is passed over, with what DuckDB and podtrail keep beside it', async () => {
  await files.write('logs/trail.duckdb.tmp/duckdb_temp_storage-0.tmp', 'spilled by a load that was killed');
  await files.log('logs/a.json.gz', RECORDS);
  for (let n = 0; n < 2; n++) {
    const { code, stderr } = await runMain([
      'load',
      files.path('logs'),
      '--store',
      files.path('logs/trail.duckdb'),
      '--reconciliation',
      files.path('logs/sums.json'),
    ]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('rejected file')]);
    expect(await readdir(files.path('logs'))).toEqual(['a.json.gz', 'sums.json', 'trail.duckdb']);
  }
});
