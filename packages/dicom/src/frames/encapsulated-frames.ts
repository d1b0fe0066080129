import { combineCrc32 } from '../crc32.js';
import type { Fragment, FrameLocation, FrameTable } from '../frame-table.js';
import { checkFrameNumber, viewOfTable } from './packed-table.js';

/** First byte of a packed table where each fragment is a Frame. */
export const encapsulatedKind = 2;
/** First byte of a packed table where a Frame may have several fragments. */
export const groupedKind = 3;

/**
 * 0 1 kind, 1 4 number of fragments, 5 4 Number of Frames, then 4 each length of a fragment, 4 each CRC-32 of a Frame, when
 * grouped 4 each index of a Frame's first fragment, and 8 each offset of the value of every 64th fragment; little endian.
 */
const headLength = 9;

/** Offsets are noted for one fragment of so many; from there on, lengths are added up. */
const stride = 64;

/** Bytes of an item's header, which lie between fragments: Tag and length. @see PS3.5 A.4 */
export const itemHeaderLength = 8;

/** What is known of the fragments of encapsulated Pixel Data: columns of one table. */
export interface FragmentColumns {
  /** Of the first fragment's value. */
  readonly offset: number;
  readonly lengths: readonly number[];
  readonly crc32s: readonly number[];
}

/** Encapsulated Frames. Fragments lie one after the other, so that lengths are all it takes to find them. @see PS3.5 A.4 */
class EncapsulatedFrames implements FrameTable {
  readonly kind = 'encapsulated';
  readonly numberOfFrames: number;
  readonly #view: DataView;
  readonly #numberOfFragments: number;
  readonly #grouped: boolean;

  constructor(view: DataView) {
    this.#view = view;
    this.#grouped = view.getUint8(0) === groupedKind;
    this.#numberOfFragments = view.getUint32(1, true);
    this.numberOfFrames = view.getUint32(5, true);
  }

  frame(frameNumber: number): FrameLocation {
    checkFrameNumber(frameNumber, this.numberOfFrames);
    const frameIndex = frameNumber - 1;
    const fragments: Fragment[] = [];
    let bytes = 0;
    const first = this.#firstFragment(frameIndex);
    const past = frameIndex + 1 === this.numberOfFrames ? this.#numberOfFragments : this.#firstFragment(frameIndex + 1);
    for (let fragment = first, offset = this.#offsetOf(first); fragment < past; fragment += 1) {
      const length = this.#lengthOf(fragment);
      fragments.push({ offset, length });
      offset += length + itemHeaderLength;
      bytes += length;
    }
    const last = fragments.at(-1);
    const start = fragments[0]?.offset ?? 0;
    return {
      start,
      end: last === undefined ? start : last.offset + last.length,
      fragments,
      crc32: this.#view.getUint32(headLength + 4 * (this.#numberOfFragments + frameIndex), true),
      bitOffset: 0,
      bitLength: 8 * bytes,
    };
  }

  encode(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset, this.#view.byteLength);
  }

  #firstFragment(frameIndex: number): number {
    if (!this.#grouped) return frameIndex;
    const at = headLength + 4 * (this.#numberOfFragments + this.numberOfFrames + frameIndex);
    return this.#view.getUint32(at, true);
  }

  #lengthOf(fragment: number): number {
    return this.#view.getUint32(headLength + 4 * fragment, true);
  }

  #offsetOf(fragment: number): number {
    const columns = this.#grouped ? 2 * this.numberOfFrames : this.numberOfFrames;
    const noted = Math.floor(fragment / stride);
    const at = headLength + 4 * (this.#numberOfFragments + columns) + 8 * noted;
    let offset = Number(this.#view.getBigUint64(at, true));
    for (let before = noted * stride; before < fragment; before += 1) {
      offset += this.#lengthOf(before) + itemHeaderLength;
    }
    return offset;
  }
}

function lengthOfTable(about: { fragments: number; frames: number; grouped: boolean }): number {
  const columns = about.fragments + (about.grouped ? 2 : 1) * about.frames;
  return headLength + 4 * columns + 8 * Math.ceil(about.fragments / stride);
}

/** Makes the table of encapsulated Frames; `firsts` are the indices of each Frame's first fragment, ascending. */
export function encapsulatedFrames(fragments: FragmentColumns, firsts: readonly number[]): FrameTable {
  const { lengths, crc32s } = fragments;
  const grouped = firsts.length !== lengths.length;
  const about = { fragments: lengths.length, frames: firsts.length, grouped };
  const view = new DataView(new ArrayBuffer(lengthOfTable(about)));
  view.setUint8(0, grouped ? groupedKind : encapsulatedKind);
  view.setUint32(1, lengths.length, true);
  view.setUint32(5, firsts.length, true);
  let at = headLength;
  const put = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  lengths.forEach(put);
  firsts.forEach((first, frameIndex) => {
    let sum = crc32s[first]!;
    const past = firsts[frameIndex + 1] ?? lengths.length;
    for (let fragment = first + 1; fragment < past; fragment += 1) {
      sum = combineCrc32(sum, crc32s[fragment]!, lengths[fragment]!);
    }
    put(sum);
  });
  if (grouped) firsts.forEach(put);
  let offset = fragments.offset;
  lengths.forEach((length, fragment) => {
    if (fragment % stride === 0) {
      view.setBigUint64(at, BigInt(offset), true);
      at += 8;
    }
    offset += length + itemHeaderLength;
  });
  return new EncapsulatedFrames(view);
}

/** Unpacks a table of encapsulated Frames. Throws `damaged`. */
export function decodeEncapsulatedFrames(bytes: Uint8Array): FrameTable {
  const grouped = bytes[0] === groupedKind;
  return new EncapsulatedFrames(
    viewOfTable(bytes, headLength, (view) =>
      lengthOfTable({ fragments: view.getUint32(1, true), frames: view.getUint32(5, true), grouped }),
    ),
  );
}
