// Reads a JSON file that a person gave: settings or a snapshot.
import { readFileSync } from 'node:fs';
import type { PodtrailError } from '../errors.ts';

/** What the file holds. Where it can't be read or is no JSON, throws what `error` makes of that fault. */
export function readJson(path: string, error: (fault: string, cause: unknown) => PodtrailError): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw error('is not JSON', cause);
    const { code, message } = cause as NodeJS.ErrnoException;
    throw error(`can't be read: ${code === 'ENOENT' ? 'there is no such file' : message}`, cause);
  }
}
