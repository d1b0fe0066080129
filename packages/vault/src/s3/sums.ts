import { createHash } from 'node:crypto';
import { addCrc32 } from './crc32.js';

/** The checksums that go with the bytes of one request. */
export interface Sums {
  readonly crc32: number;
  /** In hexadecimal, as the signature of a request wants it. */
  readonly sha256: string;
}

/**
 * Works out the checksums of a request while its bytes arrive. Left to the S3 client, a part of 8 MiB is hashed in one
 * go when it is sent, and keeps the event loop busy for 12 ms.
 */
export class Summing {
  readonly #sha256 = createHash('sha256');
  #crc32 = 0;

  add(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#crc32 = addCrc32(this.#crc32, bytes);
  }

  /** Ends the sums; nothing can be added afterwards. */
  end(): Sums {
    return { crc32: this.#crc32, sha256: this.#sha256.digest('hex') };
  }
}
