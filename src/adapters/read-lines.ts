// Reads a stream as lines of text, with bounded memory whatever a line's length: what is beyond is left out of the line.
import type { Readable } from 'node:stream';

const LONGEST = 65_536;

/** Calls `take` with each line, without its end; bytes that are no UTF-8 become U+FFFD. */
export async function readLines(stream: Readable, take: (line: string) => void): Promise<void> {
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
