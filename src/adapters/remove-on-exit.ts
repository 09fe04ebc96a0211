// Folders that live as long as a command: removed when it ends, also when a signal ends it.
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `use` and removes the folder. A signal ends the process as it would have, with 128 and its number. */
export async function removedAfter<T>(folder: string, use: () => Promise<T>): Promise<T> {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Node ends at these signals without telling anyone; ending by exit removes the folder.
  const end = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);
  process.once('exit', remove);
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    return await use();
  } finally {
    process.off('exit', remove);
    for (const signal of SIGNALS) process.off(signal, end);
    await rm(folder, { recursive: true, force: true });
  }
}
