import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BuckyError, Part10Reader, type InstanceIdentity, type Part10, type Uid } from '@bucky/dicom';
import type { Archive, Policies } from '../archive.js';
import { HeaderRoom } from './header-room.js';
import { isExecutable, magicLength } from '../retrieve/preamble.js';

/** What is known of a file once its last byte has passed. */
export interface Arrived {
  readonly part10: Part10;
  readonly sha256: string;
  readonly crc32: number;
  /** True when its preamble begins as a program, and so leaves by DICOMweb as zeros. */
  readonly executable: boolean;
}

/** One pass over the bytes of a file on its way in: parsed, hashed and counted while they go by. */
export class Arrival {
  #reader: Part10Reader;
  #identity: InstanceIdentity | undefined;
  readonly #policies: Policies;
  readonly #studyUid: Uid | undefined;
  readonly #sha256 = createHash('sha256');
  #crc32 = 0;
  #magic = Buffer.alloc(0);
  #size = 0;
  #studyChecked = false;
  readonly #room: HeaderRoom;

  /** With `studyUid`, a file of another study is refused as soon as that shows. @see PS3.18 10.5.1 */
  constructor(
    { policies, headerBudget }: Pick<Archive, 'policies' | 'headerBudget'>,
    { studyUid, signal }: { readonly studyUid?: Uid; readonly signal?: AbortSignal } = {},
  ) {
    this.#reader = new Part10Reader(policies.limits);
    this.#policies = policies;
    this.#studyUid = studyUid;
    this.#room = new HeaderRoom(headerBudget, policies, signal);
  }

  get identity(): InstanceIdentity | undefined {
    return this.#identity ?? this.#reader.identity;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes the next bytes, and waits while large headers fill the memory. Throws what the reader throws, `mismatch`, `limit`, `aborted`. */
  async look(chunk: Uint8Array): Promise<void> {
    this.#size += chunk.length;
    if (this.#size > this.#policies.partBytes) {
      throw new BuckyError('limit', `The file is larger than partBytes, ${this.#policies.partBytes} bytes`);
    }
    this.#reader.push(chunk);
    this.#sha256.update(chunk);
    this.#crc32 = crc32(chunk, this.#crc32);
    if (this.#magic.length < magicLength) this.#magic = Buffer.concat([this.#magic, chunk]).subarray(0, magicLength);
    this.#checkStudy();
    await this.#room.settle(this.#reader);
  }

  /** Lets go of what has been read but who it is: the rest of a bad file may take hours. */
  release(): void {
    this.#identity = this.identity;
    this.#reader = new Part10Reader();
    this.#room.release();
  }

  /** Ends the pass. Throws what the reader throws when the file is cut or says not who it is, and `mismatch`. */
  finish(): Arrived {
    const part10 = this.#reader.finish();
    this.#room.fit(this.#reader.elements);
    this.#checkStudy();
    return { part10, sha256: this.#sha256.digest('hex'), crc32: this.#crc32, executable: isExecutable(this.#magic) };
  }

  #checkStudy(): void {
    if (this.#studyChecked || this.#studyUid === undefined || this.identity === undefined) return;
    this.#studyChecked = true;
    if (this.identity.studyUid !== this.#studyUid) {
      throw new BuckyError('mismatch', 'The Study Instance UID of the file is not the one of the request');
    }
  }
}
