// A store that lives as long as one command: for answers straight from log files, with nothing kept.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { Store } from './store.ts';

/** Runs `use` on a new store and removes the store, also when the process is interrupted. */
export async function withTemporaryStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  return inTemporaryFolder(join(tmpdir(), 'podtrail-'), async (folder) => {
    const store = await Store.openOrCreate(join(folder, 'trail.duckdb'));
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  });
}
