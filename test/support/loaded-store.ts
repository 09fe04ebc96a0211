// A store of given records, as `podtrail load` makes it, and the answers that `podtrail ask` gives from it.
import { rowsFrom } from './rows-from.ts';
import { runMain } from './run-main.ts';
import { type Json, scratch } from './scratch.ts';

/** As a trail of one account would have delivered them. */
export const DELIVERED_AS =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/05/111122223333_CloudTrail_us-east-1_20261005T0400Z_AbCdEfGhIjKlMnOp.json.gz';

export interface LoadedStore {
  /** The rows of an answer; arguments as on the command line. */
  ask(question: string, ...argv: string[]): ReturnType<typeof rowsFrom>;
  remove(): Promise<void>;
}

export async function loadedStore(records: readonly Json[]): Promise<LoadedStore> {
  const files = await scratch();
  const store = files.path('trail.duckdb');
  await runMain(['load', await files.log(`logs/${DELIVERED_AS}`, records), '--store', store]);
  return {
    ask: (question, ...argv) => rowsFrom(['ask', question, ...argv, '--store', store, '-f', 'ndjson']),
    remove: () => files.remove(),
  };
}
