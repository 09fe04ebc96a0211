// IAM's wildcards: `*` is any run of characters, `?` any one, and nothing else is special.
import type { Effort } from './effort.ts';

/** Tokens of a pattern: code points, and the two wildcards as numbers that no code point has. */
const MANY = -1;
const ONE = -2;

export type Pattern = readonly number[];

/** Every character stands for itself, but `*` and `?` where `wildcards` is set. */
export function patternOf(text: string, wildcards: boolean): Pattern {
  const pattern: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    // A character outside the basic plane takes two places of the text.
    if (code > 0xffff) at++;
    pattern.push(wildcards && code === STAR ? MANY : wildcards && code === MARK ? ONE : code);
  }
  return pattern;
}

const STAR = 42;
const MARK = 63;

export function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/**
 * Whether the whole text matches. Only the last `*` is ever taken up again, so the work is at most the product of both
 * lengths; `effort` pays for it.
 */
export function matches(pattern: Pattern, text: Pattern, effort: Effort): boolean {
  effort.spend(1);
  let at = 0;
  let place = 0;
  let star = -1;
  let resumed = 0;
  while (place < text.length) {
    const token = pattern[at];
    if (token === MANY) {
      star = at++;
      resumed = place;
    } else if (token === ONE || (token !== undefined && token === text[place])) {
      at++;
      place++;
    } else if (star >= 0) {
      effort.spend(at - star);
      at = star + 1;
      place = ++resumed;
    } else return false;
  }
  while (pattern[at] === MANY) at++;
  effort.spend(place);
  return at === pattern.length;
}
