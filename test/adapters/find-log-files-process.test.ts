// Owns the claims that need a process of its own: standard input, process substitution, another user's permissions,
// and that a local run never loads the S3 client.
import { type SpawnOptions, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../support/collect.ts';

// Finds and reads its arguments and prints what became of each; given `worker` first, reads in a worker thread.
const SCRIPT = `
  import { Worker, isMainThread, workerData, parentPort } from 'node:worker_threads';
  import { findLogFiles, openLogFile } from './src/adapters/find-log-files.ts';
  const read = async (path) => {
    const chunks = [];
    for await (const chunk of openLogFile(path)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const readInWorker = (path) => new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: path }).on('message', resolve).on('error', reject);
  });
  if (isMainThread) {
    const [how, ...paths] = process.argv.slice(2);
    for await (const found of findLogFiles(paths)) {
      const { kind, reason, path = found.file?.path } = found;
      const text = kind === 'file' ? await (how === 'worker' ? readInWorker : read)(path) : reason;
      console.log([kind, path.replace(/\\/dev\\/fd\\/\\d+/, '/dev/fd/N'), found.file?.size ?? null, text].join('|'));
    }
  } else {
    parentPort.postMessage(await read(workerData));
  }
`;

let root: string;
let script: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-process-'));
  await chmod(root, 0o755);
  script = join(root, 'script.mjs');
  const { metafile } = await build({
    stdin: { contents: SCRIPT, resolveDir: process.cwd(), loader: 'ts' },
    outfile: script,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    logLevel: 'silent',
  });
  const outputs = Object.values(metafile.outputs).flatMap((output) => output.imports);
  expect(outputs.filter(({ path }) => path.startsWith('@aws-sdk/'))).toEqual([
    { path: '@aws-sdk/client-s3', kind: 'dynamic-import', external: true },
  ]);
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Runs a command with the given standard input and gives its lines of output. */
async function run(
  command: readonly string[],
  input: string | null,
  options: SpawnOptions = {},
): Promise<string[]> {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, { ...options, cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin?.on('error', () => undefined).end(input ?? '');
  const text = async (stream: AsyncIterable<Buffer> | null) =>
    Buffer.concat(stream === null ? [] : await collect(stream)).toString();
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(errors).toBe('');
  return output.trimEnd().split('\n');
}

describe('standard input', () => {
  it.each(['main', 'worker'])('is read in the %s thread, once', async (thread) => {
    const shell = `printf 'some text' | "$0" "$@"`;
    const command = ['bash', '-c', shell, process.execPath, script, thread, '-', '-'];
    expect(await run(command, null)).toEqual(['file|-||some text', 'skipped|-||already found']);
  });

  it('is read where it is a socket, as it is when another program starts podtrail', async () => {
    expect(await run([process.execPath, script, 'main', '-'], 'some text')).toEqual(['file|-||some text']);
  });

  it('is the same by its other name, and as a file that was given too', async () => {
    await writeFile(join(root, 'in.json'), '{}');
    const shell = `"$0" "$@" < in.json`;
    const command = ['bash', '-c', shell, process.execPath, script, 'main', '/dev/stdin', '-', 'in.json'];
    expect(await run(command, null)).toEqual([
      'file|/dev/stdin|2|{}',
      'skipped|-||already found as /dev/stdin',
      'skipped|in.json||already found as /dev/stdin',
    ]);
  });

  it('is read though its writer is slow', async () => {
    const shell = `(printf 'some '; sleep 0.3; printf 'text') | "$0" "$@"`;
    const command = ['bash', '-c', shell, process.execPath, script, 'worker', '-'];
    expect(await run(command, null)).toEqual(['file|-||some text']);
  });
});

describe('process substitution', () => {
  it.each(['main', 'worker'])('is read in the %s thread, each pipe for itself', async (thread) => {
    const shell = `"$0" "$@" <(echo one) <(echo two)`;
    const lines = await run(['bash', '-c', shell, process.execPath, script, thread], null);
    expect(lines.filter((line) => line !== '')).toEqual(['file|/dev/fd/N||one', 'file|/dev/fd/N||two']);
  });
});

describe('permissions', () => {
  it('that are missing are a reason for rejecting a file or a folder, and the rest is read', async () => {
    await mkdir(join(root, 'logs/shut'), { recursive: true });
    await writeFile(join(root, 'logs/shut/a.json'), '{}');
    await writeFile(join(root, 'logs/secret.json'), '{}');
    await writeFile(join(root, 'logs/open.json'), '{}');
    await chmod(join(root, 'logs/shut'), 0o000);
    await chmod(join(root, 'logs/secret.json'), 0o000);
    // Root may read everything, so that root reads as somebody else.
    const reader = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const reason = 'permission denied: run as a user who may read it, or change its mode';
    expect(await run([process.execPath, script, 'main', 'logs', 'logs/shut/a.json'], null, reader)).toEqual([
      'file|logs/open.json|2|{}',
      `rejected|logs/secret.json||${reason}`,
      `rejected|logs/shut||${reason}`,
      `rejected|logs/shut/a.json||${reason}`,
    ]);
    await chmod(join(root, 'logs/shut'), 0o755);
  });
});
