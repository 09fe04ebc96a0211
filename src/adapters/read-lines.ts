// Reads a stream as lines of text in bounded memory: a line that is too long is cut.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { PodtrailError } from '../errors.ts';

/** An event of an audit log may hold an object whole. */
const LONGEST = 1_048_576;

/** `-` is standard input. Calls `take` with each line, without its end. Throws PodtrailError where the file can't be read. */
export async function readLinesOf(
  path: string,
  stdin: Readable,
  take: (line: string) => void,
): Promise<void> {
  try {
    await readLines(path === '-' ? stdin : createReadStream(path), take);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new PodtrailError('unreadable', `can't read ${path}: ${reason}`, { cause: error });
  }
}

/** Bytes that are no UTF-8 become U+FFFD. */
async function readLines(stream: Readable, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let line = '';
  const add = (text: string) => {
    if (line.length < LONGEST) line += text.slice(0, LONGEST - line.length);
  };
  const feed = (text: string) => {
    const [first = '', ...others] = text.split('\n');
    add(first);
    for (const other of others) {
      take(line.replace(/\r$/, ''));
      line = '';
      add(other);
    }
  };
  for await (const chunk of stream)
    feed(
      decoder.decode(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer), { stream: true }),
    );
  feed(decoder.decode());
  if (line !== '') take(line);
}
