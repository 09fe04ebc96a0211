// Owns chance: a seeded generator (sfc32) and the draws made from it. Nothing else in the simulator may be random,
// so that equal options give equal bytes.

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const UPPER_BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A stream of pseudo-random draws; `reset` makes one instance serve many independent streams without allocation. */
export class RandomSource {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  constructor(seed: number, stream = 0) {
    this.reset(seed, stream);
  }

  /** Starts the stream `stream` of `seed` anew; equal arguments give equal draws. */
  reset(seed: number, stream: number): this {
    this.a = seed | 0;
    this.b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.c = stream | 0;
    this.d = (Math.floor(stream / 0x1_0000_0000) | 0) ^ 0x9e37_79b9;
    for (let round = 0; round < 12; round++) this.word();
    return this;
  }

  /** A whole number from 0 to 2³²−1. */
  word(): number {
    const sum = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number {
    return Math.floor((this.word() / 0x1_0000_0000) * bound);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.word() < probability * 0x1_0000_0000;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  shuffle<T>(items: T[]): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const held = items[last] as T;
      items[last] = items[other] as T;
      items[other] = held;
    }
  }

  text(alphabet: string, length: number): string {
    let drawn = '';
    for (let index = 0; index < length; index++) drawn += alphabet[this.below(alphabet.length)];
    return drawn;
  }

  alphanumeric(length: number): string {
    return this.text(ALPHANUMERIC, length);
  }

  /** Characters of AWS unique ids and access key ids. */
  base32(length: number): string {
    let drawn = '';
    let bits = 0;
    for (let index = 0; index < length; index++) {
      if (index % 6 === 0) bits = this.word();
      drawn += UPPER_BASE32[bits & 31];
      bits >>>= 5;
    }
    return drawn;
  }

  hex(length: number): string {
    let drawn = '';
    while (drawn.length < length) drawn += this.hexWord();
    return drawn.slice(0, length);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const second = this.hexWord();
    const third = this.hexWord();
    const variant = '89ab'[this.below(4)];
    return `${this.hexWord()}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${this.hexWord()}`;
  }

  private hexWord(): string {
    const word = this.word();
    return `${HEX_BYTES[word >>> 24]}${HEX_BYTES[(word >>> 16) & 255]}${HEX_BYTES[(word >>> 8) & 255]}${HEX_BYTES[word & 255]}`;
  }
}
