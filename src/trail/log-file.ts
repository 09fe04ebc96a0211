// Reads a CloudTrail log file: bytes in, parsed records out, in memory that does not grow with the file.
// What a file is, is told by its content alone: names and media types of log files lie often enough.

import { GZIP_MAGIC, gunzip } from './gunzip.ts';
import { ByteSource } from './gunzip-source.ts';
import { JsonReader, type Stop } from './json-reader.ts';
import { JsonWalk } from './json-walk.ts';
import { ByteWindow } from './json-window.ts';
import type { LogFileHandlers, LogFileOutcome } from './log-file-outcome.ts';
import { LogFileTally } from './log-file-tally.ts';

export type { LogFileHandlers, LogFileOutcome } from './log-file-outcome.ts';

/** Bytes looked at together: what a source gives at once may be the whole file. */
const STRIDE = 1024 * 1024;

/**
 * Reads one log file and hands its records over in their order: a log file (gzip or not), newline-delimited
 * or concatenated records, an array of them, EventBridge events, the output of `aws cloudtrail lookup-events`.
 * Errors of the byte source are thrown; everything about the content is in the outcome, and records handed
 * over before stay good. The source must leave alone the chunks that it has given out.
 */
export async function readLogFile(
  bytes: AsyncIterable<Uint8Array>,
  on: LogFileHandlers,
): Promise<LogFileOutcome> {
  const source = new ByteSource(bytes);
  const content = new Content(on);
  try {
    const damage = (await source.peek(GZIP_MAGIC.length)).equals(GZIP_MAGIC)
      ? await gunzip(source, (chunk) => content.add(chunk))
      : await readPlain(source, content);
    return content.finish(damage);
  } catch (error) {
    content.abandon();
    throw error;
  } finally {
    await source.close();
  }
}

async function readPlain(source: ByteSource, content: Content): Promise<null> {
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
    if (!content.add(chunk)) break;
  }
  return null;
}

/** The file's content, unpacked, being read as it comes. */
class Content {
  readonly #tally: LogFileTally;
  readonly #window = new ByteWindow();
  readonly #reader: JsonReader;
  readonly #walk: Generator<void, Stop>;
  #stop: Stop = null;
  #length = 0;

  constructor(on: LogFileHandlers) {
    this.#tally = new LogFileTally(on);
    this.#reader = new JsonReader(this.#window, this.#tally);
    this.#walk = new JsonWalk(this.#reader).run();
  }

  /** Reads on; false if the file cannot be read any further. */
  add(chunk: Buffer): boolean {
    this.#length += chunk.length;
    for (let from = 0; from < chunk.length && this.#stop === null; from += STRIDE) {
      this.#window.append(chunk.subarray(from, from + STRIDE));
      this.#step();
      if (this.#stop === null && this.#reader.isIdle)
        this.#stop = 'too much in it besides CloudTrail records';
    }
    return this.#stop === null;
  }

  finish(damage: string | null): LogFileOutcome {
    if (this.#stop === null && this.#length > 0) {
      this.#window.ended = true;
      this.#step();
    }
    if (this.#length === 0) return { status: 'rejected', reason: damage ?? 'empty file' };
    const stop = damage === null || this.#stop === null ? (damage ?? this.#stop) : `${damage}, ${this.#stop}`;
    return this.#tally.finish(stop);
  }

  abandon(): void {
    this.#tally.abandon();
  }

  #step(): void {
    const { done, value } = this.#walk.next();
    if (done) this.#stop = value;
  }
}
