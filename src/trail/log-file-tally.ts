// Counts what comes out of one log file, gives every record its index and says in the end what the file was.

import { isRecord, unwrap } from './envelope.ts';
import type { Place, Stop, ValueSink } from './json-reader.ts';
import { isObject } from './json-text.ts';
import type { LogFileHandlers, LogFileOutcome } from './log-file-outcome.ts';

type Json = Record<string, unknown>;

const NOT_AN_OBJECT = 'not a JSON object';

/** Records that are no API calls, with what a file of nothing else is called. */
const SKIPPED = {
  insight: { record: 'Insight record', file: 'Insight file' },
  aggregated: { record: 'aggregated record', file: 'aggregated file' },
  digest: { record: 'digest', file: 'digest file' },
} as const;

type SkippedKind = keyof typeof SKIPPED;

export class LogFileTally implements ValueSink {
  position = 0;
  readonly #on: LogFileHandlers;
  readonly #skipped = new Map<SkippedKind, number>();
  #skippedCount = 0;
  #sawArray = false;
  /** the file's first value, if it is no record: whether it counts depends on what follows */
  #first: { value: unknown } | null = null;

  constructor(on: LogFileHandlers) {
    this.#on = on;
  }

  object(value: Json, place: Place): boolean {
    if (this.#first !== null) this.#releaseFirst();
    if (isRecord(value)) {
      this.#record(value);
      return true;
    }
    const found = unwrap(value);
    switch (found.kind) {
      case 'record':
        this.#record(found.record);
        return isRecord(found.record);
      case 'list':
        // A log file in a log file's array is read; whoever nests further than that has no log file.
        if (place !== 'nested') return this.#list(found.elements);
        this.unusable('not a CloudTrail record');
        return false;
      case 'digest':
        this.#skip('digest');
        return false;
      case 'unusable':
        this.unusable(found.reason);
        return false;
      case 'unknown':
        if (place === 'top' && this.#isFirst) this.#first = { value };
        else this.#handOver(value);
        return false;
    }
  }

  unusable(reason: string): void {
    if (this.#first !== null) this.#releaseFirst();
    this.#on.rejected(this.position++, reason);
  }

  notAnObject(place: Place): void {
    if (this.#first !== null) this.#releaseFirst();
    if (place === 'top' && this.#isFirst) this.#first = { value: null };
    else this.unusable(NOT_AN_OBJECT);
  }

  array(): void {
    if (this.#first !== null) this.#releaseFirst();
    this.#sawArray = true;
  }

  /** The file has ended, or reading it has for the reason given. */
  finish(stop: Stop): LogFileOutcome {
    if (this.#first !== null) {
      if (stop === null) return { status: 'rejected', reason: 'JSON, but no CloudTrail record in it' };
      if (isObject(this.#first.value)) this.#releaseFirst();
    } else if (stop === null && this.#isFirst) {
      return { status: 'rejected', reason: 'nothing but white space' };
    }
    if (stop === null && this.#skipped.size === 1 && this.#skippedCount === this.position) {
      for (const kind of this.#skipped.keys()) return { status: 'skipped', reason: SKIPPED[kind].file };
    }
    this.#reportSkipped();
    return stop === null ? { status: 'read' } : { status: 'rejected', reason: stop };
  }

  /** Something outside of the file went wrong: what has been read stays read, and is to add up. */
  abandon(): void {
    if (this.#first !== null) this.#releaseFirst();
    this.#reportSkipped();
  }

  get #isFirst(): boolean {
    return this.position === 0 && !this.#sawArray;
  }

  #reportSkipped(): void {
    for (const [kind, count] of this.#skipped) this.#on.skipped(SKIPPED[kind].record, count);
  }

  #list(elements: readonly unknown[]): boolean {
    let records = 0;
    this.array();
    for (const element of elements) {
      if (!isObject(element)) this.notAnObject('nested');
      else if (this.object(element, 'nested')) records += 1;
    }
    return 2 * records >= elements.length;
  }

  #record(record: Json): void {
    const { eventCategory, eventType } = record;
    if (eventCategory === 'Insight' || eventType === 'AwsCloudTrailInsight') this.#skip('insight');
    else if (eventCategory === 'Aggregated' || eventType === 'AwsAggregatedEvent') this.#skip('aggregated');
    else this.#handOver(record);
  }

  #handOver(value: Json): void {
    this.#on.record(value, this.position++);
  }

  #skip(kind: SkippedKind): void {
    this.#skipped.set(kind, (this.#skipped.get(kind) ?? 0) + 1);
    this.#skippedCount += 1;
    this.position += 1;
  }

  #releaseFirst(): void {
    const value = this.#first?.value;
    this.#first = null;
    if (isObject(value)) this.#handOver(value);
    else this.#on.rejected(this.position++, NOT_AN_OBJECT);
  }
}
