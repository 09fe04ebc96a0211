// A store that lies among the log files is no log file: loading the folder again and again stays without rejects.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RECORDS } from '../corpus/cases.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

it('is passed over, with what DuckDB keeps beside it', async () => {
  await files.log('logs/a.json.gz', RECORDS);
  for (let n = 0; n < 2; n++) {
    const { code, stderr } = await runMain([
      'load',
      files.path('logs'),
      '--store',
      files.path('logs/trail.duckdb'),
    ]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('rejected file')]);
  }
});
