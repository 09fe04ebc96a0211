// The worker thread of a load: reads one log file after another and writes its records into parts for DuckDB.
// It asks for each file, so that a large one never holds up the others.
import { parentPort, workerData } from 'node:worker_threads';
import { readLogFile } from '../trail/log-file.ts';
import { parseRecord } from '../trail/record.ts';
import { openLogFile } from './find-log-files.ts';
import { type Part, PartWriter } from './part-writer.ts';

export interface LoadWorkerData {
  /** Where parts are written. */
  folder: string;
  /** This worker's number among those of the load. */
  worker: number;
  endpointUrl?: string;
  region?: string;
}

export interface FileToRead {
  fileNo: number;
  path: string;
}

export type WorkerRequest = FileToRead | 'end';

export interface FileRead {
  fileNo: number;
  status: 'read' | 'skipped' | 'rejected';
  reason: string | null;
  /** Records read = kept or duplicate + skipped + rejected. */
  records: { read: number; skipped: number; rejected: number };
}

/** `next` asks for a file; a part comes with the files that it holds whole, and its size in characters. */
export type WorkerReply = 'next' | { files: FileRead[]; part: Part; size: number };

/** A part is handed over at this many characters: large enough for DuckDB to be quick, small enough to start early. */
const PART_SIZE = 12 << 20;

async function work(port: NonNullable<typeof parentPort>, data: LoadWorkerData): Promise<void> {
  const writer = new PartWriter(data.folder, data.worker);
  let files: FileRead[] = [];
  const handOver = () => {
    if (files.length === 0) return;
    const { size } = writer;
    port.postMessage({ files, part: writer.take(), size } satisfies WorkerReply);
    files = [];
  };
  const requests = receive(port);
  for (;;) {
    port.postMessage('next' satisfies WorkerReply);
    const request = await requests();
    if (request === 'end') break;
    files.push(await readInto(writer, request, data));
    if (writer.size >= PART_SIZE || files.length >= 1000) handOver();
  }
  handOver();
  port.close();
}

async function readInto(writer: PartWriter, file: FileToRead, data: LoadWorkerData): Promise<FileRead> {
  const records = { read: 0, skipped: 0, rejected: 0 };
  const reject = (index: number, reason: string) => {
    records.read += 1;
    records.rejected += 1;
    writer.rejected(file.fileNo, index, reason);
  };
  try {
    const outcome = await readLogFile(openLogFile(file.path, data), {
      record(value, index) {
        const { record, fault } = parseRecord(value);
        if (record === null) return reject(index, fault);
        records.read += 1;
        writer.record(record, file.fileNo, index);
      },
      rejected: reject,
      skipped(_reason, count) {
        records.read += count;
        records.skipped += count;
      },
    });
    return {
      fileNo: file.fileNo,
      status: outcome.status,
      reason: outcome.status === 'read' ? null : outcome.reason,
      records,
    };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // The path stands beside the reason wherever that is shown.
    const reason = said.startsWith(`${file.path}: `) ? said.slice(file.path.length + 2) : said;
    return { fileNo: file.fileNo, status: 'rejected', reason, records };
  }
}

/** Messages as a queue: one that arrives while a file is read waits. */
function receive(port: NonNullable<typeof parentPort>): () => Promise<WorkerRequest> {
  const waiting: WorkerRequest[] = [];
  let wake: ((request: WorkerRequest) => void) | null = null;
  port.on('message', (request: WorkerRequest) => {
    if (wake === null) waiting.push(request);
    else wake(request);
    wake = null;
  });
  return () =>
    new Promise((resolve) => {
      const first = waiting.shift();
      if (first === undefined) wake = resolve;
      else resolve(first);
    });
}

if (parentPort !== null) await work(parentPort, workerData as LoadWorkerData);
