// Finds where a JSON value ends by its quotes and brackets alone, across any number of chunks. It is no
// parser: whether the text in between is JSON is for `JSON.parse` to say.

import { MAX_NESTING } from './log-file-limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
/** `{` and `[` differ in this bit only, and so do `}` and `]` */
const BRACKET_BIT = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** What stopped a scan: the value's end, an array opening right inside the value, or the end of the bytes. */
export type ScanStop = 'end' | 'array' | 'bytes';

type Kind = 'unknown' | 'nested' | 'string' | 'scalar';

export class ValueScan {
  /** deepest nesting met in this value */
  deepest = 0;
  /** position after the last byte that was scanned */
  at = 0;
  #kind: Kind = 'unknown';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #stopAtArrays = false;

  /** Starts on a new value. With `stopAtArrays`, arrays opening at its first level interrupt the scan. */
  begin(stopAtArrays = false): void {
    this.deepest = 0;
    this.#kind = 'unknown';
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#stopAtArrays = stopAtArrays;
  }

  /** Goes on inside an object, after one of its arrays was read by somebody else. */
  resumeInObject(): void {
    this.begin(true);
    this.#kind = 'nested';
    this.#depth = 1;
  }

  /** Goes on into the array that the scan has just stopped at. */
  enterArray(): void {
    this.#depth += 1;
  }

  get inString(): boolean {
    return this.#inString;
  }

  /** A number or a literal has no closing byte of its own, so it may end with the file. */
  get isScalar(): boolean {
    return this.#kind === 'scalar';
  }

  /** Scans `bytes` from `from` up to `to`; where it stopped is in `at`. */
  run(bytes: Uint8Array, from: number, to: number): ScanStop {
    if (this.#kind === 'unknown') this.#kind = kindOf(bytes[from]);
    if (this.#kind === 'scalar') return this.#scalar(bytes, from, to);
    let at = this.#escaped && from < to ? from + 1 : from;
    let depth = this.#depth;
    let deepest = this.deepest;
    let inString = this.#inString;
    let stop: ScanStop = 'bytes';
    while (at < to) {
      if (!inString) {
        const byte = bytes[at++] ?? 0;
        if (byte !== QUOTE) {
          if (byte < OPEN_ARRAY) continue;
          const bracket = byte | BRACKET_BIT;
          if (bracket === OPEN) {
            if (depth === 1 && byte === OPEN_ARRAY && this.#stopAtArrays) {
              stop = 'array';
              break;
            }
            depth += 1;
            if (depth > deepest) deepest = depth;
          } else if (bracket === CLOSE && --depth <= 0) {
            stop = 'end';
            break;
          }
          continue;
        }
        inString = true;
      }
      while (at < to) {
        const byte = bytes[at++];
        if (byte === QUOTE) {
          inString = false;
          break;
        }
        if (byte === BACKSLASH) at += 1;
      }
      if (!inString && depth === 0) {
        stop = 'end';
        break;
      }
    }
    this.#escaped = at > to || (this.#escaped && from >= to);
    this.at = Math.min(at, to);
    this.#depth = depth;
    this.deepest = deepest;
    this.#inString = inString;
    return stop;
  }

  /** As `run`, but arrays are passed over. */
  runPastArrays(bytes: Uint8Array, from: number, to: number): ScanStop {
    let stop = this.run(bytes, from, to);
    while (stop === 'array') {
      this.enterArray();
      stop = this.run(bytes, this.at, to);
    }
    return stop;
  }

  #scalar(bytes: Uint8Array, from: number, to: number): ScanStop {
    let at = from;
    while (at < to && isScalarByte(bytes[at])) at += 1;
    this.at = at;
    return at < to ? 'end' : 'bytes';
  }
}

function kindOf(byte: number | undefined): Kind {
  if (byte === QUOTE) return 'string';
  return isScalarByte(byte) ? 'scalar' : 'nested';
}

/** Letters, digits, sign and point: what numbers, `true`, `false` and `null` (and unquoted words) consist of. */
export function isScalarByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (lower >= 0x61 && lower <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f
  );
}

/** Whether a text of JSON nests deeper than is read. */
export function isTooDeep(text: string): boolean {
  // Each level takes a bracket to open and one to close it.
  if (text.length <= 2 * MAX_NESTING) return false;
  const bytes = Buffer.from(text);
  const scan = new ValueScan();
  scan.run(bytes, 0, bytes.length);
  return scan.deepest > MAX_NESTING;
}
