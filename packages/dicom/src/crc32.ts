import { crc32 as zlibCrc32 } from 'node:zlib';

/** The polynomial of CRC-32, bits reversed. @see RFC 1952 8 */
const polynomial = 0xedb88320;

/** Goes on with a CRC-32 over more bytes; starts one without `before`. @see RFC 1952 8 */
export function crc32(bytes: Uint8Array, before = 0): number {
  return zlibCrc32(bytes, before);
}

/** Multiplies two polynomials over GF(2), bits reversed, modulo the polynomial of CRC-32. */
function multiply(left: number, right: number): number {
  let product = 0;
  for (let bit = 0x80000000, factor = right; bit !== 0; bit >>>= 1) {
    if (left & bit) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ polynomial : factor >>> 1;
  }
  return product >>> 0;
}

/** Element `k` is x to the power of 2^k, bits reversed: x itself is 0x40000000. */
const powers: number[] = [0x40000000];
for (let k = 1; k < 64; k += 1) powers.push(multiply(powers[k - 1]!, powers[k - 1]!));

/** What appending `length` bytes multiplies a CRC-32 by, which is x to the power of 8 × `length`; for {@link appendCrc32}. */
export function crc32Shift(length: number): number {
  let shift = 0x80000000; // x to the power of 0
  for (let left = length, k = 3; left > 0; left = Math.floor(left / 2), k += 1) {
    if (left % 2 === 1) shift = multiply(powers[k]!, shift);
  }
  return shift;
}

/** Gives the CRC-32 of two runs of bytes joined, from that of each and the {@link crc32Shift} of the second's length. */
export function appendCrc32(first: number, second: number, shift: number): number {
  return (multiply(shift, first) ^ second) >>> 0;
}

/** Gives the CRC-32 of two runs of bytes joined, from that of each and the length of the second. */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  return appendCrc32(first, second, crc32Shift(secondLength));
}
