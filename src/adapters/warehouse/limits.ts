// Watches a running statement: how long it takes, what all statements have read, and whether it is still wanted.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Spent, type StatementLimits, WarehouseError } from './warehouse.ts';

export class Watch {
  readonly #limits: StatementLimits;
  readonly #spent: Spent;
  readonly #until: number;
  #read = 0;

  /** `spent` is shared by the statements of one command, and grows with them. */
  constructor(limits: StatementLimits, spent: Spent) {
    this.#limits = limits;
    this.#spent = spent;
    this.#until = Date.now() + (limits.timeoutMs ?? Number.POSITIVE_INFINITY);
    spent.statements += 1;
  }

  get signal(): AbortSignal | undefined {
    return this.#limits.signal;
  }

  /** Counts what the statement has read so far, in bytes. Throws WarehouseError where it may go no further. */
  check(read: number): void {
    this.#spent.scannedBytes += Math.max(0, read - this.#read);
    this.#read = Math.max(read, this.#read);
    this.#limits.onProgress?.(this.#spent);
    if (this.#limits.signal?.aborted === true)
      throw new WarehouseError('cancelled', 'cancelled, and the statement that was running with it');
    if (Date.now() > this.#until)
      throw new WarehouseError(
        'time-limit',
        `cancelled: the statement took longer than ${(this.#limits.timeoutMs ?? 0) / 1000} s (--timeout)`,
      );
    const most = this.#limits.maxScanBytes;
    if (most !== undefined && this.#spent.scannedBytes > most)
      throw new WarehouseError(
        'scan-limit',
        `cancelled: ${this.#spent.scannedBytes} bytes were read, more than ${most} (--max-scan): ask for a shorter time range, or allow more`,
      );
  }

  /** Waits, unless the statement is cancelled meanwhile. */
  async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, this.signal === undefined ? {} : { signal: this.signal }).catch(() =>
      this.check(0),
    );
  }
}
