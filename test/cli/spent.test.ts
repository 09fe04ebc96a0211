// What a command on Athena says that it read and cost, however it ends.
import { describe, expect, it } from 'vitest';
import { athenaInTests, NOTHING } from '../support/athena-in-tests.ts';
import { AthenaFailure, type AthenaServer, type Execute } from '../support/athena-server.ts';
import { noRecords } from '../support/no-records.ts';
import { runMain } from '../support/run-main.ts';

const TRAIL = ['--bucket', 's3://trail-bucket/', '--accounts', '111122223333', '--regions', 'us-east-1'];
const RANGE = ['--since', '2026-10-05', '--until', '2026-10-06'];
const ASK = ['ask', 'unattributed', '--engine', 'athena', '--source', 'logs', ...RANGE, ...TRAIL];
const NOW = new Date('2026-10-09T00:00:00Z');
const isReading = (sql: string) => sql.startsWith('create table log_file_records');

let server: AthenaServer;
const start = athenaInTests();

async function run(argv: string[], execute: Execute) {
  server = await start(execute);
  return runMain(argv, { now: NOW });
}

describe('what was spent', () => {
  it('is, of each statement, what it read and 10 MB at least', async () => {
    const { stderr } = await run(ASK, async ({ sql }) => ({
      ...noRecords(sql),
      scannedBytes: isReading(sql) ? 1e12 : 0,
    }));
    const statements = server.statements.length;
    const dollars = (5 + (statements - 1) * 10e6 * 5e-12).toFixed(4);
    expect(statements).toBeGreaterThan(50);
    expect(stderr).toContain(`podtrail: ${statements} statements, 1.0 TB read, `);
    expect(stderr).toContain(`at most about $${dollars} at $5 a TB (10 MB a statement at least)`);
  });

  it.each([
    ['ask', ASK],
    ['athena roll-up', ['athena', 'roll-up', ...RANGE, ...TRAIL]],
  ])('is told where %s fails', async (_, argv) => {
    const { code, stderr } = await run(argv, async ({ sql }) => {
      if (isReading(sql))
        throw new AthenaFailure('Query cancelled! : Bytes scanned limit was exceeded', { scannedBytes: 2e9 });
      return NOTHING;
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^podtrail: \d+ statements, 2[.]0 GB read, .*at most about [$]0[.]0\d+ at/m),
    ]);
    expect(stderr).toMatch(/limit of scanned bytes was passed/);
  });

  it('is nothing where no statement was run', async () => {
    const { stderr } = await run([...ASK, '--dry-run'], async () => NOTHING);
    expect(stderr).toBe('');
  });
});
