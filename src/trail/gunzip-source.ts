// Bytes that come in chunks of any size, asked for one chunk or one number at a time.

const NOTHING = Buffer.alloc(0);

export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #unread: Buffer = NOTHING;
  /** What the chunks failed with, to be thrown once all bytes before it were given out. */
  #failure: { error: unknown } | null = null;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** The next bytes, at least one; null at the end. */
  async next(): Promise<Buffer | null> {
    if (this.#unread.length > 0) {
      const unread = this.#unread;
      this.#unread = NOTHING;
      return unread;
    }
    if (this.#failure !== null) throw this.#failure.error;
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      if (value.length > 0) return Buffer.from(value.buffer, value.byteOffset, value.length);
    }
  }

  /** Puts bytes back, to be given out next. */
  unread(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([bytes, this.#unread]);
  }

  /** The next `length` bytes without taking them, fewer at the end or before a failure, which is thrown when none are left. */
  async peek(length: number): Promise<Buffer> {
    if (this.#unread.length === 0 && this.#failure !== null) throw this.#failure.error;
    if (this.#unread.length < length && this.#failure === null) {
      const chunks: Buffer[] = [];
      let held = 0;
      try {
        while (held < length) {
          const chunk = await this.next();
          if (chunk === null) break;
          chunks.push(chunk);
          held += chunk.length;
        }
      } catch (error) {
        if (chunks.length === 0) throw error;
        this.#failure = { error };
      }
      const [only] = chunks;
      this.#unread = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    }
    return this.#unread.subarray(0, length);
  }

  /** Takes `length` bytes; null if there are fewer. */
  async take(length: number): Promise<Buffer | null> {
    const bytes = await this.peek(length);
    if (bytes.length < length && this.#failure !== null) throw this.#failure.error;
    if (bytes.length < length) return null;
    this.#unread = this.#unread.subarray(length);
    return bytes;
  }

  async takeByte(): Promise<number | null> {
    return (await this.take(1))?.[0] ?? null;
  }

  /** No more bytes will be asked for. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
