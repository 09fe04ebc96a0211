// The bytes of a file that are in memory: what is being read now and what has not been read yet, and
// nothing else. Everything before `start` is forgotten with the next chunk.

import { MAX_RECORD_BYTES } from './log-file-limits.ts';

const NOTHING = Buffer.alloc(0);
/** A record of the largest size and some chunks. */
const MAX_STORAGE = MAX_RECORD_BYTES + 4 * 1024 * 1024;

export class ByteWindow {
  /** the bytes at hand; positions below are offsets into it */
  view: Buffer = NOTHING;
  /** first byte that is still needed */
  start = 0;
  /** next byte to read */
  pos = 0;
  /** no more bytes will come */
  ended = false;
  #storage: Buffer = NOTHING;
  #forgotten = 0;

  /** Bytes of the file that have been done with. */
  get done(): number {
    return this.#forgotten + this.start;
  }

  /** Adds the next bytes of the file. Bytes before `start` may go, and then positions move. */
  append(chunk: Uint8Array): void {
    const end = this.view.length;
    if (end + chunk.length > this.#storage.length) {
      this.#makeRoom(chunk.length);
      this.append(chunk);
    } else {
      this.#storage.set(chunk, end);
      this.view = this.#storage.subarray(0, end + chunk.length);
    }
  }

  /** Moves on: the bytes before `pos` are no longer needed. */
  passTo(pos: number): void {
    this.pos = pos;
    this.start = pos;
  }

  /** Forgets what is done with; takes more memory where that alone would mean to move the rest too often. */
  #makeRoom(length: number): void {
    const kept = this.view.subarray(this.start);
    const before = this.#storage.length;
    const least = kept.length + length;
    if (least > before || 2 * kept.length > before) {
      this.#storage = Buffer.allocUnsafeSlow(Math.max(least, Math.min(2 * before, MAX_STORAGE)));
    }
    this.#storage.set(kept, 0);
    this.view = this.#storage.subarray(0, kept.length);
    this.#forgotten += this.start;
    this.pos -= this.start;
    this.start = 0;
  }
}
