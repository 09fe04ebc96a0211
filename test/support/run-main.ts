// Runs the program whole inside the test's process, with strings for its streams.
import { Readable, Writable } from 'node:stream';
import { main } from '../../cli/main.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface Around {
  env?: Record<string, string>;
  now?: Date;
  stdin?: string;
  /** Of the terminal that standard output is; a pipe without it. */
  columns?: number;
}

/** Times are read against `now`; the environment and standard input are empty but for what is given. */
export async function runMain(
  argv: readonly string[],
  { env = {}, now = new Date('2026-10-06T00:00:00Z'), stdin, columns }: Around = {},
): Promise<Ran> {
  const stdout = Object.assign(new Collected(), columns === undefined ? {} : { isTTY: true, columns });
  const stderr = new Collected();
  const code = await main(argv, {
    stdout,
    stderr,
    stdin: Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]),
    env,
    now: () => now,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Lines of NDJSON, parsed. */
export function rowsOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
