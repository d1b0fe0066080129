import { dictionaryVr } from '../dictionary/dictionary.js';
import { tag as asTag, type Tag } from '../tag.js';
import { longLength, vrs, type Vr } from '../vr.js';
import type { ByteCursor } from './byte-cursor.js';

/** How the elements of a Data Set are written. */
export interface Coding {
  readonly byteOrder: 'little' | 'big';
  readonly explicitVr: boolean;
}

/** Length of a value that ends with a delimiter. @see PS3.5 7.1.1 */
export const undefinedLength = 0xffffffff;

/** Group of items and delimiters, which never have a VR. @see PS3.5 7.5 */
const itemGroup = 0xfffe;

interface VrCode {
  readonly vr: Vr;
  readonly isLong: boolean;
}

/** VRs by their two characters as one number, as both may lie in the file. */
const vrByCode: ReadonlyMap<number, VrCode> = new Map(
  vrs.map((vr) => [(vr.charCodeAt(0) << 8) | vr.charCodeAt(1), { vr, isLong: longLength.has(vr) }]),
);

/** Finds the VR that two bytes name. */
export function vrOfBytes(first: number, second: number): Vr | undefined {
  return vrByCode.get((first << 8) | second)?.vr;
}

/** The header of one Data Element, read again and again into the same object. @see PS3.5 7.1 */
export class ElementHeader {
  tag = asTag(0);
  vr: Vr = 'UN';
  /** True when the VR is the dictionary's, not the file's. */
  implied = false;
  length = 0;
  /** Bytes of the header itself: 8 or 12. */
  size = 8;

  /** Reads the header that lies ahead without moving the cursor; false when it is not all there. */
  read(cursor: ByteCursor, coding: Coding): boolean {
    if (!cursor.has(8)) return false;
    const { bytes, at } = cursor;
    const little = coding.byteOrder === 'little';
    // 0 2 group, 2 2 element
    const group = little ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
    const element = little ? bytes[at + 2]! | (bytes[at + 3]! << 8) : (bytes[at + 2]! << 8) | bytes[at + 3]!;
    this.tag = asTag(((group << 16) | element) >>> 0);
    if (!coding.explicitVr || group === itemGroup) return this.#readImplicit(bytes, at, little);
    const code = vrByCode.get((bytes[at + 4]! << 8) | bytes[at + 5]!);
    if (code === undefined) return this.#readOdd(cursor, little);
    this.vr = code.vr;
    this.implied = false;
    return code.isLong ? this.#readLong(cursor, little) : this.#readShort(bytes, at, little);
  }

  /** 4 4 length */
  #readImplicit(bytes: Uint8Array, at: number, little: boolean): true {
    this.vr = dictionaryVr(this.tag) ?? 'UN';
    this.implied = true;
    this.length = uint32(bytes, at + 4, little);
    this.size = 8;
    return true;
  }

  /** 4 2 VR, 6 2 length */
  #readShort(bytes: Uint8Array, at: number, little: boolean): true {
    this.length = little ? bytes[at + 6]! | (bytes[at + 7]! << 8) : (bytes[at + 6]! << 8) | bytes[at + 7]!;
    this.size = 8;
    return true;
  }

  /** 4 2 VR, 6 2 reserved, 8 4 length */
  #readLong(cursor: ByteCursor, little: boolean): boolean {
    if (!cursor.has(12)) return false;
    this.length = uint32(cursor.bytes, cursor.at + 8, little);
    this.size = 12;
    return true;
  }

  /**
   * A VR that we do not know. Two capitals are a VR of the future, whose length has 32 bits (PS3.5 6.2), unless the bytes
   * that would be reserved are in use. Other characters that print, and two zeros, are a blank or broken VR with the short
   * form. Other bytes are no VR at all but the length of an element written as in Implicit VR.
   */
  #readOdd(cursor: ByteCursor, little: boolean): boolean {
    const { bytes, at } = cursor;
    const first = bytes[at + 4]!;
    const second = bytes[at + 5]!;
    const isBlank = first === 0 && second === 0;
    if (!isBlank && (!isPrinting(first) || !isPrinting(second))) return this.#readImplicit(bytes, at, little);
    this.vr = dictionaryVr(this.tag) ?? 'UN';
    this.implied = true;
    if (this.vr === 'SQ') this.vr = 'UN'; // what it holds was not said to be items
    const future = isCapital(first) && isCapital(second) && bytes[at + 6] === 0 && bytes[at + 7] === 0;
    return future ? this.#readLong(cursor, little) : this.#readShort(bytes, at, little);
  }
}

/** Reads 32 bits, unsigned. */
export function uint32(bytes: Uint8Array, at: number, little: boolean): number {
  const [first, second, third, fourth] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  return little
    ? (first | (second << 8) | (third << 16) | (fourth << 24)) >>> 0
    : ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function isPrinting(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** Writes a Tag as people do: `(0008,0018)`. */
export function tagInText(tag: Tag): string {
  const digits = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}
