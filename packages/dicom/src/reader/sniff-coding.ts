import { dictionaryVr } from '../dictionary/dictionary.js';
import { tag } from '../tag.js';
import type { ByteCursor } from './byte-cursor.js';
import { uint32, undefinedLength, vrOfBytes, type Coding } from './element-header.js';

/** Bytes that {@link sniffCoding} looks at. */
export const sniffLength = 8;

/** Groups in which a Data Set may begin; in the wrong byte order they are 0x0400 and more. */
const lastFirstGroup = 0x00ff;

/** Longest value that a first element in Implicit VR may have, to be believed. */
const longestFirstValue = 0x00ffffff;

/**
 * Tells from the first element of a Data Set how it is written: a known VR in its place is explicit, and a Tag of the
 * dictionary with a likely length is implicit. Nothing when neither is so.
 * @see PS3.5 7.1
 */
export function sniffCoding(cursor: ByteCursor): Coding | undefined {
  if (!cursor.has(sniffLength)) return undefined;
  const { bytes, at } = cursor;
  const [first, second] = [bytes[at]!, bytes[at + 1]!];
  const littleGroup = first | (second << 8);
  const bigGroup = (first << 8) | second;
  const explicitVr = vrOfBytes(bytes[at + 4]!, bytes[at + 5]!) !== undefined;
  if (explicitVr && mayBeFirst(littleGroup)) return { byteOrder: 'little', explicitVr };
  if (explicitVr && mayBeFirst(bigGroup)) return { byteOrder: 'big', explicitVr };
  const element = bytes[at + 2]! | (bytes[at + 3]! << 8);
  const vr = dictionaryVr(tag(((littleGroup << 16) | element) >>> 0));
  const length = uint32(bytes, at + 4, true);
  const likely = length <= longestFirstValue || (length === undefinedLength && vr === 'SQ');
  if (mayBeFirst(littleGroup) && vr !== undefined && likely) return { byteOrder: 'little', explicitVr: false };
  return undefined;
}

function mayBeFirst(group: number): boolean {
  return group >= 0x0004 && group <= lastFirstGroup;
}
