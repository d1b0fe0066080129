import { describe, expect, it } from '@jest/globals';
import { alignBits } from './one-bit-frame.js';

/** Packs pixels into bytes, the first one lowest. */
function pack(pixels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(pixels.length / 8));
  pixels.forEach((pixel, index) => {
    bytes[index >> 3]! |= pixel << (index & 7);
  });
  return bytes;
}

describe('alignBits', () => {
  it('begins each Frame with its first pixel, whatever bit that lies at', () => {
    const bitLength = 15;
    const pixels = Array.from({ length: bitLength * 9 }, (_, index) => Number((index * 7) % 5 > 2));
    const packed = pack(pixels);
    for (let frame = 0; frame < 9; frame += 1) {
      const first = frame * bitLength;
      const bytes = packed.subarray(first >> 3, Math.ceil((first + bitLength) / 8));
      const expected = pack(pixels.slice(first, first + bitLength));
      expect(alignBits(bytes, { bitOffset: first & 7, bitLength })).toEqual(expected);
    }
  });

  it('gives a Frame of whole bytes back as it is', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(alignBits(bytes, { bitOffset: 0, bitLength: 24 })).toBe(bytes);
  });
});
