// Bounds the work of one explanation, so that no policy, however made, can keep podtrail busy.
import { PolicyError } from './policy-error.ts';

/** Comparisons of one character each. Real policies need some thousands, and their changes some hundred thousand; these take about 20 ms. */
const ENOUGH = 2_500_000;

export class Effort {
  #left: number;

  constructor(limit = ENOUGH) {
    this.#left = limit;
  }

  /** Throws PolicyError where the work of this explanation is used up. */
  spend(comparisons: number): void {
    this.#left -= comparisons;
    if (this.#left < 0)
      throw new PolicyError(
        'policy-refused',
        'the policy takes too long to evaluate: its wildcards are made to be slow, or it has too many values',
      );
  }
}
