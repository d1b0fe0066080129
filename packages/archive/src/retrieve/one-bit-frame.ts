import type { FrameLocation } from '@bucky/dicom';

/**
 * Makes a Frame of 1-bit pixels begin with its first pixel and end with zeros: in the file Frames follow each other
 * without padding, so one may begin within a byte. Other Frames are given back as they are. @see PS3.5 8.1.1
 */
export function alignBits(
  bytes: Uint8Array,
  { bitOffset, bitLength }: Pick<FrameLocation, 'bitOffset' | 'bitLength'>,
): Uint8Array {
  if (bitOffset === 0 && bitLength % 8 === 0) return bytes;
  const aligned = new Uint8Array(Math.ceil(bitLength / 8));
  for (let index = 0; index < aligned.length; index += 1) {
    const next = bytes[index + 1] ?? 0;
    aligned[index] = (bytes[index]! >> bitOffset) | (next << (8 - bitOffset));
  }
  const spare = aligned.length * 8 - bitLength;
  aligned[aligned.length - 1]! &= 0xff >> spare;
  return aligned;
}
