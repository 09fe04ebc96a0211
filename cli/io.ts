// The outside world as commands see it (streams, environment, clock), so that tests can run the program whole.
import type { Readable, Writable } from 'node:stream';
import { PodtrailError } from '../src/errors.ts';

export interface Io {
  /** Data. */
  stdout: Writable & { isTTY?: boolean; columns?: number };
  /** Talk: progress, warnings, errors. */
  stderr: Writable & { isTTY?: boolean };
  stdin: Readable;
  env: Readonly<Record<string, string | undefined>>;
  now: () => Date;
}

/** Colours are for terminals whose user has not declined them (no-color.org). */
export function wantsColor(io: Io): boolean {
  return io.stdout.isTTY === true && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';
}

/** The columns of the terminal that standard output goes to; null where it goes elsewhere. */
export function terminalWidth(io: Io): number | null {
  return io.stdout.isTTY === true ? (io.stdout.columns ?? 80) : null;
}

/** `20,080` */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

export function say(io: Io, line: string): void {
  io.stderr.write(`${line}\n`);
}

/** Whether an error of a stream only says that its reader has gone away (`| head`). */
export function isClosedPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

/**
 * Writes text as fast as the reader takes it; false when the reader has gone away. Throws OutputError when the text can't
 * be written for another reason, such as a full disk.
 */
export async function writeAll(io: Io, chunks: AsyncIterable<string>): Promise<boolean> {
  let isClosed = io.stdout.destroyed;
  let failure: Error | null = null;
  const onClose = () => {
    isClosed = true;
  };
  const onError = (error: Error) => {
    isClosed = true;
    if (!isClosedPipe(error)) failure = error;
  };
  io.stdout.on('error', onError).on('close', onClose);
  const write = async (block: string) => {
    await new Promise<void>((resolve) => io.stdout.write(block, () => resolve()));
    if (failure !== null) throw new OutputError(failure);
  };
  try {
    let block = '';
    for await (const chunk of chunks) {
      block += chunk;
      if (block.length < 65_536) continue;
      if (isClosed) return false;
      await write(block);
      block = '';
    }
    if (isClosed) return false;
    if (block !== '') await write(block);
    return !isClosed;
  } finally {
    io.stdout.off('error', onError).off('close', onClose);
  }
}

/** Raised when standard output takes no more; the answer on it is not whole. */
export class OutputError extends PodtrailError {
  constructor(cause: Error) {
    super('output', `can't write the answer to standard output: ${cause.message}`, { cause });
  }
}
