// Makes text from a log file safe to show: no value may move the cursor, reverse the line, hide itself or fake a second line.

/**
 * Characters that are shown as escapes: controls, formats (bidi overrides, joiners, zero-width ones), spaces that look like others,
 * unassigned and private ones, lone surrogates; emoji parts whose width terminals disagree about (variation selectors, flags, skin
 * tones, keycaps), which would break a table; marks that stand on nothing or pile up over the lines above.
 */
const unsafe =
  /[\p{Variation_Selector}\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u3164\uffa0\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]|\u034f|\u20e3|^\p{M}|(?<=\p{M}{3})\p{M}/gu;
const plain = /^[\x20-\x7e]*$/;
const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * The text with everything that could draw on a terminal written out as `\n`, `\u001b` or `\u{1f1e6}`. Newlines are no exception:
 * escape the values of a message, not the message. Not reversible, as a backslash stays a backslash.
 */
export function escapeForTerminal(text: string): string {
  return plain.test(text) ? text : text.replace(unsafe, (found) => named[found] ?? unicodeEscape(found));
}

/** Of what `unsafe` holds, the part that JSON text can carry as escapes and a terminal would act on. */
const unsafeInJson = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** JSON text that a terminal can show: the same value, with C1 controls, line separators and bidi controls as `\uXXXX`. */
export function escapeJson(json: string): string {
  return json.replace(unsafeInJson, unicodeEscape);
}

function unicodeEscape(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
