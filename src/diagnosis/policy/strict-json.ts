// Reads JSON that somebody else wrote: bounded in size and depth, and with the members that are written twice named.
import { PolicyError } from './policy-error.ts';

/** A trust policy has at most 4,096 characters (IAM quotas); the output of "aws iam get-role" adds little. */
const MAX_BYTES = 65_536;
/** A policy nests seven deep, get-role's output two more. */
const MAX_DEPTH = 24;

export interface StrictJson {
  value: unknown;
  /** Names that stand twice in one object; JSON.parse would keep the last one, and IAM refuses the document. */
  duplicates: string[];
}

/** `what` names the text in messages. Throws PolicyError where it is larger than 64 KiB, deeper than 24 or no JSON. */
export function readStrictJson(text: string, what: 'policy' | 'request'): StrictJson {
  const refused = (why: string) => new PolicyError(`${what}-refused`, `the ${what} ${why}`);
  // A character takes at least one byte in UTF-8, so that a long text need not be encoded to be refused.
  if (text.length > MAX_BYTES || new TextEncoder().encode(text).length > MAX_BYTES)
    throw refused('is larger than 64 KiB');
  if (depthOf(text) > MAX_DEPTH) throw refused(`is nested more than ${MAX_DEPTH} deep`);
  try {
    return { value: JSON.parse(text), duplicates: duplicateNames(text) };
  } catch {
    throw refused('is not JSON');
  }
}

/** Brackets, colons and strings of a text, in one pass, whether or not it is JSON. */
function* tokensOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      const begin = at++;
      while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
      yield text.slice(begin, at + 1);
    } else if ('{}[]:'.includes(character)) yield character;
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const token of tokensOf(text)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    else if (token === '}' || token === ']') depth -= 1;
  }
  return deepest;
}

/** Of text that is JSON. */
function duplicateNames(text: string): string[] {
  const open: (Set<string> | null)[] = [];
  const duplicates = new Set<string>();
  let last = '';
  for (const token of tokensOf(text)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name = String(JSON.parse(last));
      const names = open.at(-1);
      if (names?.has(name)) duplicates.add(name);
      names?.add(name);
    }
    last = token;
  }
  return [...duplicates];
}
