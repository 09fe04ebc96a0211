// Loads log files into a store: finds what is new, reads it in workers, and settles the store in whole transactions.
import { availableParallelism } from 'node:os';
import { compact } from '../../compact.ts';
import { LOOK_BACK_MS } from '../../trail/keys.ts';
import type { FindOptions } from '../find-log-files.ts';
import { NO_SETTINGS, type Settings } from '../settings-file.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { readInWorkers } from '../worker-pool.ts';
import { checkPatterns } from './check-patterns.ts';
import { queued, queueFiles } from './file-queue.ts';
import { discardUnsettled, Intake } from './intake.ts';
import { ownFiles, partsPrefix, removeLeftovers } from './own-files.ts';
import { nameCallers } from './settle.ts';
import type { Store } from './store.ts';

export interface LoadProgress {
  phase: 'finding' | 'reading' | 'attributing';
  files: number;
  /** Null while files are still looked for. */
  filesInAll: number | null;
  records: number;
}

export interface LoadOptions extends FindOptions {
  /** Podtrail's own patterns and no clusters where it is absent. */
  settings?: Settings;
  workers?: number;
  /** What the run itself writes, which is no log file where it lies among them. */
  ownFiles?: readonly string[];
  onProgress?: (progress: LoadProgress) => void;
}

/** Records and files after which a load settles: bounds the work that a kill can cost. */
const SETTLED_ITEMS = 1_000_000;
const MAX_WORKERS = 4;

/** Loads the paths; returns the number of this load, by which reconciliation.ts tells what became of every file. */
export async function loadTrail(
  store: Store,
  paths: readonly string[],
  options: LoadOptions = {},
): Promise<number> {
  const [last] = await store.all(
    'select coalesce(max(load_no), 0) as load_no, coalesce(max(file_no), 0) as file_no from log_files',
  );
  const loadNo = Number(last?.load_no ?? 0) + 1;
  const report = options.onProgress ?? (() => {});
  const settings = options.settings ?? NO_SETTINGS;
  await checkPatterns(store, settings.sessionNamePatterns);
  await discardUnsettled(store);
  await removeLeftovers(store);
  const filesInAll = await queueFiles(store, paths, {
    ...options,
    ...withLookBack(options),
    loadNo,
    firstFileNo: Number(last?.file_no ?? 0) + 1,
    isOwn: ownFiles(store, options.ownFiles ?? []),
    onFound: (files) => report({ phase: 'finding', files, filesInAll: null, records: 0 }),
  });
  // Merging row groups that are not full takes a twentieth of a first load and saves next to nothing; later ones do it.
  await store.run(loadNo > 1 && filesInAll > 0 ? 'reset max_vacuum_tasks' : 'set max_vacuum_tasks = 0');
  if (filesInAll > 0) await readQueued(store, loadNo, { ...options, filesInAll, report });
  await nameCallers(store, settings);
  return loadNo;
}

function withLookBack({ since }: FindOptions): FindOptions {
  return since === undefined ? {} : { since: new Date(since.getTime() - LOOK_BACK_MS) };
}

interface ReadOptions extends LoadOptions {
  filesInAll: number;
  report: (progress: LoadProgress) => void;
}

async function readQueued(store: Store, loadNo: number, options: ReadOptions): Promise<void> {
  const progress: LoadProgress = { phase: 'reading', files: 0, filesInAll: options.filesInAll, records: 0 };
  const intake = await Intake.begin(store, loadNo);
  await inTemporaryFolder(partsPrefix(store), async (folder) => {
    const size = options.workers ?? Math.min(MAX_WORKERS, availableParallelism(), options.filesInAll);
    await besideWorkers(store, size, async () => {
      for await (const part of readInWorkers(queued(store), size, { ...remote(options), folder })) {
        progress.files += part.files.length;
        progress.records += part.files.reduce((sum, { records }) => sum + records.read, 0);
        options.report(progress);
        await intake.add(part);
        if (intake.unsettled >= SETTLED_ITEMS) await intake.settle();
      }
    });
    options.report({ ...progress, phase: 'attributing' });
    await intake.settle();
  });
}

/** Runs `work` with as many threads for DuckDB as the workers leave processors: more would only take turns with them. */
async function besideWorkers(store: Store, workers: number, work: () => Promise<void>): Promise<void> {
  const [setting] = await store.all("select current_setting('threads')::integer as threads");
  const threads = Number(setting?.threads);
  await store.run(`set threads = ${Math.max(1, threads - workers)}`);
  try {
    await work();
  } finally {
    await store.run(`set threads = ${threads}`);
  }
}

function remote(options: FindOptions): { endpointUrl?: string; region?: string } {
  return compact({ endpointUrl: options.endpointUrl, region: options.region });
}
