import { crc32 } from 'node:zlib';
import type { LocatedInstance } from '@bucky/catalog';
import { combineCrc32 } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { preambleLength } from './preamble.js';
import { joined, readStored } from './stored-bytes.js';

/** Works out the CRC-32 of an original that leaves with a harmless preamble. */
export async function harmlessCrc32(archive: Archive, located: LocatedInstance): Promise<number> {
  if (!located.executable) return located.crc32;
  return crc32Behind(archive, located, { front: new Uint8Array(preambleLength), skipped: preambleLength });
}

/**
 * Works out the CRC-32 of `front` and, behind it, an original without its first `skipped` bytes: only those are read, as
 * what they add to the CRC-32 of the whole can be taken away again.
 */
export async function crc32Behind(
  archive: Archive,
  located: LocatedInstance,
  { front, skipped }: { readonly front: Uint8Array; readonly skipped: number },
): Promise<number> {
  const left = located.location.length - skipped;
  if (skipped === 0) return combineCrc32(crc32(front), located.crc32, left);
  const head = await joined(await readStored(archive, located, { range: { start: 0, end: skipped } }));
  const rest = combineCrc32(crc32(head), located.crc32, left); // adding is taking away, over GF(2)
  return combineCrc32(crc32(front), rest, left);
}
