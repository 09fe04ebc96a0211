// Owns local log files: walking folders in a fixed order without reading anything twice, and reading bytes.
// Whether a file is a log file at all is judged later, by its content.
import { randomUUID } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstat,
  fstatSync,
  openSync,
  read,
  readSync,
  statSync,
} from 'node:fs';
import { access, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PodtrailError } from '../errors.ts';
import { isDeliveredOutside, parseLogFileKey, type TimeRange } from '../trail/keys.ts';

export interface LogFile {
  /** As shown and stored: the local path as given and joined, `s3://bucket/key`, or `-`. */
  path: string;
  /** Changes when the content changes. */
  version: string;
  /** In bytes as stored; null for a stream. */
  size: number | null;
}

export type Found =
  | { kind: 'file'; file: LogFile }
  | { kind: 'skipped'; path: string; reason: string }
  | { kind: 'rejected'; path: string; reason: string };

export const DELIVERED_OUTSIDE = 'delivered outside the time range';

/** What was reached so far, by device and inode, so that another way to the same file is noticed. */
export type Reached = Map<string, string>;

const CHUNK_BYTES = 512 * 1024;
const STREAM_CHUNK_BYTES = 64 * 1024;
const STATS_AT_ONCE = 64;
const EVERYBODY_READS = BigInt(constants.S_IROTH);
const SLASH = Buffer.from('/');
const STDIN_PATHS = new Set(['-', '/dev/stdin', '/dev/fd/0']);

/** Finds one given path: a file, a folder of any depth, `-`, or a FIFO (`<(zcat …)`); folders come in code point order of the whole path. */
export async function* findLocalFiles(
  path: string,
  range: TimeRange,
  reached: Reached,
): AsyncGenerator<Found> {
  const entry = await examine(path, { isGiven: true });
  yield* visit(entry, { range, reached, ancestors: new Set() });
}

interface Entry {
  path: string;
  isGiven: boolean;
  stats: BigIntStats | null;
  error: string | null;
}

interface Walk {
  range: TimeRange;
  reached: Reached;
  ancestors: ReadonlySet<string>;
}

async function examine(path: string, { isGiven }: { isGiven: boolean }): Promise<Entry> {
  try {
    const stats = STDIN_PATHS.has(path) ? await statStdin() : await stat(path, { bigint: true });
    // An unreadable file is reported with the others that were found. One that everybody may read is not asked for: that
    // would take as long again as finding it.
    const isForEverybody = (stats.mode & EVERYBODY_READS) !== 0n;
    if (stats.isFile() && !isForEverybody && !STDIN_PATHS.has(path)) await access(path, constants.R_OK);
    return { path, isGiven, stats, error: null };
  } catch (error) {
    return { path, isGiven, stats: null, error: errorCode(error) };
  }
}

async function* visit(entry: Entry, walk: Walk): AsyncGenerator<Found> {
  const { path, stats } = entry;
  if (stats === null) {
    yield unreachable(entry);
    return;
  }
  const id = `${stats.dev}:${stats.ino}`;
  if (walk.ancestors.has(id)) {
    yield { kind: 'skipped', path, reason: 'symbolic link loop' };
    return;
  }
  if (!isReadable(entry, stats)) {
    yield { kind: entry.isGiven ? 'rejected' : 'skipped', path, reason: 'not a regular file' };
    return;
  }
  const first = walk.reached.get(id);
  if (first !== undefined) {
    yield { kind: 'skipped', path, reason: first === path ? 'already found' : `already found as ${first}` };
    return;
  }
  walk.reached.set(id, path);
  if (stats.isDirectory()) yield* visitFolder(path, { ...walk, ancestors: new Set([...walk.ancestors, id]) });
  else if (isDeliveredOutside(parseLogFileKey(path), walk.range))
    yield { kind: 'skipped', path, reason: DELIVERED_OUTSIDE };
  else yield { kind: 'file', file: toLogFile(path, stats) };
}

/** In folders only regular files count; a path given on purpose may be a pipe, as `<(zcat …)` is, or a terminal. */
function isReadable({ path, isGiven }: Entry, stats: BigIntStats): boolean {
  if (stats.isDirectory() || stats.isFile()) return true;
  // A socket cannot be opened by a path, but as standard input it is open already.
  return isGiven && (stats.isFIFO() || stats.isCharacterDevice() || STDIN_PATHS.has(path));
}

async function* visitFolder(folder: string, walk: Walk): AsyncGenerator<Found> {
  let names: Buffer[];
  try {
    names = await readdir(folder, { encoding: 'buffer' });
  } catch (error) {
    yield { kind: 'rejected', path: folder, reason: reasonOf(errorCode(error)) };
    return;
  }
  const entries: { entry: Entry; sortName: Buffer }[] = [];
  for (let at = 0; at < names.length; at += STATS_AT_ONCE) {
    const some = names.slice(at, at + STATS_AT_ONCE);
    entries.push(...(await Promise.all(some.map((name) => examineName(folder, name)))));
  }
  // Bytes of UTF-8 are in code point order, which JavaScript's own comparison of UTF-16 units is not.
  entries.sort((a, b) => Buffer.compare(a.sortName, b.sortName));
  for (const { entry } of entries) yield* visit(entry, walk);
}

async function examineName(folder: string, name: Buffer): Promise<{ entry: Entry; sortName: Buffer }> {
  const text = name.toString();
  const path = join(folder, text);
  // A name that is not UTF-8 cannot be written as a path of text, and would be looked up as another name.
  const entry: Entry = Buffer.from(text).equals(name)
    ? await examine(path, { isGiven: false })
    : { path, isGiven: false, stats: null, error: 'EILSEQ' };
  // A folder sorts as its contents do, by `folder/`, which gives S3's order of keys.
  return { entry, sortName: entry.stats?.isDirectory() === true ? Buffer.concat([name, SLASH]) : name };
}

function toLogFile(path: string, stats: BigIntStats): LogFile {
  if (stats.isFile()) return { path, version: `${stats.size}-${stats.mtimeNs}`, size: Number(stats.size) };
  // A stream cannot be told from another, so that its version never equals an earlier one.
  return { path, version: `stream-${randomUUID()}`, size: null };
}

function unreachable({ path, isGiven, error }: Entry): Found {
  if (error === 'ELOOP' && !isGiven) return { kind: 'skipped', path, reason: 'symbolic link loop' };
  if (error === 'ENOENT' && !isGiven)
    return {
      kind: 'rejected',
      path,
      reason: 'a symbolic link to nothing, or removed while the folder was read',
    };
  return { kind: 'rejected', path, reason: reasonOf(error) };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder: a part of the path is not a folder',
  EACCES: 'permission denied: run as a user who may read it, or change its mode',
  EPERM: 'permission denied: run as a user who may read it, or change its mode',
  ELOOP: 'symbolic link loop',
  ENAMETOOLONG: 'the path is too long',
  EILSEQ: 'the name is not valid UTF-8: rename the file',
  EISDIR: 'is a folder',
  EMFILE: 'too many open files: raise the limit (ulimit -n)',
  EIO: 'the device could not be read',
};

function reasonOf(code: string | null): string {
  return REASONS[code ?? ''] ?? `could not be read (${code ?? 'unknown error'})`;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function statStdin(): Promise<BigIntStats> {
  return new Promise((resolve, reject) => {
    fstat(0, { bigint: true }, (error, stats) => (error === null ? resolve(stats) : reject(error)));
  });
}

/**
 * The bytes of a local file or stream as they are stored. A regular file is read to the size it had when it was opened,
 * so that a file still being written gives one consistent beginning. Throws `PodtrailError` (`file-unreadable`, or
 * `file-changed` where it became shorter meanwhile). A regular file is read without leaving the thread: most log files
 * are small, and four trips to the thread pool take longer than their content.
 */
export async function* openLocalFile(path: string): AsyncGenerator<Uint8Array> {
  if (STDIN_PATHS.has(path)) {
    yield* readStdin(path);
    return;
  }
  const descriptor = openRegular(path);
  if (descriptor === null) {
    yield* readStream(path);
    return;
  }
  try {
    const { size } = fstatSync(descriptor);
    for (let offset = 0; offset < size; ) {
      // Each chunk has memory of its own: the reader may keep it or hand it on.
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, size - offset));
      const bytesRead = orUnreadable(path, () => readSync(descriptor, chunk, 0, chunk.length, null));
      if (bytesRead === 0) {
        const message = `${path}: became shorter while it was read: read it again when nothing writes to it`;
        throw new PodtrailError('file-changed', message, { retryable: true });
      }
      offset += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Null where the path is no regular file. Does not wait where it has become a FIFO since it was looked at. */
function openRegular(path: string): number | null {
  return orUnreadable(path, () =>
    statSync(path).isFile() ? openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) : null,
  );
}

async function* readStream(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => unreadable(path, error));
  try {
    for (;;) {
      const { bytesRead, buffer } = await file
        .read(Buffer.allocUnsafeSlow(STREAM_CHUNK_BYTES), 0, STREAM_CHUNK_BYTES, null)
        .catch((error: unknown) => unreadable(path, error));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

const readDescriptor = promisify(read);

/** Reads descriptor 0 itself and not `process.stdin`, which is empty in a worker thread; leaves it open. */
async function* readStdin(path: string): AsyncGenerator<Uint8Array> {
  for (;;) {
    try {
      const chunk = Buffer.allocUnsafeSlow(STREAM_CHUNK_BYTES);
      const { bytesRead } = await readDescriptor(0, chunk, 0, STREAM_CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    } catch (error) {
      // The writer's side may have made the pipe non-blocking: nothing there yet is no error.
      if (errorCode(error) !== 'EAGAIN') unreadable(path, error);
      await sleep(10);
    }
  }
}

function orUnreadable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): never {
  throw new PodtrailError('file-unreadable', `${path}: ${reasonOf(errorCode(cause))}`, { cause });
}
