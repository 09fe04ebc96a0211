// Runs programs and measures them as whole processes: wall time and peak memory, the median of several runs.
import { spawn } from 'node:child_process';

export interface Measured {
  seconds: number;
  /** Peak resident set of the process, threads included. */
  mebibytes: number;
  stdout: string;
}

const REPORTER =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("\\nmaxrss="+process.resourceUsage().maxRSS+"\\n"))';

/** Runs a script of dist/ in a process of its own; throws where it fails. */
export async function measure(script: string, args: readonly string[]): Promise<Measured> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', REPORTER, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const seconds = (performance.now() - begun) / 1000;
  // Threads report, too, when they end; what comes after them is the process's.
  const kibibytes = Math.max(...[...stderr.matchAll(/maxrss=(\d+)/g)].map(([, peak]) => Number(peak)));
  if (code !== 0 || !Number.isFinite(kibibytes))
    throw new Error(`${script} ${args.join(' ')} ended with ${code}: ${stderr}`);
  return { seconds, mebibytes: kibibytes / 1024, stdout };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? NaN, sorted[middle] ?? NaN];
  return (low + high) / 2;
}
