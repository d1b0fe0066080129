import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { combineCrc32 } from '@bucky/dicom';
import { throwIfAborted } from '../body.js';
import { takenError } from '../taken-error.js';
import type { ObjectKey } from '../vault.js';
import type { BodyReader, Summed } from './body-reader.js';
import { crc32Text } from './crc32.js';
import { partSize } from './part-size.js';
import { isSettledWell } from './put-single.js';
import { nameOf, s3Error } from './s3-error.js';
import { setHeader } from './set-header.js';
import { isTaken, type Sent } from './stored-already.js';
import { place, type Store } from './store.js';

/** Parts held at once: one is filled while the other travels. */
const partsAtOnce = 2;

interface PartsOptions {
  readonly key: ObjectKey;
  readonly size: number | undefined;
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal | undefined;
  /** Ends the reading of the body and all requests when a part fails. */
  readonly stop: AbortController;
}

/** Stores a long object in parts; it appears when all are there, whole. Whatever fails, the parts are removed. */
export async function putParts(
  store: Store,
  { key, reader, ...upload }: PartsOptions & { readonly reader: BodyReader },
): Promise<number> {
  if (await isTaken(store, key)) throw takenError(key); // Spares the sender the bytes; the condition decides.
  const parts = new PartUpload(store, { key, ...upload });
  try {
    await parts.begin();
    await parts.sendAll(reader);
    await parts.complete();
    return parts.size;
  } catch (error) {
    await parts.abandon();
    throw parts.failure ?? error;
  }
}

class PartUpload {
  readonly #store: Store;
  readonly #options: PartsOptions;
  /** Fires when the caller or we ourselves give up. */
  readonly #signal: AbortSignal;
  readonly #parts: CompletedPart[] = [];
  #uploadId: string | undefined;
  #inFlight: Promise<void>[] = [];
  #crc32 = 0;
  size = 0;
  /** What went wrong first with a part that travelled. */
  failure: Error | undefined;

  constructor(store: Store, options: PartsOptions) {
    const { signal, stop } = options;
    this.#store = store;
    this.#options = options;
    this.#signal = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  }

  async begin(): Promise<void> {
    const { client, abilities } = this.#store;
    const command = new CreateMultipartUploadCommand({
      ...place(this.#store, this.#options.key),
      ContentType: 'application/octet-stream',
      ChecksumAlgorithm: 'CRC32',
      ...(abilities.fullObjectChecksum ? { ChecksumType: 'FULL_OBJECT' as const } : {}),
    });
    try {
      const { UploadId } = await client.send(command, { abortSignal: this.#signal });
      this.#uploadId = UploadId;
    } catch (error) {
      if (!abilities.fullObjectChecksum || !isUnknownChecksum(error)) throw error;
      abilities.fullObjectChecksum = false;
      await this.begin();
    }
  }

  /** Fills one buffer while the others travel. The buffers are used again and again, so that memory stays flat. */
  async sendAll(reader: BodyReader): Promise<void> {
    const buffers: Buffer[] = [];
    for (let number = 1; ; number += 1) {
      const slot = number % partsAtOnce;
      await this.#inFlight[slot];
      const wanted = partSize(number, this.#options.size);
      let buffer = buffers[slot];
      if (buffer?.length !== wanted) buffers[slot] = buffer = Buffer.allocUnsafeSlow(wanted);
      const part = await reader.fill(buffer);
      if (part.bytes.length > 0) this.#inFlight[slot] = this.#send(number, part);
      if (part.bytes.length < wanted) break;
    }
    await Promise.all(this.#inFlight);
    throwIfAborted(this.#signal);
  }

  async complete(): Promise<void> {
    const { patient, abilities } = this.#store;
    const sent: Sent = { key: this.#options.key, size: this.size, crc32: this.#crc32 };
    const command = new CompleteMultipartUploadCommand({
      ...place(this.#store, this.#options.key),
      UploadId: this.#uploadId,
      MultipartUpload: { Parts: this.#parts },
      ...(abilities.conditionalComplete ? { IfNoneMatch: '*' } : {}),
      ...(abilities.fullObjectChecksum
        ? { ChecksumType: 'FULL_OBJECT' as const, ChecksumCRC32: crc32Text(this.#crc32) }
        : {}),
    });
    try {
      await patient.send(command, { abortSignal: this.#signal });
    } catch (error) {
      if (await isSettledWell(this.#store, { sent, error, signal: this.#options.signal })) return;
      if (nameOf(error) === 'NotImplemented' && abilities.conditionalComplete) {
        abilities.conditionalComplete = false;
        await this.complete();
        return;
      }
      throw error;
    }
  }

  /** Stops what travels, then removes what has arrived: parts that stay cost money and are seen by nobody. */
  async abandon(): Promise<void> {
    this.#options.stop.abort();
    await Promise.all(this.#inFlight);
    if (this.#uploadId === undefined) return;
    const command = new AbortMultipartUploadCommand({
      ...place(this.#store, this.#options.key),
      UploadId: this.#uploadId,
    });
    try {
      await this.#store.client.send(command);
    } catch {
      // The error that led here tells more; a lifecycle rule of the bucket removes what stays.
    }
  }

  /** Sends a part. Never rejects: the first failure is kept and ends the reading of the body. */
  async #send(number: number, { bytes, crc32, sha256 }: Summed): Promise<void> {
    this.size += bytes.length;
    this.#crc32 = combineCrc32(this.#crc32, crc32, bytes.length);
    const ChecksumCRC32 = crc32Text(crc32);
    const command = new UploadPartCommand({
      ...place(this.#store, this.#options.key),
      UploadId: this.#uploadId,
      PartNumber: number,
      Body: bytes,
      ContentLength: bytes.length,
      ChecksumCRC32,
    });
    command.middlewareStack.add(setHeader('x-amz-content-sha256', sha256), { step: 'build' });
    try {
      const { ETag } = await this.#store.client.send(command, { abortSignal: this.#signal });
      this.#parts[number - 1] = { PartNumber: number, ETag, ChecksumCRC32 };
    } catch (error) {
      if (this.#signal.aborted) return;
      this.failure = s3Error(error, `store part ${number} of ${this.#options.key}`);
      this.#options.stop.abort();
    }
  }
}

/** What a store says that does not know this kind of checksum; any other refusal, as of an expired token, stays one. */
const unknownChecksum = ['NotImplemented', 'InvalidRequest', 'InvalidArgument', 'MalformedXML', 'BadRequest'];

function isUnknownChecksum(error: unknown): boolean {
  return unknownChecksum.includes(nameOf(error));
}
