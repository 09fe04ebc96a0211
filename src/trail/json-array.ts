// Reads the elements of an array one after the other, without ever holding the array.
//
// A record's end is guessed first: it is where the bytes come that stood between the first two records
// (`},{"eventVersion"`). If the text up to there parses, it is the record, because no JSON object is the
// beginning of a longer one. If it does not, the brackets are followed. So native code does nearly all.

import { GuessPause } from './json-guess.ts';
import { isSpace, type JsonReader, type Stop } from './json-reader.ts';
import { isScalarByte } from './json-scan.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const COMPACT_SEAM = Buffer.from('},');
/** Longest seam that is worth learning. */
const MAX_SEAM_BYTES = 256;

/** Reads on from after the opening bracket to after the closing one. */
export function* readElements(reader: JsonReader, guess: SeamGuess): Generator<void, Stop> {
  const { window, sink } = reader;
  sink.array();
  for (;;) {
    const byte = yield* nextElement(reader);
    if (byte === undefined) return `cut off after ${sink.position} records`;
    if (byte === CLOSE_ARRAY) {
      reader.sawJson = true;
      window.passTo(window.pos + 1);
      return null;
    }
    if (byte === OPEN_OBJECT) guess.run(reader);
    else if (byte !== OPEN_ARRAY && byte !== QUOTE && !isScalarByte(byte)) return reader.notJson();
    const stop = yield* reader.value('array');
    if (stop !== null) return stop;
    if (byte === OPEN_OBJECT) guess.learn(window.view, window.pos);
  }
}

function* nextElement(reader: JsonReader): Generator<void, number | undefined> {
  const { window } = reader;
  do {
    const { view } = window;
    let pos = window.pos;
    while (pos < view.length && (isSpace(view[pos]) || view[pos] === COMMA)) pos += 1;
    window.passTo(pos);
    if (pos < view.length) return view[pos];
  } while (yield* reader.more());
  return undefined;
}

/** The seam between two objects: the first one's `}` up to the first key of the second. */
export class SeamGuess {
  #seam: Buffer | null = null;
  /** offset in the seam where the second object begins */
  #nextAt = COMPACT_SEAM.length;
  readonly #pause = new GuessPause();

  /** Reads as many elements as the guess is right for; leaves `pos` at the beginning of the next. */
  run(reader: JsonReader): void {
    if (!this.#pause.due()) return;
    const { window } = reader;
    const { view } = window;
    let { pos } = window;
    const seam = this.#seam ?? compactSeam(view, pos);
    if (seam === null) return;
    for (;;) {
      const at = view.indexOf(seam, pos);
      const end = at + 1;
      if (at < 0 || !reader.object(view.toString('utf8', pos, end), end - pos, 'array')) break;
      pos = at + this.#nextAt;
      this.#pause.hit();
    }
    window.passTo(pos);
    this.#pause.miss();
  }

  /** Looks at what stands between the object that ends before `end` and the next, if that is at hand. */
  learn(view: Buffer, end: number): void {
    const limit = Math.min(view.length, end + MAX_SEAM_BYTES);
    let next = end;
    while (next < limit && (isSpace(view[next]) || view[next] === COMMA)) next += 1;
    const seam = view.subarray(end - 1, firstKeyEnd(view, next));
    if (seam.length === 0 || this.#seam?.equals(seam)) return;
    this.#seam = Buffer.from(seam);
    this.#nextAt = next - end + 1;
  }
}

/** What stands between an object that begins at `pos` and the next one, where no byte is wasted. */
function compactSeam(view: Buffer, pos: number): Buffer | null {
  const end = firstKeyEnd(view, pos);
  return end === 0 ? null : Buffer.concat([COMPACT_SEAM, view.subarray(pos, end)]);
}

/** Where the first key of the object at `pos` ends; 0 if it is not at hand. */
function firstKeyEnd(view: Buffer, pos: number): number {
  const limit = Math.min(view.length, pos + MAX_SEAM_BYTES);
  let key = pos + 1;
  while (key < limit && isSpace(view[key])) key += 1;
  if (view[pos] !== OPEN_OBJECT || view[key] !== QUOTE) return 0;
  return view.subarray(0, limit).indexOf(QUOTE, key + 1) + 1;
}
