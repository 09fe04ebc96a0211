// A store that lives as long as one command: for answers straight from log files, with nothing kept.
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from './store.ts';

/** Runs `use` on a new store and removes the store, also when the process is interrupted. */
export async function withTemporaryStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'podtrail-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Node ends at these signals without telling anyone; ending by exit removes the store.
  const interrupted = () => process.exit(130);
  const terminated = () => process.exit(143);
  process.once('exit', remove).once('SIGINT', interrupted).once('SIGTERM', terminated);
  try {
    const store = await Store.openOrCreate(join(folder, 'trail.duckdb'));
    try {
      return await use(store);
    } finally {
      store.close();
    }
  } finally {
    process.off('exit', remove).off('SIGINT', interrupted).off('SIGTERM', terminated);
    await rm(folder, { recursive: true, force: true });
  }
}
