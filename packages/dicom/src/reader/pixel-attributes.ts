import type { DataSet } from '../data-set.js';
import { tag, type Tag } from '../tag.js';

/** The Attributes that hold pixels at the root. @see PS3.3 C.7.6.3, C.7.6.24, C.7.6.25 */
export const pixelDataTag = tag(0x7fe00010);
const floatPixelDataTag = tag(0x7fe00008);
const doubleFloatPixelDataTag = tag(0x7fe00009);
/** Offsets of Frames as 64-bit numbers. @see PS3.3 C.7.6.3.1.8 */
export const extendedOffsetTableTag = tag(0x7fe00001);

/** Tells whether a Tag is one of Pixel Data, Float Pixel Data and Double Float Pixel Data. */
export function isPixelTag(at: Tag): boolean {
  return at === pixelDataTag || at === floatPixelDataTag || at === doubleFloatPixelDataTag;
}

/** Reads Number of Frames; what is missing or no number counts as 1. @see PS3.3 C.7.6.6 */
export function numberOfFrames(dataSet: DataSet): number {
  const bytes = dataSet.get(tag(0x00280008))?.bytes;
  const text = bytes === undefined ? '' : Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const [, digits] = /^[\s\0]*\+?(\d+)[\s\0]*(?:\\|$)/.exec(text) ?? [];
  return digits === undefined ? 1 : Math.max(1, Number(digits));
}

/**
 * Works out the bits of one native Frame: 0 when an Attribute that it takes is missing. Not always a number of bytes,
 * and not always a number that fits 32 bits.
 * @see PS3.5 8.1, PS3.3 C.7.6.3.1.2
 */
export function bitsOfFrame(dataSet: DataSet, at: Tag): number {
  const bits = at === pixelDataTag ? us(dataSet, 0x00280100) : at === floatPixelDataTag ? 32 : 64;
  const pixels = us(dataSet, 0x00280010) * us(dataSet, 0x00280011);
  return pixels * samplesOfPixel(dataSet) * bits;
}

/** Samples a pixel takes in a native Frame: YBR_FULL_422 halves both chroma channels. @see PS3.3 C.7.6.3.1.2 */
function samplesOfPixel(dataSet: DataSet): number {
  const samples = us(dataSet, 0x00280002) || 1;
  const bytes = dataSet.get(tag(0x00280004))?.bytes;
  const photometric = bytes === undefined ? '' : Buffer.from(bytes).toString('latin1').trim();
  return samples === 3 && /^YBR_(?:FULL|PARTIAL)_422/.test(photometric) ? 2 : samples;
}

function us(dataSet: DataSet, at: number): number {
  const bytes = dataSet.get(tag(at))?.bytes;
  if (bytes === undefined || bytes.length < 2) return 0;
  const [first, second] = [bytes[0]!, bytes[1]!];
  return dataSet.byteOrder === 'little' ? first | (second << 8) : (first << 8) | second;
}
