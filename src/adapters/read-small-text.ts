// Reads a small file or standard input as text, up to a limit.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { PodtrailError } from '../errors.ts';

/** A byte above what is accepted as a policy or request, so that those refuse what is too large in their own words. */
const ENOUGH_BYTES = 65_537;

/** `-` is standard input. Of a larger file, its first 64 KiB and a byte. Throws PodtrailError where it can't be read or is not UTF-8. */
async function readSmallText(path: string, stdin: Readable): Promise<string> {
  try {
    const bytes = await readBytes(path === '-' ? stdin : createReadStream(path));
    return bytes.length < ENOUGH_BYTES
      ? new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      : bytes.toString('latin1');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new PodtrailError('unreadable', `can't read ${path}: ${reason}`, { cause: error });
  }
}

/** What `read` makes of such a text; a PodtrailError that it throws then names the file. */
export async function readSmallFile<T>(path: string, stdin: Readable, read: (text: string) => T): Promise<T> {
  const text = await readSmallText(path, stdin);
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof PodtrailError)) throw error;
    const name = path === '-' ? 'standard input' : path;
    throw new PodtrailError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

async function readBytes(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let left = ENOUGH_BYTES;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Buffer | string);
    chunks.push(bytes.subarray(0, left));
    left -= bytes.length;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks);
}
