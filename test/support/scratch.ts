// A folder of the test's own, with log files in it, that goes away after the test.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export type Json = Record<string, unknown>;

export interface Scratch {
  folder: string;
  path: (name: string) => string;
  /** Writes a file and gives its path. */
  write: (name: string, content: string | Uint8Array) => Promise<string>;
  /** Writes records as a log file, packed where its name ends in `.gz`, and gives its path. */
  log: (name: string, records: readonly Json[]) => Promise<string>;
  read: (name: string) => Promise<string>;
  remove: () => Promise<void>;
}

export async function scratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'scratch-'));
  const path = (name: string) => join(folder, name);
  const write = async (name: string, content: string | Uint8Array) => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content);
    return path(name);
  };
  return {
    folder,
    path,
    write,
    log: (name, records) => {
      const text = JSON.stringify({ Records: records });
      return write(name, name.endsWith('.gz') ? gzipSync(text) : text);
    },
    read: (name) => readFile(path(name), 'utf8'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A log file's name as CloudTrail writes it: account, region and stamp of delivery, then 16 characters. */
export function logFileName(stamp: string, suffix = 'Fj3xTjM5kYqX2bVn', account = '111122223333'): string {
  return `${account}_CloudTrail_us-west-2_${stamp}_${suffix}.json.gz`;
}
