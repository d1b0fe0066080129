import { describe, expect, it } from '@jest/globals';
import { oneChunk, type Bytes } from '@bucky/dicom';
import { alignBits } from './one-bit-frame.js';
import { joined } from './stored-bytes.js';

/** Packs pixels into bytes, the first one lowest. */
function pack(pixels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(pixels.length / 8));
  pixels.forEach((pixel, index) => {
    bytes[index >> 3]! |= pixel << (index & 7);
  });
  return bytes;
}

/** Cuts bytes into a body of pieces. */
// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
async function* cut(bytes: Uint8Array, size: number): Bytes {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('alignBits', () => {
  it.each([1, 2, 3, 100])('begins each Frame with its first pixel, in pieces of %p bytes', async (size) => {
    for (const bitLength of [1, 8, 15, 49]) {
      const pixels = Array.from({ length: bitLength * 9 }, (_, index) => Number((index * 7) % 5 > 2));
      const packed = pack(pixels);
      for (let frame = 0; frame < 9; frame += 1) {
        const first = frame * bitLength;
        const bytes = packed.subarray(first >> 3, Math.ceil((first + bitLength) / 8));
        const expected = pack(pixels.slice(first, first + bitLength));
        const place = { bitOffset: first & 7, bitLength };
        expect([...(await joined(alignBits(cut(bytes, size), place)))]).toEqual([...expected]);
      }
    }
  });

  it('gives a Frame of whole bytes back as it is', () => {
    const bytes = oneChunk(Uint8Array.of(1, 2, 3));
    expect(alignBits(bytes, { bitOffset: 0, bitLength: 24 })).toBe(bytes);
  });
});
