// Owns the claims about unpacking: all of RFC 1952 that occurs, nothing lost before damage, and one answer for
// small data, which are unpacked in one go, and large data, which are not.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gunzip } from '../../src/trail/gunzip.ts';
import { ByteSource } from '../../src/trail/gunzip-source.ts';
import { chunksOf } from './log-file-reading.ts';

async function unpack(
  packed: Uint8Array,
  sizes: readonly number[] = [65536],
): Promise<{ damage: string | null; content: Buffer; left: number }> {
  const source = new ByteSource(chunksOf(packed, sizes));
  const chunks: Buffer[] = [];
  const damage = await gunzip(source, (chunk) => chunks.push(chunk) > 0);
  return { damage, content: Buffer.concat(chunks), left: (await source.peek(1)).length };
}

/** Bytes that do not pack, so that what stands before them is followed by more than is unpacked in one go. */
const FILLER = randomBytes(1_100_000);
const TEXT = 'abcdefghij'.repeat(300);
const LARGE = Buffer.from(Array.from({ length: 160_000 }, () => Math.random().toString(36)).join('\n'));
const packedText = gzipSync(TEXT);

/** A gzip header with the given flags, then the fields for them, then what `gzipSync` made of the text. */
function withHeader(flags: number, ...fields: string[]): Buffer {
  const header = Buffer.from(packedText.subarray(0, 10));
  header[3] = flags;
  return Buffer.concat([
    header,
    ...fields.map((field) => Buffer.from(field, 'latin1')),
    packedText.subarray(10),
  ]);
}

describe('gzip data', () => {
  it.each([
    ['with an extra field', withHeader(4, '\x03\x00xyz')],
    ['with a name', withHeader(8, 'name.json\0')],
    ['with a comment', withHeader(16, 'a comment\0')],
    ['with a header checksum', withHeader(2, '\x00\x00')],
    ['with all of these', withHeader(30, '\x01\x00x', 'n\0', 'c\0', '\x00\x00')],
    ['stored, not packed', gzipSync(TEXT, { level: 0 })],
    ['in many members', Buffer.concat([...TEXT].map((char) => gzipSync(char)))],
  ])('are unpacked %s', async (_, packed) => {
    for (const sizes of [[1], [9, 10, 11], [65536]]) {
      expect(await unpack(packed, sizes)).toEqual({ damage: null, content: Buffer.from(TEXT), left: 0 });
    }
  });

  const at = (place: number, bytes: Buffer): Buffer => {
    const damaged = Buffer.from(bytes);
    damaged[damaged.length + place] = (damaged.at(place) ?? 0) ^ 1;
    return damaged;
  };
  const sound = [
    ['small', packedText, Buffer.from(TEXT)],
    ['large', gzipSync(LARGE), LARGE],
    ['several', Buffer.concat([packedText, gzipSync(LARGE)]), Buffer.concat([Buffer.from(TEXT), LARGE])],
  ] as const;
  it.each(
    sound.flatMap(([size, packed, content]) =>
      (
        [
          ['a wrong checksum', at(-8, packed), 'wrong checksum of the gzip data'],
          ['a wrong length', at(-1, packed), 'wrong length of the gzip data'],
          ['a cut trailer', packed.subarray(0, -1), 'truncated gzip data'],
          ['no trailer', packed.subarray(0, -8), 'truncated gzip data'],
          [
            'zeros after them',
            Buffer.concat([packed, Buffer.alloc(512)]),
            'trailing garbage after the gzip data',
          ],
          [
            'text after them',
            Buffer.concat([packed, Buffer.from('text')]),
            'trailing garbage after the gzip data',
          ],
          ['a cut header after them', Buffer.concat([packed, packed.subarray(0, 5)]), 'truncated gzip data'],
        ] as const
      ).map(([what, damaged, damage]) => ({ size, what, damaged, damage, content })),
    ),
  )('($size) with $what lose nothing', async ({ damaged, damage, content }) => {
    for (const sizes of [[1000], [65536], [damaged.length]]) {
      const unpacked = await unpack(damaged, sizes);
      expect(unpacked.damage).toBe(damage);
      expect(unpacked.content.equals(content)).toBe(true);
    }
  });

  it.each([
    ['no gzip', Buffer.from('{}')],
    ['another packing', Buffer.concat([Buffer.from([0x1f, 0x8b, 9]), packedText.subarray(3)])],
    ['reserved flags', withHeader(0x40)],
  ])('are refused if they are %s', async (_, bytes) => {
    expect(await unpack(bytes)).toMatchObject({ damage: 'not a gzip header', content: Buffer.alloc(0) });
  });

  it('of small files keep most of what stands before the damage', async () => {
    const content = LARGE.subarray(0, 80_000);
    const packed = gzipSync(content);
    expect(packed.length).toBeLessThan(1024 * 1024);
    // 0x07 = last block, of a type that does not exist
    const half = Buffer.concat([gzipSync(content).subarray(0, packed.length >> 1), Buffer.alloc(1000, 7)]);
    const unpacked = await unpack(half);
    expect(unpacked.damage).not.toBeNull();
    expect(unpacked.content.length).toBeGreaterThan(20_000);
    const shared = Math.min(unpacked.content.length, 20_000);
    expect(unpacked.content.subarray(0, shared).equals(content.subarray(0, shared))).toBe(true);
  });

  it('that can be read no further hand out what came before, and then the error', async () => {
    const small = LARGE.subarray(0, 400_000);
    for (const content of [small, LARGE]) {
      const packed = gzipSync(content);
      for (const cut of [packed.length >> 1, packed.length - 3, packed.length]) {
        const failing = async function* () {
          for (let at = 0; at < cut; at += 65_536) yield packed.subarray(at, Math.min(cut, at + 65_536));
          throw new Error('gone');
        };
        const chunks: Buffer[] = [];
        const source = new ByteSource(failing());
        await expect(gunzip(source, (chunk) => chunks.push(chunk) > 0)).rejects.toThrow('gone');
        const read = Buffer.concat(chunks);
        expect(read.length).toBeGreaterThan(content.length / 3);
        expect(content.subarray(0, read.length).equals(read)).toBe(true);
      }
    }
  });

  it('are not unpacked further than anyone wants', async () => {
    for (const packed of [Buffer.concat([packedText, packedText]), gzipSync(LARGE)]) {
      let calls = 0;
      const damage = await gunzip(new ByteSource(chunksOf(packed, [1000])), () => {
        calls += 1;
        return false;
      });
      expect({ damage, calls }).toEqual({ damage: null, calls: 1 });
    }
  });

  it('give the same whether unpacked in one go or as a stream, sound or not', async () => {
    const filler = gzipSync(FILLER);
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.string({ maxLength: 3000 }).map((s) => Buffer.from(s.repeat(20))),
    );
    await fc.assert(
      fc.asyncProperty(
        content,
        fc.option(fc.nat()),
        fc.integer({ min: 1, max: 255 }),
        async (bytes, damageAt, flip) => {
          const packed = Buffer.from(gzipSync(bytes));
          const place = (damageAt ?? 0) % packed.length;
          if (damageAt !== null) packed[place] = (packed[place] ?? 0) ^ flip;
          const atOnce = await unpack(packed, [packed.length]);
          const streamed = await unpack(Buffer.concat([packed, filler]), [packed.length + filler.length]);
          if (atOnce.damage === null) {
            expect(streamed.damage).toBeNull();
            expect(streamed.content.equals(Buffer.concat([atOnce.content, FILLER]))).toBe(true);
          } else {
            expect(streamed.damage).not.toBeNull();
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
