// Finds the code of a SQL statement, apart from its strings and comments, without parsing it.
import type { Fault } from './errors.ts';

/** The statement with every string, quoted identifier and comment blanked out: same length, same lines. */
export interface SqlCode {
  readonly code: string;
  /** What makes the text unfit to be strung together with others; lines counted from 1. */
  readonly faults: readonly Fault[];
}

const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|['"]|\/\*/g;

/** Blanks out what is not code, and finds open strings, semicolons and parentheses that do not match. */
export function sqlCode(text: string): SqlCode {
  const faults: Fault[] = [];
  const fault = (at: number, message: string) => faults.push({ line: lineAt(text, at), message });
  const code = text.replace(token, (found, at: number) => {
    if (found === "'" || found === '"') fault(at, `${found} is opened and never closed`);
    else if (found === '/*') fault(at, 'the comment is opened and never closed');
    // DuckDB nests comments, Trino does not: the same text would mean two things.
    else if (found.startsWith('/*') && found.includes('/*', 2)) fault(at, 'a comment inside a comment');
    return found.replace(/[^\n]/g, ' ');
  });
  let depth = 0;
  for (const { 0: mark, index } of code.matchAll(/[();]/g)) {
    if (mark === ';')
      fault(
        index,
        'one statement without ";" (Trino refuses it, and the text is strung together with others)',
      );
    else if (mark === '(') depth++;
    else if (--depth < 0) {
      fault(index, 'a ")" without its "("');
      depth = 0;
    }
  }
  if (depth > 0) fault(text.length, 'a "(" without its ")"');
  return { code, faults };
}

/** How many `?` the code holds. */
export function countPlaceholders(code: string): number {
  return code.split('?').length - 1;
}

/** Whether the code holds `name`, an identifier, as a word of its own. */
export function mentions(code: string, name: string): boolean {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return false;
  return new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'i').test(code);
}

/** Whether the code reads the relation `name` behind `from` or `join`. */
export function readsFrom(code: string, name: string): boolean {
  return new RegExp(`\\b(?:from|join)\\s+${name}(?![\\w.(])`, 'i').test(code);
}

/** The first word of the code, in lower case, and where it ends. */
export function firstWord(code: string): { word: string; start: number; end: number } {
  const match = /[a-z_]+/i.exec(code);
  const start = match?.index ?? code.length;
  const word = match?.[0] ?? '';
  // Something else stands before it, such as a parenthesis.
  if (code.slice(0, start).trim() !== '') return { word: '', start: 0, end: 0 };
  return { word: word.toLowerCase(), start, end: start + word.length };
}

/** The names that the code gives to steps of its own: `name as (` or `name(columns) as (`. */
export function stepNames(code: string): Set<string> {
  const names = code.matchAll(/([a-z_]\w*)\s*(?:\([^()]*\)\s*)?\bas\s*(?:(?:not\s+)?materialized\s*)?\(/gi);
  return new Set([...names].map(([, name]) => (name ?? '').toLowerCase()));
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
