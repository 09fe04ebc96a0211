// Loads paths into a store for a command, with progress, and tells on standard error what became of the files.
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type LoadOptions, loadTrail } from '../src/adapters/duckdb/load.ts';
import {
  firstFaults,
  openedNothing,
  type ReconciliationSums,
  readSums,
  reconciliationJson,
  skippedFor,
} from '../src/adapters/duckdb/reconciliation.ts';
import type { Store } from '../src/adapters/duckdb/store.ts';
import { PodtrailError } from '../src/errors.ts';
import { escapeForTerminal } from '../src/report/escape.ts';
import { countText, type Io, say } from './io.ts';
import { progressText, statusLine } from './progress.ts';

/** Faults that are named on standard error; the others stand in the reconciliation. */
const NAMED = 10;

/** Reasons of skipped files that are told, likewise. */
const REASONS = 3;

/**
 * Loads, shows progress, writes the reconciliation where one is asked for, and tells the sums with the first rejects. Returns the
 * exit code: 3 where a file or record was rejected. Throws PodtrailError where the reconciliation can't be written (of a wrong
 * path before anything is read), and where nothing could be opened.
 */
export async function loadAndTell(
  store: Store,
  paths: readonly string[],
  options: LoadOptions & { reconciliation?: string },
  io: Io,
): Promise<0 | 3> {
  const sumsFile = options.reconciliation === undefined ? null : await openSums(options.reconciliation);
  const line = statusLine(io);
  let loadNo: number;
  try {
    const ownFiles = options.reconciliation === undefined ? [] : [options.reconciliation];
    loadNo = await loadTrail(store, paths, {
      ...options,
      ownFiles,
      onProgress: (progress) => line.show(() => progressText(progress)),
    });
  } catch (error) {
    await sumsFile?.handle.close();
    throw error;
  } finally {
    line.clear();
  }
  const sums = await readSums(store, loadNo);
  if (sumsFile !== null) await writeSums(sumsFile, reconciliationJson(store, loadNo));
  tellSums(sums, await skippedFor(store, loadNo, REASONS), io);
  await tellFaults(store, loadNo, sums, options.reconciliation, io);
  if (await openedNothing(store, loadNo))
    throw new PodtrailError('nothing-read', 'nothing was read: no file could be opened under these paths');
  return sums.files.rejected + sums.records.rejected > 0 ? 3 : 0;
}

interface SumsFile {
  path: string;
  handle: FileHandle;
}

/** Opened before anything is read, so that a wrong path costs nothing. */
async function openSums(path: string): Promise<SumsFile> {
  try {
    return { path, handle: await open(path, 'w') };
  } catch (error) {
    throw sumsError(path, error);
  }
}

async function writeSums({ path, handle }: SumsFile, text: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(text, handle.createWriteStream());
  } catch (error) {
    throw sumsError(path, error);
  }
}

function sumsError(path: string, cause: unknown): PodtrailError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'its folder does not exist' : message;
  return new PodtrailError('reconciliation', `can't write the reconciliation to ${path}: ${reason}`, {
    cause,
  });
}

function tellSums(
  { files, records }: ReconciliationSums,
  skipped: readonly { reason: string; files: number }[],
  io: Io,
): void {
  if (files.read + files.skipped + files.rejected === 0) {
    say(io, 'no files were found under these paths');
    return;
  }
  say(
    io,
    `files: ${countText(files.read)} read, ${countText(files.skipped)} skipped, ${countText(files.rejected)} rejected`,
  );
  if (skipped.length > 0) {
    const others = files.skipped - skipped.reduce((sum, one) => sum + one.files, 0);
    const named = skipped.map((one) => `${escapeForTerminal(one.reason)} (${countText(one.files)})`);
    say(
      io,
      `skipped files: ${[...named, ...(others > 0 ? [`other reasons (${countText(others)})`] : [])].join(', ')}`,
    );
  }
  say(
    io,
    `records: ${countText(records.read)} read = ${countText(records.kept)} kept + ${countText(records.duplicate)} duplicate` +
      ` + ${countText(records.skipped)} skipped + ${countText(records.rejected)} rejected`,
  );
}

async function tellFaults(
  store: Store,
  loadNo: number,
  sums: ReconciliationSums,
  file: string | undefined,
  io: Io,
): Promise<void> {
  const faults = await firstFaults(store, loadNo, NAMED);
  for (const { path, index, reason } of faults) {
    const what = index === null ? 'rejected file' : 'rejected record';
    const place = index === null ? path : `${path} record ${index}`;
    say(io, `${what}: ${escapeForTerminal(`${place}: ${reason}`)}`);
  }
  const more = sums.files.rejected + sums.records.rejected - faults.length;
  if (more > 0) {
    say(
      io,
      `and ${countText(more)} more${file === undefined ? ': --reconciliation FILE lists them all' : `: see ${file}`}`,
    );
  }
}
