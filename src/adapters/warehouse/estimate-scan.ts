// Estimates what a question will read, before it does: by listing the objects of its partitions or tables in S3.
import { each } from '../../each.ts';
import type { OpenOptions } from '../s3.ts';
import { connectS3, parseS3Path } from '../s3.ts';
import { type S3Target, s3Reason } from '../s3-errors.ts';
import { sizeUnder } from '../s3-listing.ts';
import { type LogFileLayout, type Partitions, partitionFolders } from './log-file-table.ts';
import { WarehouseError } from './warehouse.ts';

/** So many partitions are listed at most; of more, as many evenly spread over accounts, regions and days. */
export const MOST_LISTED = 300;
const AT_ONCE = 6;

/** A history of more files is not listed to its end. */
export const MOST_HISTORY_FILES = 200_000;

/**
 * A question of log files reads them once, and the temporary tables that it makes of them again and again: so many times the log
 * files in all, and so much besides where they are small, is more than was ever measured (docs/athena.md).
 */
export const MOST_TIMES_READ = 8;
export const MOST_READ_BESIDES = 10e6;

/** More statements are charged for a question only where the settings have dozens of session name patterns, each read by its own. */
export const MOST_STATEMENTS = { logs: 120, history: 2 } as const;

export interface ScanEstimate {
  /** Compressed, as engines count and charge it; from the listed partitions, in proportion. */
  bytes: number;
  /** What a question reads of them at most, its temporary tables included. */
  mostBytes: number;
  files: number;
  partitions: number;
  /** Where it is less than `partitions`, the sums are an estimate; else they are exact for what lies there now. */
  listed: number;
}

/** Throws WarehouseError where the objects cannot be listed. */
export async function estimateScan(
  layout: LogFileLayout,
  partitions: Partitions,
  options: OpenOptions,
): Promise<ScanEstimate> {
  const target = listable(layout.root);
  const folders = partitionFolders(layout, partitions);
  const listed = evenly(folders, MOST_LISTED);
  const sums = { bytes: 0, files: 0 };
  try {
    const s3 = await connectS3(options);
    const add = async (folder: string) => {
      const { bytes, files } = await sizeUnder(s3, target.bucket, `${target.key}${folder}`);
      sums.bytes += bytes;
      sums.files += files;
    };
    await each(listed, add, AT_ONCE);
  } catch (error) {
    throw new WarehouseError('estimate', s3Reason({ bucket: target.bucket }, error), { cause: error });
  }
  const share = listed.length === 0 ? 1 : folders.length / listed.length;
  const bytes = Math.round(sums.bytes * share);
  return {
    bytes,
    mostBytes: MOST_TIMES_READ * bytes + MOST_READ_BESIDES,
    files: Math.round(sums.files * share),
    partitions: folders.length,
    listed: listed.length,
  };
}

/**
 * The bytes of all objects of these tables, which is more than any question reads of them: it takes some columns of some
 * partitions, and files that the tables left behind count too. `location` ends in a slash. Throws WarehouseError.
 */
export async function sizeOfTables(
  location: string,
  tables: readonly string[],
  options: OpenOptions,
): Promise<number> {
  const target = listable(location);
  let bytes = 0;
  try {
    const s3 = await connectS3(options);
    for (const table of tables) {
      const size = await sizeUnder(s3, target.bucket, `${target.key}${table}/`, MOST_HISTORY_FILES);
      if (size.files > MOST_HISTORY_FILES)
        throw new WarehouseError(
          'estimate',
          `${location}${table}/ has more than ${MOST_HISTORY_FILES} files`,
        );
      bytes += size.bytes;
    }
  } catch (error) {
    if (error instanceof WarehouseError) throw error;
    throw new WarehouseError('estimate', s3Reason({ bucket: target.bucket }, error), { cause: error });
  }
  return bytes;
}

function listable(path: string): S3Target {
  const target = parseS3Path(path);
  if (target !== null) return target;
  throw new WarehouseError('estimate', `only objects of S3 can be listed, not ${path}`);
}

function evenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, place) => all[Math.floor((place * all.length) / most)] as T);
}
