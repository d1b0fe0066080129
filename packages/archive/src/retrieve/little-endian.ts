import type { LocatedInstance, Target } from '@bucky/catalog';
import { pixelWordLength, transferSyntaxOf, isVr, type ByteRange, type Bytes, type Scope } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { readCounted } from './data-set-bytes.js';
import { instanceAttributes } from './instance-attributes.js';
import { slice } from './stored-bytes.js';
import { swapped } from './swap-bytes.js';

/** Native Pixel Data in big endian: where the value lies, and of how many bytes one number is. */
export interface BigEndianPixels extends ByteRange {
  readonly word: number;
}

const pixelPaths = ['7FE00010', '7FE00008', '7FE00009'];
const bitsAllocated = '00280100';

/** Finds the Pixel Data of an Instance whose words must be turned round; nothing when its bytes are right as they are. */
export async function bigEndianPixels(
  archive: Archive,
  instance: LocatedInstance,
  scope: Scope,
): Promise<BigEndianPixels | undefined> {
  const { transferSyntaxUid, studyUid, seriesUid, instanceUid } = instance;
  if (transferSyntaxOf(transferSyntaxUid).byteOrder === 'little') return undefined;
  const target: Required<Target> = { studyUid, seriesUid, instanceUid };
  for (const path of pixelPaths) {
    const found = await archive.catalog.bulkEntry(target, path, scope);
    if (found === undefined) continue;
    const { vr, offset, length } = found;
    const bits = Number((await instanceAttributes(archive, target, scope))[bitsAllocated]?.Value?.[0]);
    const word = isVr(vr) ? pixelWordLength(vr, bits) : 1;
    return word === 1 ? undefined : { word, start: offset, end: offset + length };
  }
  return undefined;
}

/** Opens a range of big endian pixels in little endian: whole words are read, so that they can be turned round. */
export async function readLittleEndian(
  archive: Archive,
  instance: LocatedInstance,
  {
    pixels,
    range,
    signal,
  }: { readonly pixels: BigEndianPixels; readonly range: ByteRange; readonly signal?: AbortSignal | undefined },
): Promise<Bytes> {
  const { word, start: base, end: limit } = pixels;
  const start = range.start - ((range.start - base) % word);
  const end = Math.min(limit, base + Math.ceil((range.end - base) / word) * word);
  const bytes = await readCounted(archive, instance, { range: { start, end }, signal });
  return slice(swapped(bytes, word), { start: range.start - start, end: range.end - start });
}
