// When guessing pays: a guess that keeps failing is given up for a while.

/** Guesses that may fail in a row. */
const MAX_MISSES = 4;
/** Values that are then read without guessing; twice as many each time, until a guess is right again. */
const PAUSE = 64;
const MAX_PAUSE = 64 * 1024;

export class GuessPause {
  #misses = 0;
  #left = 0;
  #pause = PAUSE;

  /** Whether to guess now. */
  due(): boolean {
    if (this.#left === 0) return true;
    this.#left -= 1;
    return false;
  }

  hit(): void {
    this.#misses = 0;
    this.#pause = PAUSE;
  }

  miss(): void {
    this.#misses += 1;
    if (this.#misses < MAX_MISSES) return;
    this.#misses = 0;
    this.#left = this.#pause;
    this.#pause = Math.min(2 * this.#pause, MAX_PAUSE);
  }
}
