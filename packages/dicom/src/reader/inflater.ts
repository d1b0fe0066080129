import { Inflate } from 'fflate';
import { BuckyError } from '../bucky-error.js';
import { overLimit, type ReaderBudget } from './reader-limits.js';

/** Deflated bytes inflated at once: at most about a thousand times as many come out and are held. */
const stepBytes = 2048;
/** Below this size the ratio is not looked at: small Data Sets of zeros are honest. */
const freeBytes = 64 * 2 ** 20;
/** Deflated bytes that may give nothing: a stored block of 64 KiB comes out when it is whole. */
const silentBytes = 2 * 2 ** 16;

/** Inflates a Data Set step by step, synchronously. @see PS3.5 A.5 */
export class Inflater {
  readonly #inflate: Inflate;
  readonly #budget: ReaderBudget;
  readonly #give: (bytes: Uint8Array) => void;
  #deflated = 0;
  #inflated = 0;
  /** Deflated bytes since something came out. */
  #silent = 0;
  /** The last byte so far: the library only sees that a stream is cut while it has a byte left to read. */
  #held: Uint8Array = new Uint8Array(0);
  /** What came out of a step, given after it: an error of the receiver must not pass through the library. */
  #output: Uint8Array | undefined;

  constructor(budget: ReaderBudget, give: (bytes: Uint8Array) => void) {
    this.#budget = budget;
    this.#give = give;
    this.#inflate = new Inflate((bytes) => {
      this.#output = bytes;
    });
  }

  /** Takes deflated bytes and gives what they hold. Throws `corrupt` and `limit`. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#step(this.#held, false);
    for (let at = 0; at < chunk.length - 1; at += stepBytes) {
      this.#step(chunk.subarray(at, Math.min(at + stepBytes, chunk.length - 1)), false);
    }
    this.#held = Uint8Array.of(chunk.at(-1)!);
  }

  /** Ends the stream. Throws `corrupt` when it is cut. */
  finish(): void {
    this.#step(this.#held, true);
    if (this.#deflated === 0) throw new BuckyError('corrupt', 'Cannot inflate the data set: it has no bytes');
  }

  #step(bytes: Uint8Array, isLast: boolean): void {
    if (bytes.length === 0 && !isLast) return;
    try {
      this.#inflate.push(bytes, isLast);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown error';
      throw new BuckyError('corrupt', `Cannot inflate the data set after ${this.#deflated} bytes: ${why}`, {
        cause: error,
      });
    }
    const output = this.#output;
    this.#output = undefined;
    this.#count(bytes.length, output?.length ?? 0);
    if (output !== undefined && output.length > 0) this.#give(output);
  }

  #count(deflated: number, inflated: number): void {
    this.#deflated += deflated;
    this.#inflated += inflated;
    this.#silent = inflated === 0 ? this.#silent + deflated : 0;
    if (this.#silent > silentBytes) {
      throw new BuckyError(
        'corrupt',
        `Cannot inflate the data set after ${this.#deflated} bytes: it ended before them`,
      );
    }
    const { inflatedRatio } = this.#budget.limits;
    if (this.#inflated > freeBytes && this.#inflated > this.#deflated * inflatedRatio) {
      throw overLimit('inflatedRatio', inflatedRatio);
    }
  }
}
