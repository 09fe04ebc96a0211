// What a command may touch of the outside world, so that tests can run the program whole.
import type { Readable, Writable } from 'node:stream';

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

export function say(io: Io, line: string): void {
  io.stderr.write(`${line}\n`);
}

/** Writes text as fast as the reader takes it; false when the reader has gone away (`| head`). */
export async function writeAll(io: Io, chunks: AsyncIterable<string>): Promise<boolean> {
  let isClosed = io.stdout.destroyed;
  const onClose = () => {
    isClosed = true;
  };
  io.stdout.on('error', onClose).on('close', onClose);
  try {
    let block = '';
    for await (const chunk of chunks) {
      block += chunk;
      if (block.length < 65_536) continue;
      if (isClosed) return false;
      if (!io.stdout.write(block)) await drained(io);
      block = '';
    }
    if (isClosed) return false;
    if (block !== '' && !io.stdout.write(block)) await drained(io);
    return !isClosed;
  } finally {
    io.stdout.off('error', onClose).off('close', onClose);
  }
}

function drained(io: Io): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      io.stdout.off('drain', done).off('error', done).off('close', done);
      resolve();
    };
    io.stdout.on('drain', done).on('error', done).on('close', done);
  });
}
