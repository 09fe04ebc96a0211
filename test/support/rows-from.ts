// The rows of a command that answers in NDJSON and has to succeed.
import { rowsOf, runMain } from './run-main.ts';

export type OutputRow = Record<string, unknown>;

/** Throws where the program did not end as expected: then rows would prove nothing. */
export async function rowsFrom(argv: readonly string[], expected = 0): Promise<OutputRow[]> {
  const { code, stdout, stderr } = await runMain(argv);
  if (code !== expected) throw new Error(`exit code ${code}, not ${expected}: ${stderr}`);
  return rowsOf(stdout);
}
