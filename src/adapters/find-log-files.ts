// Owns the way from the paths a user gives to log files and their bytes, wherever they lie: files, folders, standard
// input and S3. What is not read is named with its reason.
import type { TimeRange } from '../trail/keys.ts';
import { type Found, findLocalFiles, openLocalFile, type Reached } from './files.ts';
import { type OpenOptions, openS3File, parseS3Path } from './s3.ts';
import { findS3Files, type Listed } from './s3-listing.ts';

export type { Found } from './files.ts';

/** `since` and `until` (exclusive) are times of records; which files they need is decided by time of delivery. */
export interface FindOptions extends OpenOptions, TimeRange {}

/**
 * Finds every log file under the paths, each once, in the order of the paths and within one in code point order. What
 * cannot be read is yielded as `rejected`, what need not be as `skipped`; nothing is thrown for a bad path.
 */
export async function* findLogFiles(
  paths: readonly string[],
  options: FindOptions = {},
): AsyncGenerator<Found> {
  const reached: Reached = new Map();
  const listed: Listed = [];
  for (const path of paths) {
    if (parseS3Path(path) === null) yield* findLocalFiles(path, options, reached);
    else yield* findS3Files(path, options, listed);
  }
}

/** The bytes of one found file as they are stored (compressed or not); errors are `PodtrailError` and name the file. */
export async function* openLogFile(path: string, options: OpenOptions = {}): AsyncGenerator<Uint8Array> {
  yield* parseS3Path(path) === null ? openLocalFile(path) : openS3File(path, options);
}
