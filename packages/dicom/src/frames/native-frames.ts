import type { FrameLocation, FrameTable } from '../frame-table.js';
import { checkFrameNumber, viewOfTable } from './packed-table.js';

/** First byte of a packed table of native Frames. */
export const nativeKind = 1;

/** 0 1 kind, 1 8 offset of the value, 9 8 bits of a Frame, 17 4 Number of Frames, 21 4 each CRC-32; little endian. */
const headLength = 21;

/** Native Frames: each as long as the other, one after the other, to the bit. @see PS3.5 8.1.1 */
class NativeFrames implements FrameTable {
  readonly kind = 'native';
  readonly numberOfFrames: number;
  readonly #view: DataView;
  readonly #offset: number;
  readonly #frameBits: number;

  constructor(view: DataView) {
    this.#view = view;
    this.#offset = Number(view.getBigUint64(1, true));
    this.#frameBits = Number(view.getBigUint64(9, true));
    this.numberOfFrames = view.getUint32(17, true);
  }

  frame(frameNumber: number): FrameLocation {
    checkFrameNumber(frameNumber, this.numberOfFrames);
    const frameIndex = frameNumber - 1;
    const firstBit = frameIndex * this.#frameBits;
    const start = this.#offset + Math.floor(firstBit / 8);
    const end = this.#offset + Math.ceil((firstBit + this.#frameBits) / 8);
    return {
      start,
      end,
      fragments: [{ offset: start, length: end - start }],
      crc32: this.#view.getUint32(headLength + 4 * frameIndex, true),
      bitOffset: firstBit % 8,
      bitLength: this.#frameBits,
    };
  }

  encode(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset, this.#view.byteLength);
  }
}

/** Makes the table of native Frames whose value begins at `offset`. */
export function nativeFrames(offset: number, frameBits: number, crc32s: readonly number[]): FrameTable {
  const view = new DataView(new ArrayBuffer(headLength + 4 * crc32s.length));
  view.setUint8(0, nativeKind);
  view.setBigUint64(1, BigInt(offset), true);
  view.setBigUint64(9, BigInt(frameBits), true);
  view.setUint32(17, crc32s.length, true);
  crc32s.forEach((crc32, frameIndex) => {
    view.setUint32(headLength + 4 * frameIndex, crc32, true);
  });
  return new NativeFrames(view);
}

/** Unpacks a table of native Frames. Throws `damaged`. */
export function decodeNativeFrames(bytes: Uint8Array): FrameTable {
  return new NativeFrames(viewOfTable(bytes, headLength, (view) => headLength + 4 * view.getUint32(17, true)));
}
