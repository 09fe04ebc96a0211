// A store that lives as long as one command: for answers straight from log files, with nothing kept.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removedAfter } from '../remove-on-exit.ts';
import { Store } from './store.ts';

/** Runs `use` on a new store and removes the store, also when the process is interrupted. */
export async function withTemporaryStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'podtrail-'));
  return removedAfter(folder, async () => {
    const store = await Store.openOrCreate(join(folder, 'trail.duckdb'));
    try {
      return await use(store);
    } finally {
      store.close();
    }
  });
}
