import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { ObjectKey } from '../vault.js';
import { addCrc32, crc32Text } from './crc32.js';
import { nameOf } from './s3-error.js';
import { place, type Store } from './store.js';

/** What tells whether an object is the one that we sent. */
export interface Sent {
  readonly key: ObjectKey;
  readonly size: number;
  readonly crc32: number;
}

/** Tells whether a key is taken. */
export async function isTaken(store: Store, key: ObjectKey): Promise<boolean> {
  try {
    await store.client.send(new HeadObjectCommand(place(store, key)));
    return true;
  } catch (error) {
    if (nameOf(error) === 'NotFound') return false;
    throw error;
  }
}

/**
 * Tells whether what lies under a key is what we sent. When the answer to a write was lost, the write may have been
 * done; a second try then finds the key taken, by us.
 */
export async function isStored(store: Store, { key, size, crc32 }: Sent): Promise<boolean> {
  try {
    const head = await store.client.send(new HeadObjectCommand({ ...place(store, key), ChecksumMode: 'ENABLED' }));
    if (head.ContentLength !== size) return false;
    const sum = head.ChecksumCRC32;
    return sum === undefined || sum.includes('-') ? (await storedSum(store, key)) === crc32 : sum === crc32Text(crc32);
  } catch (error) {
    if (nameOf(error) === 'NotFound') return false;
    throw error;
  }
}

/** Takes back a write that its caller gave up while it was under way; best effort, as the store may be out of reach. */
export async function takeBack(store: Store, sent: Sent): Promise<void> {
  try {
    if (await isStored(store, sent)) await store.client.send(new DeleteObjectCommand(place(store, sent.key)));
  } catch {
    // What stays is an orphan under a key that nobody was told of: the sweeper's work.
  }
}

/** Stores that give no checksum back are read. */
async function storedSum(store: Store, key: ObjectKey): Promise<number> {
  const { Body } = await store.client.send(new GetObjectCommand(place(store, key)));
  let sum = 0;
  if (Body instanceof Readable) for await (const chunk of Body) sum = addCrc32(sum, chunk as Uint8Array);
  return sum;
}
