import type { Bytes } from '@bucky/dicom';

/** A body that is read in more than one place, and remembers whether it was the sender that failed. */
export class Body {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #isAtEnd = false;
  #failure: Error | undefined;

  constructor(bytes: Bytes) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** What reading threw, if it did: the sender's fault, not that of the file. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Gives the next bytes, or undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    try {
      const result = await this.#iterator.next();
      if (result.done !== true) return result.value;
      this.#isAtEnd = true;
      return undefined;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error('The body could not be read', { cause: error });
      throw this.#failure;
    }
  }

  /** Reads what is left and lets it go. */
  async drain(): Promise<void> {
    while (!this.#isAtEnd) await this.next();
  }
}
