// Walks a whole file of JSON: values one after the other, on a line each or not, arrays, and objects that
// hold an array of records. Finds the values that may be records and hands them over one by one.

import { readElements, SeamGuess } from './json-array.ts';
import { GuessPause } from './json-guess.ts';
import { isSpace, type JsonReader, NOT_JSON, type Stop } from './json-reader.ts';
import { isScalarByte } from './json-scan.ts';
import { isObject, LOOK_BYTES, looksLike, parseJson } from './json-text.ts';
import { MAX_RECORD_BYTES } from './log-file-limits.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** Line starts are looked for no further ahead than this, so that short values cost no long searches. */
const ROW_SEARCH_BYTES = 16 * 1024;
const ROW_START = Buffer.from('\n{');
const LOG_FILE_START = Buffer.from('{"Records"');
/** Members that hold records: of a log file, and of what `aws cloudtrail lookup-events` prints. */
const RECORD_MEMBERS = ['Records', 'Events'] as const;
const RECORD_KEYS = RECORD_MEMBERS.map((member) => Buffer.from(`"${member}"`));

export class JsonWalk {
  readonly #reader: JsonReader;
  readonly #seam = new SeamGuess();
  readonly #pause = new GuessPause();
  /** the value before stood on one line */
  #inRows = false;
  /** an array of records has ended on this line */
  #afterArray = false;

  constructor(reader: JsonReader) {
    this.#reader = reader;
  }

  /** Reads the file to its end, or to where it can no longer be read. */
  *run(): Generator<void, Stop> {
    for (;;) {
      const byte = yield* this.#nextValue();
      if (byte === undefined) return null;
      const stop = yield* this.#read(byte);
      if (stop !== null) return stop;
    }
  }

  /** Moves to the first byte of the next value. */
  *#nextValue(): Generator<void, number | undefined> {
    const { window } = this.#reader;
    for (;;) {
      const { view } = window;
      let { pos } = window;
      for (; isSpace(view[pos]); pos += 1) if (view[pos] === NEWLINE) this.#afterArray = false;
      window.passTo(pos);
      if (pos < view.length) {
        if (view[pos] !== BYTE_ORDER_MARK[0] || !(yield* this.#isAt(BYTE_ORDER_MARK))) return view[pos];
        window.passTo(window.pos + BYTE_ORDER_MARK.length);
      } else if (!(yield* this.#reader.more())) {
        return undefined;
      }
    }
  }

  *#isAt(bytes: Buffer): Generator<void, boolean> {
    const { window } = this.#reader;
    while (window.view.length - window.pos < bytes.length && (yield* this.#reader.more()));
    return bytes.equals(window.view.subarray(window.pos, window.pos + bytes.length));
  }

  *#read(byte: number): Generator<void, Stop> {
    const { window } = this.#reader;
    if (byte === OPEN_OBJECT) return this.#row() ? null : yield* this.#object();
    if (byte === OPEN_ARRAY) {
      window.passTo(window.pos + 1);
      this.#afterArray = true;
      return yield* readElements(this.#reader, this.#seam);
    }
    if (this.#afterArray) return this.#reader.notJson();
    if (!this.#reader.sawJson) {
      const kind = yield* this.#kind();
      if (kind !== 'text' || !startsScalar(byte)) return `not JSON: ${kind}`;
    }
    return yield* startsScalar(byte) ? this.#reader.value('top') : this.#skipRow();
  }

  /** Takes the rest of the line as one object, if it is one. */
  #row(): boolean {
    const { window } = this.#reader;
    const { view, pos } = window;
    if (!this.#pause.due() || LOG_FILE_START.equals(view.subarray(pos, pos + LOG_FILE_START.length)))
      return false;
    const end = view.indexOf(NEWLINE, pos);
    const text = end < 0 ? '' : view.toString('utf8', pos, end);
    const value = parseJson(text);
    // An envelope may have its array twice, of which a parsed object keeps only one.
    if (!isObject(value) || RECORD_MEMBERS.some((member) => Array.isArray(value[member]))) {
      this.#pause.miss();
      return false;
    }
    this.#pause.hit();
    this.#inRows = true;
    window.passTo(end);
    this.#reader.parsed(value, { text, length: end - pos, place: 'top' });
    return true;
  }

  /** Reads an object; if it has a member that holds records, that is read element by element. */
  *#object(): Generator<void, Stop> {
    const reader = this.#reader;
    const { window, scan } = reader;
    let isEnvelope = false;
    let passed = 0;
    window.start = window.pos;
    scan.begin(true);
    for (;;) {
      const to = isEnvelope ? window.view.length : rowEnd(window.view, window.pos + passed, window.ended);
      const from = window.pos;
      const found = scan.run(window.view, from, to);
      window.pos = scan.at;
      passed = 0;
      if (found === 'end') break;
      if (found === 'array') {
        if (!followsRecordsKey(window.view, window.start, window.pos - 1)) {
          scan.enterArray();
          continue;
        }
        isEnvelope = true;
        reader.sawJson = true;
        const stop = yield* readElements(reader, this.#seam);
        if (stop !== null) return stop;
        scan.resumeInObject();
      } else if (!isEnvelope && startsRow(window.view, window.pos)) {
        if (this.#isBrokenRow()) return yield* this.#skipRow();
        passed = 1;
      } else if (window.pos - window.start > MAX_RECORD_BYTES) {
        if (isEnvelope) return 'too much in it besides CloudTrail records';
        return yield* reader.oversize();
      } else if (window.pos === from || window.pos === window.view.length) {
        if ((yield* reader.more()) || window.pos < window.view.length) continue;
        return isEnvelope ? `cut off after ${reader.sink.position} records` : reader.cut();
      }
    }
    this.#afterArray = isEnvelope;
    this.#inRows = !window.view.subarray(window.start, window.pos).includes(NEWLINE);
    if (!isEnvelope) return reader.take('top');
    window.passTo(window.pos);
    return null;
  }

  /**
   * Inside an object that has not ended, a line begins with `{`. JSON allows that after `:`, `[` and `,`
   * only; where values have stood on a line each, the object is taken for a broken line even then.
   */
  #isBrokenRow(): boolean {
    const { window, scan } = this.#reader;
    if (scan.inString || this.#inRows) return true;
    let last = window.pos;
    while (isSpace(window.view[last])) last -= 1;
    const byte = window.view[last];
    return byte !== COLON && byte !== OPEN_ARRAY && byte !== COMMA;
  }

  /** Gives up the line that `pos` is in: one record that cannot be used. */
  *#skipRow(): Generator<void, Stop> {
    const { window } = this.#reader;
    this.#reader.unusable(NOT_JSON);
    do {
      const end = window.view.indexOf(NEWLINE, window.pos);
      window.passTo(end < 0 ? window.view.length : end);
      if (end >= 0) return null;
    } while (yield* this.#reader.more());
    return null;
  }

  /** What the file looks like that does not begin as JSON records do. */
  *#kind(): Generator<void, string> {
    const { window } = this.#reader;
    while (window.view.length - window.pos < LOOK_BYTES && (yield* this.#reader.more()));
    return looksLike(window.view.subarray(window.pos));
  }
}

function startsScalar(byte: number): boolean {
  return byte === QUOTE || isScalarByte(byte);
}

function startsRow(view: Buffer, newline: number): boolean {
  return view[newline] === NEWLINE && view[newline + 1] === OPEN_OBJECT;
}

/**
 * How far an object may be scanned without missing a line that begins with `{`: to the newline before it,
 * or as far as was looked.
 */
function rowEnd(view: Buffer, from: number, isAll: boolean): number {
  const ahead = view.subarray(from, from + ROW_SEARCH_BYTES);
  const at = ahead.indexOf(ROW_START);
  if (at >= 0) return from + at;
  const to = from + ahead.length;
  return view[to - 1] === NEWLINE && to > from && !(isAll && to === view.length) ? to - 1 : to;
}

/** Whether the array that opens at `array` is the value of a member that holds records. */
function followsRecordsKey(view: Buffer, from: number, array: number): boolean {
  const before = (at: number): number => {
    let to = at - 1;
    while (to > from && isSpace(view[to])) to -= 1;
    return to;
  };
  const colon = before(array);
  if (view[colon] !== COLON) return false;
  const end = before(colon) + 1;
  return RECORD_KEYS.some((key) => {
    if (end - key.length <= from || !key.equals(view.subarray(end - key.length, end))) return false;
    const separator = view[before(end - key.length)];
    return separator === COMMA || separator === OPEN_OBJECT;
  });
}
