import type { FrameTable } from '../frame-table.js';
import { encapsulatedFrames } from '../frames/encapsulated-frames.js';
import { beginsImage, endLength, endsImage, findFrames, startLength, type BoundaryHints } from './frame-boundaries.js';
import type { ReaderBudget } from './reader-limits.js';

const noBytes = new Uint8Array(0);

/** Notes length, CRC-32, beginning and end of each fragment of Pixel Data while they pass by. @see PS3.5 A.4 */
export class FragmentCollector {
  readonly #budget: ReaderBudget;
  readonly #lengths: number[] = [];
  readonly #crc32s: number[] = [];
  readonly #starts: boolean[] = [];
  readonly #ends: boolean[] = [];
  #offset = 0;
  #head: Uint8Array = noBytes;
  #tail: Uint8Array = noBytes;

  constructor(budget: ReaderBudget) {
    this.#budget = budget;
  }

  get numberOfFragments(): number {
    return this.#lengths.length;
  }

  /** Begins a fragment whose value lies at `offset`. */
  begin(offset: number): void {
    this.#budget.spend(1, 0);
    if (this.#lengths.length === 0) this.#offset = offset;
    this.#head = noBytes;
    this.#tail = noBytes;
  }

  push(bytes: Uint8Array): void {
    const missing = startLength - this.#head.length;
    if (missing > 0) this.#head = joined(this.#head, bytes.subarray(0, missing));
    const last = bytes.subarray(-endLength);
    const excess = Math.max(0, this.#tail.length + last.length - endLength);
    this.#tail = joined(this.#tail.subarray(excess), last);
  }

  /** Ends the fragment, of which the length and the CRC-32 are known. */
  end(length: number, crc32: number): void {
    this.#lengths.push(length);
    this.#crc32s.push(crc32);
    this.#starts.push(beginsImage(this.#head));
    this.#ends.push(endsImage(this.#tail));
  }

  /** Makes the table; nothing when the Frames cannot be told apart. */
  finish(
    hints: Pick<BoundaryHints, 'numberOfFrames' | 'video' | 'basicOffsets' | 'extendedOffsets'>,
  ): FrameTable | undefined {
    const lengths = this.#lengths;
    const firsts = findFrames({ ...hints, lengths, starts: this.#starts, ends: this.#ends });
    return firsts && encapsulatedFrames({ offset: this.#offset, lengths, crc32s: this.#crc32s }, firsts);
  }

  /** A table without Frames, for fragments that nobody can tell apart. */
  empty(): FrameTable {
    return encapsulatedFrames({ offset: this.#offset, lengths: [], crc32s: [] }, []);
  }
}

/** Joins into an array of its own: what has passed by is not held on to. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
