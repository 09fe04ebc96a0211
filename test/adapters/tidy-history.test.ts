// Tidying the history, which Athena does a part of at a time.
import { describe, expect, it } from 'vitest';
import { Athena } from '../../src/adapters/athena/athena.ts';
import { tidyHistory } from '../../src/adapters/warehouse/roll-up.ts';
import { athenaInTests, NOTHING } from '../support/athena-in-tests.ts';
import type { AthenaServer, Execute } from '../support/athena-server.ts';

const PLACES = { layout: null, history: 'podtrail', scratch: 'podtrail_scratch_' };

let server: AthenaServer;
const start = athenaInTests();

/** What was sent of the table `calls`. */
async function tidied(fail: (sql: string) => string | null): Promise<string[]> {
  const execute: Execute = async ({ sql }) => {
    const reason = fail(sql);
    if (reason !== null) throw new Error(reason);
    return NOTHING;
  };
  server = await start(execute);
  const athena = await Athena.connect({ workgroup: 'wg', database: 'podtrail', location: null });
  await tidyHistory(athena, PLACES, new Date('2026-10-05T03:20:00Z'));
  return server.statements.map(({ sql }) => sql).filter((sql) => sql.includes('podtrail.calls'));
}

describe('tidyHistory', () => {
  it('tidies whole days', async () => {
    expect(await tidied(() => null)).toEqual([
      "optimize podtrail.calls rewrite data using bin_pack where event_time >= timestamp '2026-10-05 00:00:00'",
      'vacuum podtrail.calls',
    ]);
  });

  it('goes on while there is more to do', async () => {
    const left = ['ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED', 'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED'];
    const last = ['ICEBERG_VACUUM_MORE_RUNS_NEEDED'];
    const sent = await tidied((sql) => (sql.startsWith('optimize') ? left : last).shift() ?? null);
    expect(sent.map((sql) => sql.split(' ')[0])).toEqual([
      'optimize',
      'optimize',
      'optimize',
      'vacuum',
      'vacuum',
    ]);
  });

  it('ends where more is always left to do', async () => {
    await expect(tidied(() => 'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED')).rejects.toMatchObject({
      code: 'more-runs-needed',
    });
    expect(server.statements.length).toBe(100);
  });
});
