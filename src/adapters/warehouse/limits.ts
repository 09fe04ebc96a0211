// Watches a running statement: how long it takes, what all statements have read, and whether it is still wanted.
import { setTimeout as sleep } from 'node:timers/promises';
import { LEAST_CHARGED_BYTES, type Spent, type StatementLimits, WarehouseError } from './warehouse.ts';

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
  }

  get signal(): AbortSignal | undefined {
    return this.#limits.signal;
  }

  /** To be called each time that the engine has taken the statement. */
  begin(): void {
    this.#spent.statements += 1;
    this.#spent.chargedBytes += LEAST_CHARGED_BYTES;
    this.#read = 0;
  }

  /** Counts what the statement has read so far, in bytes. */
  count(read: number): void {
    const now = Math.max(read, this.#read);
    this.#spent.scannedBytes += now - this.#read;
    this.#spent.chargedBytes +=
      Math.max(now, LEAST_CHARGED_BYTES) - Math.max(this.#read, LEAST_CHARGED_BYTES);
    this.#read = now;
    this.#limits.onProgress?.(this.#spent);
  }

  /** Throws WarehouseError where the statement may go no further. */
  check(): void {
    this.checkWanted();
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

  /** Throws WarehouseError where nobody waits for the statement any more. */
  checkWanted(): void {
    if (this.#limits.signal?.aborted === true)
      throw new WarehouseError('cancelled', 'interrupted; the running statement was cancelled');
  }

  /** Waits, unless the statement is cancelled meanwhile. */
  async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, this.signal === undefined ? {} : { signal: this.signal }).catch(() =>
      this.checkWanted(),
    );
  }
}
