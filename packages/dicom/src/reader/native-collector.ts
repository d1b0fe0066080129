import { appendCrc32, crc32, crc32Shift } from '../crc32.js';
import type { FrameTable } from '../frame-table.js';
import { nativeFrames } from '../frames/native-frames.js';
import type { ReaderBudget } from './reader-limits.js';

/** From here on, joining the CRC-32 of Frames costs less than going over their bytes once more. */
const joinedFrom = 4096;

/**
 * Works out the CRC-32 of each native Frame, and of the whole value, while it passes by. Frames of 1-bit pixels may share
 * a byte.
 */
export class NativeCollector {
  readonly #offset: number;
  readonly #frameBits: number;
  /** Frames that are there as a whole. */
  readonly #numberOfFrames: number;
  readonly #crc32s: number[] = [];
  /** Bytes seen so far. */
  #position = 0;
  /** Where the Frame under way ends, counted like `#position`. */
  #frameEnd: number;
  #crc32 = 0;
  /** For large Frames of whole bytes: see {@link appendCrc32}. */
  readonly #shift: number | undefined;
  #wholeCrc32 = 0;

  constructor(offset: number, frames: { readonly frameBits: number; readonly count: number; budget: ReaderBudget }) {
    frames.budget.spend(frames.count, 0);
    this.#offset = offset;
    this.#frameBits = frames.frameBits;
    this.#numberOfFrames = frames.count;
    this.#frameEnd = Math.ceil(frames.frameBits / 8);
    const isJoined = frames.frameBits % 8 === 0 && this.#frameEnd >= joinedFrom;
    this.#shift = isJoined ? crc32Shift(this.#frameEnd) : undefined;
  }

  /** CRC-32 of all that has passed, up to the last whole Frame or to the end of the value. */
  get crc32(): number {
    return this.#wholeCrc32;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    if (this.#shift === undefined) this.#wholeCrc32 = crc32(bytes, this.#wholeCrc32);
    while (at < bytes.length && this.#crc32s.length < this.#numberOfFrames) {
      const count = Math.min(bytes.length - at, this.#frameEnd - this.#position);
      this.#crc32 = crc32(count === bytes.length ? bytes : bytes.subarray(at, at + count), this.#crc32);
      at += count;
      this.#position += count;
      while (this.#position === this.#frameEnd && this.#crc32s.length < this.#numberOfFrames) {
        this.#endFrame(bytes[at - 1]!);
      }
    }
    if (this.#shift !== undefined && at < bytes.length) this.#wholeCrc32 = crc32(bytes.subarray(at), this.#wholeCrc32);
  }

  finish(): FrameTable {
    return nativeFrames(this.#offset, this.#frameBits, this.#crc32s);
  }

  /** Ends a Frame; the next one may begin with some bits of the same byte. */
  #endFrame(lastByte: number): void {
    this.#crc32s.push(this.#crc32);
    if (this.#shift !== undefined) this.#wholeCrc32 = appendCrc32(this.#wholeCrc32, this.#crc32, this.#shift);
    const nextStart = Math.floor((this.#crc32s.length * this.#frameBits) / 8);
    this.#crc32 = nextStart < this.#position ? crc32(Uint8Array.of(lastByte)) : 0;
    this.#frameEnd = Math.ceil(((this.#crc32s.length + 1) * this.#frameBits) / 8);
  }
}
