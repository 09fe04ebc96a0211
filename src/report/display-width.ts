// Measures how many columns a terminal gives to escaped text, and fits text to a number of them.

const wide =
  /[\u1100-\u115e\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const zero = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;
const ascii = /^[\x20-\x7e]*$/;

/** The columns that the text takes; it must have come through `escapeForTerminal`. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (character < '\u0300') return 1;
  if (wide.test(character)) return 2;
  return zero.test(character) ? 0 : 1;
}

/** The text with spaces to fill `width`, in front where it is a number. */
export function padded(text: string, width: number, isNumber: boolean): string {
  const spaces = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return isNumber ? spaces + text : text + spaces;
}

/** The text, or as much of it as fits with `…` behind it. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${text.slice(0, endOf(text, width - 1))}…`;
}

/** The text in lines of at most `width` columns (2 at least), broken where names have their joints; beyond `most` lines it is cut. */
export function wrapped(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (displayWidth(rest) > width) {
    if (lines.length === most - 1) return [...lines, cut(rest, width)];
    const end = joint(rest, endOf(rest, width));
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** Where the first `width` columns of the text end; marks stay with their letter. */
function endOf(text: string, width: number): number {
  let taken = 0;
  let end = 0;
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width) break;
    end += character.length;
  }
  return end;
}

/** Behind the strongest separator of the line's second half, the last of its kind; else the line's end. */
function joint(text: string, end: number): number {
  const half = Math.ceil(end / 2);
  for (const separators of [' ', '/', ':,;', '_-']) {
    for (let i = end; i > half; i--) if (separators.includes(text[i - 1] ?? '?')) return i;
  }
  return end;
}
