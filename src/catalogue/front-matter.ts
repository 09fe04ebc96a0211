// Reads the front matter of a query file: `-- key: value` lines, strictly; what the keys mean is left to others.
import type { Fault } from './errors.ts';
import { suggestion } from './nearest.ts';

/** How often a key may stand: once, or as often as there is something to say. */
const keys = {
  id: 'once',
  question: 'once',
  grain: 'once',
  uses: 'once',
  engines: 'once',
  param: 'many',
  bind: 'many',
  column: 'many',
  read: 'many',
  limit: 'many',
  ref: 'many',
  example: 'many',
} as const;

export type FrontMatterKey = keyof typeof keys;

export interface FrontMatterLine {
  readonly line: number;
  readonly value: string;
}

export interface FrontMatter {
  readonly lines: ReadonlyMap<FrontMatterKey, readonly FrontMatterLine[]>;
  readonly faults: Fault[];
  /** What follows, from the first line that does not begin with `--`, without the blank lines around it. */
  readonly sql: string;
  readonly sqlLine: number;
}

/** Reads the lines that begin with `--`; a line that is not `-- key: value` with a known key is a fault. */
export function readFrontMatter(text: string): FrontMatter {
  const faults: Fault[] = [];
  const lines = new Map<FrontMatterKey, FrontMatterLine[]>();
  const all = text.split('\n');
  let index = 0;
  for (; all[index]?.startsWith('--'); index++) {
    const line = index + 1;
    const [, key, value] = /^-- ([a-z_-]+):(.*)$/.exec(all[index] ?? '') ?? [];
    if (key === undefined || value === undefined) faults.push({ line, message: 'expected "-- key: value"' });
    else if (!isKey(key))
      faults.push({ line, message: `unknown key "${key}"${suggestion(key, Object.keys(keys))}` });
    else if (value.trim() === '') faults.push({ line, message: `"${key}" says nothing` });
    else if (keys[key] === 'once' && lines.has(key)) faults.push({ line, message: `"${key}" appears twice` });
    else lines.set(key, [...(lines.get(key) ?? []), { line, value: value.trim() }]);
  }
  while (all[index]?.trim() === '') index++;
  return { lines, faults, sql: all.slice(index).join('\n').trimEnd(), sqlLine: index + 1 };
}

function isKey(key: string): key is FrontMatterKey {
  return Object.hasOwn(keys, key);
}
