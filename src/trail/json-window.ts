// The bytes of a file that are in memory: what is being read now and what has not been read yet, and
// nothing else. Everything before `start` is forgotten with the next chunk.

const NOTHING = Buffer.alloc(0);

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

  /** Adds the next bytes of the file; only the bytes still needed are kept before them, so positions move. */
  append(chunk: Uint8Array): void {
    const held = this.view.length - this.start;
    const length = held + chunk.length;
    const before = this.#storage;
    if (length > before.length) {
      this.#storage = Buffer.allocUnsafeSlow(Math.max(length, Math.min(2 * before.length, length + GROWTH)));
    }
    this.#storage.set(this.view.subarray(this.start), 0);
    this.#storage.set(chunk, held);
    this.view = this.#storage.subarray(0, length);
    this.#forgotten += this.start;
    this.pos -= this.start;
    this.start = 0;
  }

  /** Moves on: the bytes before `pos` are no longer needed. */
  passTo(pos: number): void {
    this.pos = pos;
    this.start = pos;
  }
}

const GROWTH = 16 * 1024 * 1024;
