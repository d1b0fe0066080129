const nothing = new Uint8Array(0);
/** Bytes in which small copies lie together. */
const slabLength = 4096;

/**
 * Hands out pushed bytes in order. What a push leaves unread is copied, so that no chunk is held beyond its push; reading
 * from the chunk itself copies nothing.
 */
export class ByteCursor {
  /** Bytes at hand, from `at` to `end`. Another array after each push. */
  bytes: Uint8Array = nothing;
  at = 0;
  end = 0;
  /** No more bytes will come. */
  ended = false;
  /** Position of `bytes[0]`. */
  #base: number;
  #own: Uint8Array = nothing;
  #slab: Uint8Array = nothing;
  #slabAt = 0;

  constructor(position = 0) {
    this.#base = position;
  }

  /** Bytes read so far, counted from where the cursor began. */
  get position(): number {
    return this.#base + this.at;
  }

  get available(): number {
    return this.end - this.at;
  }

  has(count: number): boolean {
    return this.end - this.at >= count;
  }

  append(chunk: Uint8Array): void {
    const left = this.available;
    this.#base += this.at;
    if (left === 0) {
      this.bytes = chunk;
    } else {
      this.#keep(left + chunk.length);
      this.#own.set(chunk, left);
    }
    this.at = 0;
    this.end = left + chunk.length;
  }

  /** Lets go of the chunk; to be called when a push is done. */
  settle(): void {
    if (this.bytes === this.#own) return;
    const left = this.available;
    this.#base += this.at;
    this.#keep(left);
    this.at = 0;
    this.end = left;
  }

  /** Gives the next bytes as a view that is good until the next push. */
  take(count: number): Uint8Array {
    const { bytes, at } = this;
    this.at = at + count;
    return at === 0 && bytes.length === count ? bytes : bytes.subarray(at, at + count);
  }

  /** Gives the next bytes as a copy, to keep. Small copies lie together in one array: that takes half the memory. */
  copy(count: number): Uint8Array {
    const { bytes, at } = this;
    this.at = at + count;
    if (count > slabLength / 8) return new Uint8Array(bytes.subarray(at, at + count));
    if (this.#slabAt + count > this.#slab.length) {
      this.#slab = new Uint8Array(slabLength);
      this.#slabAt = 0;
    }
    const slab = this.#slab;
    const start = this.#slabAt;
    this.#slabAt = start + count;
    // A loop: making a view to copy from costs more than the few bytes.
    for (let index = 0; index < count; index += 1) slab[start + index] = bytes[at + index]!;
    return new Uint8Array(slab.buffer, start, count);
  }

  skip(count: number): void {
    this.at += count;
  }

  /** Moves the unread bytes to the front of an array of our own with room for `capacity`. */
  #keep(capacity: number): void {
    const { bytes, at, end } = this;
    if (this.#own.length < capacity) {
      const grown = new Uint8Array(Math.max(capacity, 2 * this.#own.length, 256));
      grown.set(bytes.subarray(at, end));
      this.#own = grown;
    } else if (bytes === this.#own) {
      if (at > 0) bytes.copyWithin(0, at, end);
    } else {
      this.#own.set(bytes.subarray(at, end));
    }
    this.bytes = this.#own;
  }
}
