// Owns how tests read a log file: bytes in chunks of chosen sizes, and everything that came out of them.
import { type LogFileOutcome, readLogFile } from '../../src/trail/log-file.ts';

export interface Reading {
  outcome: LogFileOutcome;
  records: Record<string, unknown>[];
  /** index of each record */
  indexes: number[];
  rejected: [index: number, reason: string][];
  skipped: [reason: string, count: number][];
}

/** Cuts bytes into chunks of the given sizes, which are gone through again and again. */
export async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let from = 0, n = 0; from < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? bytes.length;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

export async function readBytes(
  content: Uint8Array | string,
  sizes: readonly number[] = [65536],
): Promise<Reading> {
  return await readSource(chunksOf(typeof content === 'string' ? Buffer.from(content) : content, sizes));
}

export async function readSource(source: AsyncIterable<Uint8Array>): Promise<Reading> {
  const reading: Omit<Reading, 'outcome'> = { records: [], indexes: [], rejected: [], skipped: [] };
  const outcome = await readLogFile(source, {
    record: (value, index) => {
      reading.records.push(value);
      reading.indexes.push(index);
    },
    rejected: (index, reason) => reading.rejected.push([index, reason]),
    skipped: (reason, count) => reading.skipped.push([reason, count]),
  });
  return { outcome, ...reading };
}

/** A reading on one line: the outcome, then names of records, rejected and skipped ones in their order. */
export function inShort({ outcome, records, indexes, rejected, skipped }: Reading): string {
  const entries: [number, string][] = [
    ...records.map((record, n): [number, string] => [indexes[n] ?? -1, nameOf(record)]),
    ...rejected.map(([index, reason]): [number, string] => [index, `${index}: ${reason}`]),
  ];
  entries.sort(([a], [b]) => a - b);
  return [
    outcome.status === 'read' ? 'read' : `${outcome.status} (${outcome.reason})`,
    ...entries.map(([, text]) => text),
    ...skipped.map(([reason, count]) => `${count} × ${reason}`),
  ].join(' | ');
}

function nameOf(record: Record<string, unknown>): string {
  return typeof record.eventName === 'string' ? record.eventName : JSON.stringify(record);
}

/** A small record with a name. */
export function recordNamed(eventName: string): Record<string, unknown> {
  return {
    eventVersion: '1.09',
    userIdentity: { type: 'AssumedRole', accountId: '111122223333' },
    eventTime: '2024-05-01T10:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName,
  };
}
