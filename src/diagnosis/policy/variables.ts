// Policy variables: what `${aws:username}` and its like stand for in a value of a condition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
import { codeOf, type Pattern, patternOf } from './wildcard.ts';

export interface Expansion {
  /** Whether the policy's version has variables; without them `${aws:username}` is text like any other. */
  variables: boolean;
  /** Whether `*` and `?` are wildcards here. */
  wildcards: boolean;
  /** Characters that have a meaning to the operator, and of which nobody has documented what they mean in a variable's value. */
  reserved: string;
  /** The values of a key in the request: none where it is absent, null where the request does not say. */
  valuesOf: (key: string) => readonly string[] | null;
}

/** `missing`: a variable has no value, so that nothing is equal to this text. `unknown`: what it stands for does not follow. */
export function expand(text: string, expansion: Expansion): Pattern | 'missing' | 'unknown' {
  if (!expansion.variables || !text.includes('${')) return patternOf(text, expansion.wildcards);
  const pattern: number[] = [];
  let isMissing = false;
  let from = 0;
  while (from < text.length) {
    const begin = text.indexOf('${', from);
    const end = begin < 0 ? text.length : begin;
    for (const token of patternOf(text.slice(from, end), expansion.wildcards)) pattern.push(token);
    if (begin < 0) break;
    const variable = variableAt(text, begin);
    if (variable === null) return 'unknown';
    const value = meaningOf(variable, expansion);
    if (value === 'unknown') return value;
    if (value === 'missing') isMissing = true;
    else for (const token of value) pattern.push(token);
    from = variable.end;
  }
  return isMissing ? 'missing' : pattern;
}

interface Variable {
  key: string;
  fallback: string | null;
  /** Where the text goes on. */
  end: number;
}

/** Reads `${key}` or `${key, 'default'}`; null where it is neither. */
function variableAt(text: string, begin: number): Variable | null {
  let at = begin + 2;
  while (at < text.length && !",'}".includes(text.charAt(at))) at++;
  const key = text.slice(begin + 2, at).trim();
  if (key === '') return null;
  if (text[at] === '}') return { key, fallback: null, end: at + 1 };
  const open = skipSpaces(text, at + 1);
  if (text[at] !== ',' || text[open] !== "'") return null;
  const close = text.indexOf("'", open + 1);
  const brace = skipSpaces(text, close + 1);
  if (close < 0 || text[brace] !== '}') return null;
  return { key, fallback: text.slice(open + 1, close), end: brace + 1 };
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

function meaningOf(
  { key, fallback }: Variable,
  { valuesOf, reserved }: Expansion,
): Pattern | 'missing' | 'unknown' {
  if (['*', '?', '$'].includes(key)) return fallback === null ? [codeOf(key)] : 'unknown';
  const values = valuesOf(key);
  // A key with several values can't be a variable; AWS's documentation says no more about it.
  if (values === null || values.length > 1) return 'unknown';
  const value = values[0] ?? fallback;
  if (value === null) return 'missing';
  return [...reserved].some((character) => value.includes(character)) ? 'unknown' : patternOf(value, false);
}
