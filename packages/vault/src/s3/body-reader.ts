import type { Bytes } from '@bucky/dicom';
import { Summing, type Sums } from './sums.js';

/** Bytes for one request, and their checksums. */
export interface Summed extends Sums {
  readonly bytes: Uint8Array;
}

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
  async takeShort(limit: number): Promise<Summed | undefined> {
    const summing = new Summing();
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limit) {
        this.#waiting = chunks;
        return undefined;
      }
      summing.add(chunk);
    }
    return { bytes: Buffer.concat(chunks, length), ...summing.end() };
  }

  /** Fills a buffer; returns as much of it as was filled, which is less than all only at the end of the body. */
  async fill(buffer: Buffer): Promise<Summed> {
    const summing = new Summing();
    let length = 0;
    while (length < buffer.length) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      const fitting = chunk.subarray(0, buffer.length - length);
      if (fitting.length < chunk.length) this.#waiting.unshift(chunk.subarray(fitting.length));
      buffer.set(fitting, length);
      summing.add(fitting);
      length += fitting.length;
    }
    return { bytes: buffer.subarray(0, length), ...summing.end() };
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
