import { BuckyError } from '../bucky-error.js';

/** What a reader takes before it refuses with `limit`. */
export interface ReaderLimits {
  /** Bytes of element headers and of values that are kept in memory, after inflating. */
  readonly headerBytes: number;
  /** Sequences within each other. */
  readonly depth: number;
  /** Data Elements, items, fragments and Frames, each counted; a bulk value counts for some more. */
  readonly elements: number;
  /** Bytes of one value of text. */
  readonly valueBytes: number;
  /** A binary value longer than this is left in the file as bulk data. */
  readonly inlineBytes: number;
  /** How many times its deflated size a Data Set may be, once it is over 64 MiB. */
  readonly inflatedRatio: number;
}

const mebibyte = 2 ** 20;

/** Wide enough for every real object we know of, narrow enough for a small server. */
export const defaultReaderLimits: ReaderLimits = {
  headerBytes: 16 * mebibyte,
  depth: 32,
  elements: 1_000_000,
  valueBytes: 4 * mebibyte,
  inlineBytes: 1024,
  inflatedRatio: 200,
};

/** Counts against the limits of one reader. */
export class ReaderBudget {
  readonly limits: ReaderLimits;
  #elements = 0;
  #headerBytes = 0;

  constructor(limits: Partial<ReaderLimits>) {
    this.limits = { ...defaultReaderLimits, ...limits };
  }

  /** What has been counted so far: some 250 bytes of memory each. */
  get elements(): number {
    return this.#elements;
  }

  /** Counts `count` elements and the bytes kept for them. */
  spend(count: number, bytes: number): void {
    this.#elements += count;
    this.#headerBytes += bytes;
    if (this.#elements > this.limits.elements) throw overLimit('elements', this.limits.elements);
    if (this.#headerBytes > this.limits.headerBytes) throw overLimit('headerBytes', this.limits.headerBytes);
  }
}

/** Makes the refusal for a limit. */
export function overLimit(limit: keyof ReaderLimits, value: number): BuckyError {
  return new BuckyError('limit', `The file goes past the limit ${limit}, ${value}`);
}
