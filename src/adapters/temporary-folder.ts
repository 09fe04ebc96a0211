// Folders that live as long as a command: removed when it ends, also when a signal ends it.
import { mkdtempSync, rmSync } from 'node:fs';
import { constants } from 'node:os';

/** What ends a command, unless it listens. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code of a command that a signal ended, as a shell gives it: 130 for Ctrl-C. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Runs `use` on a new folder, whose path begins with `prefix`, and removes the folder. A signal ends the process as it
 * would have.
 */
export async function inTemporaryFolder<T>(prefix: string, use: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | null = null;
  const remove = () => {
    if (folder !== null) removeFolder(folder);
  };
  // Node ends at these signals without telling anyone; ending by exit removes the folder.
  const end = (signal: NodeJS.Signals) => process.exit(exitCodeOf(signal));
  process.once('exit', remove);
  for (const signal of ENDING_SIGNALS) process.once(signal, end);
  try {
    folder = mkdtempSync(prefix);
    return await use(folder);
  } finally {
    process.off('exit', remove);
    for (const signal of ENDING_SIGNALS) process.off(signal, end);
    remove();
  }
}

/** Times that a folder is looked into, and how long after each. */
const LOOKS = 100;
const PAUSE_MS = 20;

/**
 * Threads that write parts still run while the process exits: what appears in the folder meanwhile goes the next time. Node's own
 * retries do not look for it.
 */
function removeFolder(folder: string): void {
  for (let look = 1; ; look++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (look === LOOKS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
