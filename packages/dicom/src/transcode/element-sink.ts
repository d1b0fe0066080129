import { swapWords } from '../swap-words.js';
import type { Tag } from '../tag.js';
import { longLength, type Vr } from '../vr.js';

/** Bytes of output that are given at once; more only when one piece of a value is larger. */
const chunkLength = 64 * 1024;

/** Writes Data Elements in little endian and gives them in chunks, which belong to the receiver. @see PS3.5 7.1 */
export class ElementSink {
  readonly #give: (chunk: Uint8Array) => void;
  #chunk = Buffer.allocUnsafe(chunkLength);
  #at = 0;

  constructor(give: (chunk: Uint8Array) => void) {
    this.#give = give;
  }

  /** Writes the header of an element, with its VR when the target has explicit VRs. */
  header(tag: Tag, length: number, vr: Vr | undefined): void {
    this.#reserve(12);
    const start = this.#at;
    this.#chunk.writeUInt16LE(tag >>> 16, start); // 0 2 group
    this.#chunk.writeUInt16LE(tag & 0xffff, start + 2); // 2 2 element
    if (vr === undefined) {
      this.#chunk.writeUInt32LE(length, start + 4); // 4 4 length
      this.#at = start + 8;
      return;
    }
    this.#chunk.write(vr, start + 4, 'latin1'); // 4 2 VR
    if (longLength.has(vr)) {
      this.#chunk.writeUInt16LE(0, start + 6); // 6 2 reserved
      this.#chunk.writeUInt32LE(length, start + 8); // 8 4 length
      this.#at = start + 12;
    } else {
      this.#chunk.writeUInt16LE(length, start + 6); // 6 2 length
      this.#at = start + 8;
    }
  }

  /** Copies bytes of a value, each word of `word` bytes turned round; 1 leaves all as it is. */
  value(bytes: Uint8Array, word = 1): void {
    if (bytes.length > chunkLength - this.#at) this.flush();
    if (bytes.length > chunkLength) {
      this.#give(swapWords(Buffer.from(bytes), word));
      return;
    }
    this.#chunk.set(bytes, this.#at);
    if (word > 1) swapWords(this.#chunk.subarray(this.#at, this.#at + bytes.length), word);
    this.#at += bytes.length;
  }

  /** Gives what is left. */
  flush(): void {
    if (this.#at === 0) return;
    this.#give(this.#chunk.subarray(0, this.#at));
    this.#chunk = Buffer.allocUnsafe(chunkLength);
    this.#at = 0;
  }

  #reserve(count: number): void {
    if (count > chunkLength - this.#at) this.flush();
  }
}
