// Owns the files that loads write in and beside a store: which of those found are none to read, and what a killed load left of
// them.
import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Store, spillFolder } from './store.ts';

/** How DuckDB names the files of its spill folder. */
const SPILLED = 'duckdb_temp_';

/** Parts lie in a folder beside the store, whose name begins so. */
export function partsPrefix(store: Store): string {
  return join(dirname(store.path), `.${basename(store.path)}.parts-`);
}

/** Tells the store's files, and the `others` that the run writes, from log files that they may lie among. */
export function ownFiles(store: Store, others: readonly string[]): (path: string) => boolean {
  const own = [store.path, `${store.path}.wal`, ...others].map((path) => resolve(path));
  const spilled = resolve(spillFolder(store.path));
  return (path) => {
    const whole = resolve(path);
    return own.includes(whole) || (dirname(whole) === spilled && basename(whole).startsWith(SPILLED));
  };
}

/** Who has the store open to write is alone with it, so what lies there is a killed load's. */
export async function removeLeftovers(store: Store): Promise<void> {
  await removeParts(partsPrefix(store));
  await removeSpilled(spillFolder(store.path));
}

async function removeParts(prefix: string): Promise<void> {
  for (const name of await readdir(dirname(prefix))) {
    if (name.startsWith(basename(prefix)))
      await rm(join(dirname(prefix), name), { recursive: true, force: true });
  }
}

async function removeSpilled(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.startsWith(SPILLED)) await unlink(join(folder, name));
  // Where something else lies there, it stays.
  await rmdir(folder).catch(() => {});
}
