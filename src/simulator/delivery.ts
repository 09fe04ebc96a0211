// Owns delivery: one stream of log files per account and region, cut by size and age, with the disorder that CloudTrail
// allows: records late, shuffled, or delivered twice. Holds at most a few files' records at a time.

import { gzipSync } from 'node:zlib';
import { logFileKey } from './aws-text.ts';
import type { EventTruth } from './event-truth.ts';
import type { PlannedRecord } from './plan.ts';
import type { RandomSource } from './random-source.ts';

export interface SimulatedFile {
  /** The S3 key. */
  readonly key: string;
  /** Gzip of one line: `{"Records":[…]}`. */
  readonly body: Uint8Array;
  /** The truth of the records that this file is the first to deliver. */
  readonly truth: EventTruth[];
  /** Records in the file, duplicates included. */
  readonly records: number;
}

/** A record on its way; its truth goes with the first file that delivers it. */
interface Parcel {
  readonly text: string;
  truth: EventTruth | null;
}

interface Stream {
  readonly account: string;
  readonly region: string;
  current: Parcel[];
  next: Parcel[];
  oldest: number;
}

export interface DeliveryOptions {
  readonly recordsPerFile: number;
  /** Milliseconds after which a file is delivered, full or not. */
  readonly longestWait: number;
  readonly gzipLevel: number;
  /** Whether records come late, out of order and twice. */
  readonly isOdd: boolean;
}

const LATE_SHARE = 0.02;
const LATE_ISSUANCE_SHARE = 0.08;
const OVERDUE_CHECK = 64;
const GZIP_CHUNK = 0x4_0000;
const DUPLICATE_SHARE = 0.004;

export class Delivery {
  private readonly random: RandomSource;
  private readonly options: DeliveryOptions;
  private readonly streams = new Map<string, Stream>();
  private added = 0;

  constructor(random: RandomSource, options: DeliveryOptions) {
    this.random = random;
    this.options = options;
  }

  /** Takes a record; yields the files that are full or overdue by now. */
  *add(record: PlannedRecord, text: string, truth: EventTruth): Generator<SimulatedFile> {
    const stream = this.stream(record.account, record.region);
    if (stream.current.length === 0) stream.oldest = record.at;
    const parcel: Parcel = { text, truth };
    if (this.isLate(record)) stream.next.push(parcel);
    else stream.current.push(parcel);
    if (this.options.isOdd && this.random.chance(DUPLICATE_SHARE)) this.duplicate(stream, record, parcel);
    if (stream.current.length >= this.options.recordsPerFile) yield this.deliver(stream, record.at);
    if (this.added++ % OVERDUE_CHECK === 0) yield* this.overdue(record.at);
  }

  private *overdue(now: number): Generator<SimulatedFile> {
    for (const stream of this.streams.values()) {
      const isOverdue = now - stream.oldest > this.options.longestWait;
      if (isOverdue && stream.current.length > 0) yield this.deliver(stream, now);
    }
  }

  /** Yields what is still on its way at the end, and a file without records. */
  *finish(now: number): Generator<SimulatedFile> {
    for (const stream of this.streams.values()) {
      while (stream.current.length + stream.next.length > 0) yield this.deliver(stream, now);
    }
    const [quiet] = this.streams.values();
    if (this.options.isOdd && quiet) yield this.deliver(quiet, now);
  }

  private isLate({ action }: PlannedRecord): boolean {
    if (!this.options.isOdd) return false;
    const isIssuance = action.kind === 'web-identity' || action.kind === 'assume-role';
    return this.random.chance(isIssuance ? LATE_ISSUANCE_SHARE : LATE_SHARE);
  }

  /** Once more in the same file, in the next one, or in the folder of another account. */
  private duplicate(stream: Stream, record: PlannedRecord, parcel: Parcel): void {
    const way = this.random.below(3);
    if (way === 0) stream.current.push(parcel);
    else if (way === 1) stream.next.push(parcel);
    else {
      const others = [...this.streams.values()].filter(({ account }) => account !== record.account);
      const other = others.length > 0 ? this.random.pick(others) : stream;
      if (other.current.length === 0) other.oldest = record.at;
      other.current.push(parcel);
    }
  }

  private deliver(stream: Stream, now: number): SimulatedFile {
    const parcels = stream.current;
    stream.current = stream.next;
    stream.next = [];
    stream.oldest = now;
    if (this.options.isOdd) this.random.shuffle(parcels);
    const truth: EventTruth[] = [];
    for (const parcel of parcels) {
      if (parcel.truth) truth.push(parcel.truth);
      parcel.truth = null;
    }
    const delivered = now + this.random.between(60, 600) * 1000;
    const text = `{"Records":[${parcels.map((parcel) => parcel.text).join(',')}]}`;
    return {
      key: logFileKey(stream.account, stream.region, delivered, this.random.alphanumeric(16)),
      body: gzipSync(text, { level: this.options.gzipLevel, chunkSize: GZIP_CHUNK }),
      truth,
      records: parcels.length,
    };
  }

  private stream(account: string, region: string): Stream {
    const name = `${account}/${region}`;
    const known = this.streams.get(name);
    if (known) return known;
    const stream: Stream = { account, region, current: [], next: [], oldest: 0 };
    this.streams.set(name, stream);
    return stream;
  }
}
