// Reads one JSON value at a time out of a byte window, whole or refused: the part of reading a file that
// does not depend on how the file is laid out.

import { isTooDeep, ValueScan } from './json-scan.ts';
import { isJsonScalar, isObject, parseJson } from './json-text.ts';
import type { ByteWindow } from './json-window.ts';
import {
  IDLE_VALUE_BYTES,
  MAX_IDLE_BYTES,
  MAX_NESTING,
  MAX_OVERSIZE_BYTES,
  MAX_RECORD_BYTES,
} from './log-file-limits.ts';

/** Where a value stands: by itself in the file, in an array, or in an array inside a value. */
export type Place = 'top' | 'array' | 'nested';

/** Takes what is found in the file, in the order of the file. */
export interface ValueSink {
  /** index that the next record has */
  readonly position: number;
  /** an object; true if it is a CloudTrail record or holds mostly such */
  object(value: Record<string, unknown>, place: Place): boolean;
  /** a value that cannot be a record */
  unusable(reason: string): void;
  /** a JSON value, but no object */
  notAnObject(place: Place): void;
  /** an array of records begins */
  array(): void;
}

/** Why the file cannot be read any further, as a sentence; null = it can. */
export type Stop = string | null;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
export const NOT_JSON = 'not valid JSON';
const TOO_DEEP = `nested deeper than ${MAX_NESTING} levels`;
const TOO_LARGE = `larger than ${MAX_RECORD_BYTES / 1024 ** 2} MiB`;

export class JsonReader {
  readonly window: ByteWindow;
  readonly sink: ValueSink;
  readonly scan = new ValueScan();
  /** an object or array has been met, so the file is JSON */
  sawJson = false;
  /** bytes of the values that were of use, less what the others are charged */
  #worth = 0;
  #oversizeBytes = 0;

  constructor(window: ByteWindow, sink: ValueSink) {
    this.window = window;
    this.sink = sink;
  }

  /** Whether so little of what was read is records that it is not worth to go on. */
  get isIdle(): boolean {
    return this.window.done - this.#oversizeBytes - 2 * this.#worth > MAX_IDLE_BYTES;
  }

  /** Asks for the next chunk; false at the end of the file. */
  *more(): Generator<void, boolean> {
    if (this.window.ended) return false;
    yield;
    return true;
  }

  /** Reads the value that begins at `pos`, following its brackets. */
  *value(place: Place): Generator<void, Stop> {
    const { window, scan } = this;
    window.start = window.pos;
    scan.begin();
    while (scan.run(window.view, window.pos, window.view.length) !== 'end') {
      window.pos = scan.at;
      if (window.pos - window.start > MAX_RECORD_BYTES) return yield* this.oversize();
      if (yield* this.more()) continue;
      if (!scan.isScalar) return this.cut();
      break;
    }
    window.pos = scan.at;
    return this.take(place);
  }

  /** Hands over the value between `start` and `pos`, whose end the scan has found. */
  take(place: Place): Stop {
    const { window } = this;
    const { view, start, pos } = window;
    const isJson = this.sawJson || this.#looksLikeJson();
    window.passTo(pos);
    if (pos - start > MAX_RECORD_BYTES) {
      this.unusable(TOO_LARGE);
    } else if (view[start] === OPEN_OBJECT) {
      if (this.scan.deepest > MAX_NESTING) this.unusable(TOO_DEEP);
      else if (this.object(view.toString('utf8', start, pos), pos - start, place)) return null;
      else if (isJson) this.unusable(NOT_JSON);
      else return this.notJson();
    } else if (this.scan.isScalar && !isJsonScalar(view.toString('latin1', start, pos))) {
      if (!isJson) return this.notJson();
      this.unusable(NOT_JSON);
    } else if (!startsQuotedObject(view, start) || !this.#quoted(view.toString('utf8', start, pos), place)) {
      this.#worth -= IDLE_VALUE_BYTES;
      this.sink.notAnObject(place);
    }
    return null;
  }

  /** Takes a text that holds an object: `--query 'Events[].CloudTrailEvent'` leaves nothing else of a lookup's output. */
  #quoted(text: string, place: Place): boolean {
    const held = parseJson(text);
    if (typeof held !== 'string') return false;
    // The scan has not seen the brackets in a text, and parsing takes memory by their depth.
    if (isTooDeep(held)) this.unusable(TOO_DEEP);
    else if (!this.object(held, text.length, place)) return false;
    return true;
  }

  /** Takes `text` if it is an object; `length` is its length in bytes. */
  object(text: string, length: number, place: Place): boolean {
    const value = parseJson(text);
    if (!isObject(value)) return false;
    this.parsed(value, { text, length, place });
    return true;
  }

  parsed(value: Record<string, unknown>, from: { text: string; length: number; place: Place }): void {
    this.sawJson = true;
    if (isTooDeep(from.text)) {
      this.unusable(TOO_DEEP);
    } else {
      const isRecord = this.sink.object(value, from.place);
      this.#worth += isRecord ? from.length : from.length - IDLE_VALUE_BYTES;
    }
  }

  unusable(reason: string): void {
    this.#worth -= IDLE_VALUE_BYTES;
    this.sink.unusable(reason);
  }

  /** Scans on to the end of a value that is too large, keeping none of it. */
  *oversize(): Generator<void, Stop> {
    const { window, scan } = this;
    this.sawJson ||= this.#looksLikeJson();
    do {
      this.#oversizeBytes += scan.at - window.start;
      window.passTo(scan.at);
      if (this.#oversizeBytes > MAX_OVERSIZE_BYTES) {
        return `record ${this.sink.position} does not end within ${MAX_OVERSIZE_BYTES / 1024 ** 3} GiB`;
      }
      if (!(yield* this.more())) return this.cut();
    } while (scan.runPastArrays(window.view, window.pos, window.view.length) !== 'end');
    this.#oversizeBytes += scan.at - window.start;
    window.passTo(scan.at);
    this.unusable(TOO_LARGE);
    return null;
  }

  /** The file ends inside the value that begins at `start`. */
  cut(): Stop {
    return this.sawJson || this.#looksLikeJson() ? `cut off in record ${this.sink.position}` : this.notJson();
  }

  /** The file goes on with something that is neither a value nor a separator. */
  notJson(): Stop {
    return this.sawJson ? `not JSON from record ${this.sink.position} on` : 'not JSON: text';
  }

  /** The value at `start` begins as an array or an object does, or as a text that holds one. */
  #looksLikeJson(): boolean {
    const { view, start } = this.window;
    if (view[start] !== OPEN_OBJECT) return view[start] === OPEN_ARRAY || startsQuotedObject(view, start);
    let at = start + 1;
    while (isSpace(view[at])) at += 1;
    return at >= view.length || view[at] === QUOTE || view[at] === CLOSE_OBJECT;
  }
}

/** `"{\\"`: a text in which an object's first name begins. */
function startsQuotedObject(view: Buffer, start: number): boolean {
  return view[start] === QUOTE && view[start + 1] === OPEN_OBJECT && view[start + 2] === BACKSLASH;
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
