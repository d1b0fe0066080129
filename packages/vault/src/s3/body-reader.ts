import type { Bytes } from '@bucky/dicom';

/** Takes a body in pieces of the length that an upload wants, reading no further than asked. */
export class BodyReader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** Read, not yet taken. */
  #waiting: Uint8Array[] = [];
  #ended = false;

  constructor(body: Bytes) {
    this.#source = body[Symbol.asyncIterator]();
  }

  /** Takes a body that is at most `limit` bytes long; undefined for a longer one, of which nothing is lost then. */
  async takeShort(limit: number): Promise<Buffer | undefined> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= limit) continue;
      this.#waiting = chunks;
      return undefined;
    }
    return Buffer.concat(chunks, length);
  }

  /** Fills a buffer; tells how much of it, which is less than all only at the end of the body. */
  async fill(buffer: Uint8Array): Promise<number> {
    let length = 0;
    while (length < buffer.length) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      const fits = Math.min(chunk.length, buffer.length - length);
      buffer.set(fits === chunk.length ? chunk : chunk.subarray(0, fits), length);
      if (fits < chunk.length) this.#waiting.unshift(chunk.subarray(fits));
      length += fits;
    }
    return length;
  }

  /** Lets go of the body, read to its end or not. */
  async close(): Promise<void> {
    this.#waiting = [];
    if (!this.#ended) await this.#source.return?.();
    this.#ended = true;
  }

  async #next(): Promise<Uint8Array | undefined> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined || this.#ended) return waiting;
    const step = await this.#source.next();
    if (step.done === true) this.#ended = true;
    return step.done === true ? undefined : step.value;
  }
}
