// When guessing pays: a guess that keeps failing is given up for a while.

/** Guesses that may fail in a row. */
const MAX_MISSES = 4;
/** Values that are then read without guessing. */
const PAUSE = 64;

export class GuessPause {
  #misses = 0;
  #left = 0;

  /** Whether to guess now. */
  due(): boolean {
    if (this.#left === 0) return true;
    this.#left -= 1;
    return false;
  }

  hit(): void {
    this.#misses = 0;
  }

  miss(): void {
    this.#misses += 1;
    if (this.#misses < MAX_MISSES) return;
    this.#misses = 0;
    this.#left = PAUSE;
  }
}
