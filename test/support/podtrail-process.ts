// Runs the built program in a process of its own, for what only a process shows: pipes, signals, memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { collect } from './collect.ts';

export const PROGRAM = fileURLToPath(new URL('../../dist/podtrail.js', import.meta.url));

export interface ProcessOutcome {
  /** Null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ProcessOptions {
  env?: Record<string, string>;
  input?: string | Uint8Array;
  cwd?: string;
}

export function startPodtrail(argv: readonly string[], options: ProcessOptions = {}): ChildProcess {
  return start(process.execPath, [PROGRAM, ...argv], options);
}

/** Runs a command line of bash, in which `"$@"` is podtrail. */
export async function shell(line: string, options: ProcessOptions = {}): Promise<ProcessOutcome> {
  return outcomeOf(start('bash', ['-c', line, 'bash', process.execPath, PROGRAM], options));
}

export async function podtrailProcess(
  argv: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessOutcome> {
  return outcomeOf(startPodtrail(argv, options));
}

function start(program: string, argv: readonly string[], options: ProcessOptions): ChildProcess {
  const { env = {}, input = '', cwd } = options;
  const child = spawn(program, argv, {
    stdio: 'pipe',
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  child.stdin?.on('error', () => undefined).end(input);
  return child;
}

export async function outcomeOf(child: ChildProcess): Promise<ProcessOutcome> {
  const text = async (stream: AsyncIterable<Buffer> | null) =>
    Buffer.concat(stream === null ? [] : await collect(stream)).toString();
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}
