// Gives DuckDB more memory for work that does not fit what it usually has.
import { totalmem } from 'node:os';
import type { Store } from './store.ts';

/** Beyond what DuckDB puts on disk, work may take up to this much. */
const MOST_MEMORY_MIB = Math.min(8192, Math.floor(totalmem() / 2 ** 21));

/**
 * Does the work within the memory that is expected to be enough, and where it is not, again with twice as much, up to half of the
 * machine's. Work that runs out of memory must leave nothing behind. Throws what the work throws.
 */
export async function withMemory(
  store: Store,
  expectedMiB: number,
  work: () => Promise<void>,
): Promise<void> {
  const usual = store.memoryMiB;
  try {
    if (expectedMiB > usual) await store.limitMemory(Math.min(expectedMiB, MOST_MEMORY_MIB));
    while (!(await fits(work))) {
      if (store.memoryMiB >= MOST_MEMORY_MIB) return await work();
      await store.limitMemory(Math.min(2 * store.memoryMiB, MOST_MEMORY_MIB));
    }
  } finally {
    // What is done stays, also where DuckDB cannot give back memory at once.
    if (store.memoryMiB !== usual) await fits(() => store.limitMemory(usual));
  }
}

/** Whether the work was done within DuckDB's memory; other errors are thrown. */
async function fits(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isOutOfMemory(error)) return false;
    throw error;
  }
}

/** Whether DuckDB ended a statement because it may not hold more in memory. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /^Out of Memory/.test(error.message);
}
