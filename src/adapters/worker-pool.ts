// Runs the worker threads of a load: deals out log files, and hands back parts in the order in which they are done.
// A worker that dies fails the load; nothing it had not handed over is counted.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { PodtrailError } from '../errors.ts';
import type { FileToRead, LoadWorkerData, WorkerReply, WorkerRequest } from './load-worker.ts';

export type PartDone = Exclude<WorkerReply, 'next'>;

/** Built beside the program; the same file serves the program and the tests. */
const WORKER = createRequire(import.meta.url).resolve('#worker');

/** Parts that may wait for DuckDB before the workers are held back. */
const WAITING = 8;

/**
 * Reads all files in `size` threads and yields parts as they are done. Ends when each file is in a part; throws
 * PodtrailError when a worker dies. Leaving the loop early stops the workers.
 */
export async function* readInWorkers(
  files: AsyncIterable<FileToRead>,
  size: number,
  data: Omit<LoadWorkerData, 'worker'>,
): AsyncGenerator<PartDone> {
  const source = files[Symbol.asyncIterator]();
  const done: PartDone[] = [];
  let failure: Error | null = null;
  let running = size;
  let wake = () => {};
  let resume = () => {};
  // Asking for the next file one at a time keeps the generator of files, which may write to the store, single-handed.
  let turn: Promise<void> = Promise.resolve();
  const deal = (worker: Worker) => {
    turn = turn
      .then(async () => {
        if (done.length >= WAITING) await new Promise<void>((resolve) => (resume = resolve));
        const next = await source.next();
        worker.postMessage((next.done ? 'end' : next.value) satisfies WorkerRequest);
      })
      .catch((error: Error) => {
        failure ??= error;
        wake();
      });
  };
  const workers = Array.from({ length: size }, (_, index) => {
    const worker = new Worker(WORKER, {
      workerData: { ...data, worker: index } satisfies LoadWorkerData,
    });
    worker.on('message', (reply: WorkerReply) => {
      if (reply === 'next') return deal(worker);
      done.push(reply);
      wake();
    });
    worker.on('error', (error) => {
      failure ??= new PodtrailError('worker-died', `a load worker died: ${error.message}`, { cause: error });
      wake();
    });
    worker.on('exit', () => {
      running -= 1;
      wake();
    });
    return worker;
  });
  try {
    for (;;) {
      if (failure !== null) throw failure;
      const part = done.shift();
      if (part !== undefined) {
        resume();
        yield part;
        continue;
      }
      if (running === 0) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    resume();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
