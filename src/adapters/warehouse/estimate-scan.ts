// Estimates what a question of the log files will read, before it does: by listing the objects of the partitions in S3.
import type { OpenOptions } from '../s3.ts';
import { connectS3, parseS3Path } from '../s3.ts';
import { s3Reason } from '../s3-errors.ts';
import { sizeUnder } from '../s3-listing.ts';
import { type LogFileLayout, type Partitions, partitionFolders } from './log-file-table.ts';
import { WarehouseError } from './warehouse.ts';

/** So many partitions are listed at most; of more, as many evenly spread over accounts, regions and days. */
export const MOST_LISTED = 300;
const AT_ONCE = 6;

export interface ScanEstimate {
  /** Compressed, as engines count and charge it; from the listed partitions, in proportion. */
  bytes: number;
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
  const target = parseS3Path(layout.root);
  if (target === null)
    throw new WarehouseError('estimate', `only objects of S3 can be listed, not ${layout.root}`);
  const folders = partitionFolders(layout, partitions);
  const listed = evenly(folders, MOST_LISTED);
  const sums = { bytes: 0, files: 0 };
  try {
    const s3 = await connectS3(options);
    const left = [...listed];
    const work = async () => {
      for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
        const { bytes, files } = await sizeUnder(s3, target.bucket, `${target.key}${folder}`);
        sums.bytes += bytes;
        sums.files += files;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } catch (error) {
    throw new WarehouseError('estimate', s3Reason({ bucket: target.bucket }, error), { cause: error });
  }
  const share = listed.length === 0 ? 1 : folders.length / listed.length;
  return {
    bytes: Math.round(sums.bytes * share),
    files: Math.round(sums.files * share),
    partitions: folders.length,
    listed: listed.length,
  };
}

function evenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, place) => all[Math.floor((place * all.length) / most)] as T);
}
