// Unpacks gzip data member by member (RFC 1952). Node's own gunzip would do, but for three things: it drops
// what it has unpacked before a wrong checksum, ignores zeros and what follows them after the data, and does
// not say how the data ends.

import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import type { ByteSource } from './gunzip-source.ts';
import { MAX_IDLE_BYTES, MEMBER_BYTES } from './log-file-limits.ts';

/** Takes unpacked bytes; false = no more, please. */
export type Consume = (chunk: Buffer) => boolean;

export const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const DEFLATE = 8;
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;
const MAX_NAME_BYTES = 64 * 1024;
/** Packed bytes, to the end of the file, that are unpacked in one go if they hold no more than `MAX_AT_ONCE_OUTPUT`. */
const MAX_AT_ONCE = 1024 * 1024;
const MAX_AT_ONCE_OUTPUT = 16 * 1024 * 1024;
const MIN_OUTPUT = 8 * 1024;
const MAX_OUTPUT = 1024 * 1024;
/** JSON of records packs to about an eighth */
const USUAL_RATIO = 10;

const TRUNCATED = 'truncated gzip data';
const BAD_HEADER = 'not a gzip header';
const TRAILING = 'trailing garbage after the gzip data';

/** Unpacks all members; returns what is wrong with the data, null if nothing. */
export async function gunzip(source: ByteSource, consume: Consume): Promise<string | null> {
  let isWanted = true;
  let idle = 0;
  const wanted: Consume = (chunk) => {
    isWanted = isWanted && consume(chunk);
    return isWanted;
  };
  for (let member = 0; ; member += 1) {
    const magic = await source.peek(GZIP_MAGIC.length);
    if (member > 0 && magic.length === 0) return null;
    if (!magic.equals(GZIP_MAGIC)) return member === 0 ? BAD_HEADER : TRAILING;
    const header = await readHeader(source);
    if (header !== null) return header;
    const end = await inflateMember(source, wanted);
    if (!isWanted) return null;
    if (end.damage !== null) return end.damage;
    const trailer = await source.take(TRAILER_BYTES);
    if (trailer === null) return TRUNCATED;
    if (trailer.readUInt32LE(0) !== end.crc) return 'wrong checksum of the gzip data';
    if (trailer.readUInt32LE(4) !== end.length % 2 ** 32) return 'wrong length of the gzip data';
    idle = Math.max(0, idle + MEMBER_BYTES - end.length);
    if (idle > MAX_IDLE_BYTES) return 'too many gzip members with next to nothing in them';
  }
}

/** Passes over a member's header; returns what is wrong with it. */
async function readHeader(source: ByteSource): Promise<string | null> {
  const header = await source.take(HEADER_BYTES);
  if (header === null) return TRUNCATED;
  const flags = header[3] ?? 0;
  if (header[2] !== DEFLATE || (flags & FLAG.reserved) !== 0) return BAD_HEADER;
  if (flags & FLAG.extra) {
    const length = await source.take(2);
    if (length === null || (await source.take(length.readUInt16LE())) === null) return TRUNCATED;
  }
  for (const flag of [FLAG.name, FLAG.comment]) {
    if (!(flags & flag)) continue;
    let length = 0;
    for (let byte = await source.takeByte(); byte !== 0; byte = await source.takeByte()) {
      if (byte === null) return TRUNCATED;
      if (++length > MAX_NAME_BYTES) return BAD_HEADER;
    }
  }
  if (flags & FLAG.headerCrc && (await source.take(2)) === null) return TRUNCATED;
  return null;
}

interface MemberEnd {
  damage: string | null;
  crc: number;
  length: number;
}

/** Unpacks one member's data; what the source holds after it is left there. */
async function inflateMember(source: ByteSource, consume: Consume): Promise<MemberEnd> {
  const piece = await source.peek(MAX_AT_ONCE + 1);
  const unpacked = piece.length <= MAX_AT_ONCE ? inflateAtOnce(piece) : 'large';
  if (unpacked === 'large') return await inflateStream(source, MAX_OUTPUT, consume);
  if (unpacked === 'damaged') return await inflateStream(source, MIN_OUTPUT, consume);
  const { buffer, consumed } = unpacked;
  await source.take(consumed);
  if (buffer.length > 0) consume(buffer);
  return { damage: null, crc: crc32(buffer), length: buffer.length };
}

/**
 * Unpacks in one go what is as small as nearly all log files are: for a file of few records a stream costs
 * more than all the rest. `large` if it holds too much for that, `damaged` if it is not whole or not sound.
 */
function inflateAtOnce(piece: Buffer): { buffer: Buffer; consumed: number } | 'large' | 'damaged' {
  const chunkSize = Math.min(MAX_OUTPUT, Math.max(MIN_OUTPUT, piece.length * USUAL_RATIO));
  try {
    // With `info` the result is an object, which the type of this function does not know.
    const result: unknown = inflateRawSync(piece, {
      info: true,
      chunkSize,
      maxOutputLength: MAX_AT_ONCE_OUTPUT,
    });
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
    return { buffer, consumed: engine.bytesWritten };
  } catch (error) {
    return error instanceof RangeError ? 'large' : 'damaged';
  }
}

/**
 * Unpacks data of any size. Where it turns out to be damaged, the last `chunkSize` bytes before the damage
 * may be lost.
 */
async function inflateStream(source: ByteSource, chunkSize: number, consume: Consume): Promise<MemberEnd> {
  const end: MemberEnd = { damage: null, crc: 0, length: 0 };
  const inflate = createInflateRaw({ chunkSize });
  let isOver = false;
  let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  const over = (): void => {
    isOver = true;
    settle?.resolve();
  };
  inflate.on('data', (chunk: Buffer) => {
    if (isOver) return;
    end.crc = crc32(chunk, end.crc);
    end.length += chunk.length;
    try {
      if (!consume(chunk)) over();
    } catch (error) {
      // Thrown here it would be nobody's: it belongs to whoever waits for the write.
      isOver = true;
      settle?.reject(error);
    }
  });
  inflate.on('end', over);
  inflate.on('error', () => {
    end.damage = 'damaged gzip data';
    over();
  });
  try {
    let fed = 0;
    while (!isOver) {
      const piece = await source.next();
      if (piece === null) return { ...end, damage: TRUNCATED };
      fed += piece.length;
      await new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
        inflate.write(piece, () => resolve());
      });
      const excess = fed - inflate.bytesWritten;
      if (isOver && excess > 0) source.unread(piece.subarray(piece.length - excess));
    }
  } finally {
    inflate.destroy();
  }
  return end;
}
