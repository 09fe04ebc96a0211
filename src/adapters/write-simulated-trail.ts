// Writes a simulated trail to a folder in the layout in which CloudTrail delivers, with its truth handed on.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EventTruth } from '../simulator/event-truth.ts';
import { simulateTrail, type TrailOptions } from '../simulator/simulate-trail.ts';

export interface WrittenTrail {
  files: number;
  /** Records in the files, duplicates included. */
  records: number;
  bytes: number;
}

/** Writes file by file, so that memory does not grow with the trail; `onTruth` gets what is true of each record, in the files' order. */
export async function writeSimulatedTrail(
  folder: string,
  options: TrailOptions,
  onTruth: (truth: EventTruth) => void = () => {},
): Promise<WrittenTrail> {
  const written: WrittenTrail = { files: 0, records: 0, bytes: 0 };
  for (const file of simulateTrail(options)) {
    const path = join(folder, file.key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.body);
    written.files += 1;
    written.records += file.records;
    written.bytes += file.body.length;
    for (const truth of file.truth) onTruth(truth);
  }
  return written;
}
