import { crc32 } from 'node:zlib';

/** Adds bytes to a CRC-32. */
export function addCrc32(sum: number, bytes: Uint8Array): number {
  return crc32(bytes, sum);
}

/** Writes a CRC-32 as S3 does: four bytes, big endian, in base 64. */
export function crc32Text(sum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum >>> 0);
  return bytes.toString('base64');
}
