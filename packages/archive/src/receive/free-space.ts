import { statfs } from 'node:fs/promises';
import { BuckyError } from '@bucky/dicom';
import type { Vault } from '@bucky/vault';

/** Bytes that are written, over all uploads, between two looks at the disk. */
const bytesBetweenLooks = 16 * 2 ** 20;

/** What is watched, and how much of it must stay free. */
export interface WatchedSpace {
  readonly vault: Pick<Vault, 'freeBytes'>;
  /** Folder on the disk of the data folder. */
  readonly folder: string;
  readonly reservedBytes: number;
}

/** The free space of vault and data folder: looked at before an upload and again and again while bytes come. */
export class FreeSpace {
  readonly #watched: WatchedSpace;
  #unseen = 0;

  constructor(watched: WatchedSpace) {
    this.#watched = watched;
  }

  /** Counts bytes that are about to be written; looks at the disk when many have come. Throws `full`. */
  async take(bytes: number): Promise<void> {
    this.#unseen += bytes;
    if (this.#unseen < bytesBetweenLooks) return;
    await this.check(); // while it is full, each call looks again
    this.#unseen = 0;
  }

  /** Throws `full` while vault or data folder have less free than is reserved. */
  async check(): Promise<void> {
    const { vault, folder, reservedBytes } = this.#watched;
    const { bavail, bsize } = await statfs(folder);
    const free = Math.min(bavail * bsize, (await vault.freeBytes()) ?? Infinity);
    if (free < reservedBytes) {
      throw new BuckyError('full', 'The archive has less free space than is reserved, so nothing more is stored');
    }
  }
}
