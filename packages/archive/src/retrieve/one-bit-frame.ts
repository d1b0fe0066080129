import type { Bytes, FrameLocation } from '@bucky/dicom';

/**
 * Makes a Frame of 1-bit pixels begin with its first pixel and end with zeros: in the file Frames follow each other
 * without padding, so one may begin within a byte. Other Frames are given back as they are. @see PS3.5 8.1.1
 */
export function alignBits(bytes: Bytes, place: Pick<FrameLocation, 'bitOffset' | 'bitLength'>): Bytes {
  return place.bitOffset === 0 && place.bitLength % 8 === 0 ? bytes : aligned(bytes, place);
}

async function* aligned(bytes: Bytes, { bitOffset, bitLength }: Pick<FrameLocation, 'bitOffset' | 'bitLength'>): Bytes {
  let left = Math.ceil(bitLength / 8);
  const lastMask = 0xff >> (left * 8 - bitLength);
  // The last byte that has come: its higher bits wait for the lower ones of the next.
  let before: Uint8Array = new Uint8Array(0);
  const give = (from: Uint8Array, length: number): Uint8Array => {
    const given = new Uint8Array(Math.min(left, length));
    for (let index = 0; index < given.length; index += 1) {
      given[index] = (from[index]! >> bitOffset) | ((from[index + 1] ?? 0) << (8 - bitOffset));
    }
    left -= given.length;
    if (left === 0 && given.length > 0) given[given.length - 1]! &= lastMask;
    return given;
  };
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue;
    const joined = before.length === 0 ? chunk : Buffer.concat([before, chunk]);
    const given = give(joined, joined.length - 1);
    if (given.length > 0) yield given;
    before = joined.subarray(joined.length - 1);
  }
  const given = give(before, 1);
  if (given.length > 0) yield given;
}
