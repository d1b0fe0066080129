import {
  CompleteMultipartUploadCommand,
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { BuckyError } from '@bucky/dicom';
import { randomBytes } from 'node:crypto';
import { checkKey } from '../layout.js';
import { proveVault } from '../prove-vault.js';
import type { ObjectKey, Vault } from '../vault.js';
import { addCrc32, crc32Text } from './crc32.js';
import { isSettled, nameOf, s3Error, statusOf } from './s3-error.js';
import { place, type Store } from './store.js';

/**
 * Proves that a bucket can be used, then finds out what the store ignores although it answers 200, and remembers it:
 * a store that replaces objects is asked before each write. Throws `configuration` for what only a person can mend.
 */
export async function checkStore(vault: Vault, store: Store): Promise<readonly string[]> {
  try {
    await store.client.send(new ListObjectsV2Command({ Bucket: store.bucket, Prefix: store.prefix, MaxKeys: 1 }));
    return await findIgnored(vault, store);
  } catch (thrown) {
    const error = s3Error(thrown, `use the bucket ${store.bucket}`);
    throw isSettled(error) ? new BuckyError('configuration', error.message, { cause: thrown }) : error;
  }
}

async function findIgnored(vault: Vault, store: Store): Promise<readonly string[]> {
  const ignored: string[] = [];
  const { keepsFirst } = await proveVault(vault);
  if (!keepsFirst) {
    store.abilities.conditionalPut = false;
    ignored.push(
      'the store replaces objects although asked not to (If-None-Match); Bucky looks before it writes instead',
    );
  }
  if (!(await completesOnce(vault, store))) {
    store.abilities.conditionalComplete = false;
    ignored.push('the store replaces objects by multipart uploads although asked not to; Bucky looks first instead');
  }
  if (!store.abilities.fullObjectChecksum) {
    ignored.push('the store keeps no checksum of the whole object for multipart uploads');
  }
  if (!(await refusesWrongChecksum(vault, store))) {
    ignored.push(
      'the store keeps bytes that do not match their checksum: damage on the way to it is not noticed at once',
    );
  }
  if (!(await givesChecksums(vault, store))) {
    ignored.push('the store gives no checksums back: damage in it is noticed by the checksums in the catalog only');
  }
  return ignored;
}

async function refusesWrongChecksum(vault: Vault, store: Store): Promise<boolean> {
  const key = freshKey();
  const ChecksumCRC32 = crc32Text(addCrc32(0, Buffer.from('other bytes')));
  try {
    await store.client.send(new PutObjectCommand({ ...place(store, key), Body: Buffer.from('bytes'), ChecksumCRC32 }));
    return false;
  } catch (error) {
    if (statusOf(error) === 400) return true;
    throw error;
  } finally {
    await vault.delete(key);
  }
}

async function givesChecksums(vault: Vault, store: Store): Promise<boolean> {
  const key = freshKey();
  await vault.putNew(key, bytes());
  try {
    const head = await store.client.send(new HeadObjectCommand({ ...place(store, key), ChecksumMode: 'ENABLED' }));
    return head.ChecksumCRC32 !== undefined;
  } finally {
    await vault.delete(key);
  }
}

/** Completes a small upload in parts under a key that is taken, which a store should refuse. */
async function completesOnce(vault: Vault, store: Store): Promise<boolean> {
  const key = freshKey();
  await vault.putNew(key, bytes());
  try {
    return await refusesToComplete(store, key);
  } finally {
    await vault.delete(key);
  }
}

async function refusesToComplete(store: Store, key: ObjectKey): Promise<boolean> {
  const at = place(store, key);
  const { UploadId } = await store.client.send(new CreateMultipartUploadCommand(at));
  try {
    const part = { ...at, UploadId, PartNumber: 1, Body: Buffer.from('part') };
    const { ETag } = await store.client.send(new UploadPartCommand(part));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await store.client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload, IfNoneMatch: '*' }));
    return false;
  } catch (error) {
    await store.client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    if (nameOf(error) === 'PreconditionFailed') return true;
    if (nameOf(error) === 'NotImplemented') return false;
    throw error;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
async function* bytes(): AsyncIterable<Uint8Array> {
  yield Buffer.from('bytes');
}

function freshKey(): ObjectKey {
  return checkKey(randomBytes(12).toString('hex'));
}
