import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Bytes } from '@bucky/dicom';
import { abortedError, checkedBody, throwIfAborted } from '../body.js';
import { assertKey, assertPrefix, isObjectKey } from '../layout.js';
import type { ListedObject, ObjectKey, PutOptions, ReadOptions, StoredObject, Vault } from '../vault.js';
import { BodyReader } from './body-reader.js';
import { checkStore } from './check-store.js';
import { singleLimit } from './part-size.js';
import { putParts } from './put-parts.js';
import { putSingle } from './put-single.js';
import { readObject } from './read-object.js';
import { nameOf, s3Error } from './s3-error.js';
import { makeStore, place, type S3VaultOptions, type Store } from './store.js';

/** Opens a bucket, or a prefix in it, as vault. Connects to nothing yet: `check` tells whether it can be used. */
export function openS3Vault(options: S3VaultOptions): Vault {
  return new S3Vault(makeStore(options));
}

class S3Vault implements Vault {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async putNew(key: ObjectKey, body: Bytes, options: PutOptions = {}): Promise<StoredObject> {
    assertKey(key);
    const { size, signal } = options;
    throwIfAborted(signal);
    const stop = new AbortController();
    const sender = watched(body);
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const reader = new BodyReader(checkedBody(sender.body, { ...options, signal: either }));
    try {
      const short = (size ?? 0) > singleLimit ? undefined : await reader.takeShort(singleLimit);
      throwIfAborted(signal);
      if (short === undefined) return { size: await putParts(this.#store, { key, size, reader, signal, stop }) };
      await putSingle(this.#store, { key, summed: short, signal });
      return { size: short.bytes.length };
    } catch (error) {
      if (sender.failed()) throw error;
      throw signal?.aborted === true ? abortedError(signal) : s3Error(error, `store ${key}`);
    } finally {
      await reader.close();
    }
  }

  async read(key: ObjectKey, options: ReadOptions = {}): Promise<Bytes> {
    assertKey(key);
    try {
      return await readObject(this.#store, key, options);
    } catch (error) {
      throw options.signal?.aborted === true ? abortedError(options.signal) : s3Error(error, `read ${key}`);
    }
  }

  async stat(key: ObjectKey): Promise<StoredObject | undefined> {
    assertKey(key);
    try {
      const { ContentLength } = await this.#store.client.send(new HeadObjectCommand(place(this.#store, key)));
      return { size: ContentLength ?? 0 };
    } catch (error) {
      if (nameOf(error) === 'NotFound') return undefined;
      throw s3Error(error, `look at ${key}`);
    }
  }

  async *list(
    prefix: string,
    { after, signal }: { readonly after?: ObjectKey; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<ListedObject> {
    assertPrefix(prefix);
    const { client, bucket, prefix: above } = this.#store;
    let page: { ContinuationToken?: string | undefined; StartAfter?: string } =
      after === undefined ? {} : { StartAfter: above + after };
    do {
      throwIfAborted(signal);
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: above + prefix, ...page });
      const answer = await client.send(command, signal === undefined ? {} : { abortSignal: signal }).catch(refuse);
      for (const { Key = '', Size = 0 } of answer.Contents ?? []) {
        const key = Key.slice(above.length);
        if (isObjectKey(key)) yield { key, size: Size };
      }
      page = { ContinuationToken: answer.NextContinuationToken };
    } while (page.ContinuationToken !== undefined);
  }

  async delete(key: ObjectKey): Promise<void> {
    assertKey(key);
    try {
      await this.#store.client.send(new DeleteObjectCommand(place(this.#store, key)));
    } catch (error) {
      if (nameOf(error) !== 'NoSuchKey') throw s3Error(error, `delete ${key}`);
    }
  }

  check(): Promise<readonly string[]> {
    return checkStore(this, this.#store);
  }

  freeBytes(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    this.#store.client.destroy();
    this.#store.patient.destroy();
    return Promise.resolve();
  }
}

function refuse(error: unknown): never {
  throw s3Error(error, 'list the bucket');
}

/** Watches a body, to be able to tell what its sender throws from what the store throws. */
function watched(body: Bytes): { readonly body: Bytes; failed(): boolean } {
  let failed = false;
  async function* observed(): Bytes {
    try {
      yield* body;
    } catch (error) {
      failed = true;
      throw error;
    }
  }
  return { body: observed(), failed: () => failed };
}
