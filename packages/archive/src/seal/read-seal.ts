import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, gunzip } from 'node:zlib';
import { readSearchable, type DicomJsonObject, type InstanceRecord } from '@bucky/catalog';
import { BuckyError, type Bytes } from '@bucky/dicom';
import type { ObjectKey, Vault } from '@bucky/vault';
import { gunzipped } from '../retrieve/gunzipped.js';
import { joined } from '../retrieve/stored-bytes.js';
import { sealHeaderLength, type SealedInstance } from './write-seal.js';

const expand = promisify<Uint8Array, Buffer>(gunzip);
const deflate = promisify<Uint8Array, { level: number; finishFlush: number }, Buffer>(deflateRaw);

/**
 * Reads the records that a seal holds, in its order; at its end tells of the first member, with all its metadata. Throws
 * `damaged` when it is none, and what the vault throws.
 */
export async function* readSeal(
  vault: Vault,
  { key, size }: { readonly key: ObjectKey; readonly size: number },
  onMember: (member: { readonly length: number; readonly crc32: number }) => void,
): AsyncIterable<InstanceRecord> {
  const length = await memberLength(vault, { key, size });
  const tail = await joined(await vault.read(key, { range: { start: length, end: size } }));
  const index = await readIndex(tail, key);
  const member = { length, crc32: 0 };
  const text = new TextReader(gunzipped(summed(await vault.read(key, { range: { start: 0, end: length } }), member)));
  for (const instance of index) {
    await text.take(1); // the bracket, or the comma before
    const bytes = await text.take(instance.metadata.length);
    if (crc32(bytes) !== instance.metadata.crc32) throw damaged(key);
    yield await recordOf(instance, bytes);
  }
  await text.end();
  onMember(member);
}

/** Passes bytes on and sums them up. */
async function* summed(bytes: Bytes, sum: { crc32: number }): Bytes {
  for await (const chunk of bytes) {
    sum.crc32 = crc32(chunk, sum.crc32);
    yield chunk;
  }
}

async function memberLength(vault: Vault, { key, size }: { key: ObjectKey; size: number }): Promise<number> {
  if (size < sealHeaderLength) throw damaged(key);
  const header = Buffer.from(await joined(await vault.read(key, { range: { start: 0, end: sealHeaderLength } })));
  const length = Number(header.readBigUInt64LE(16));
  if (header.toString('latin1', 12, 14) !== 'BK' || length < sealHeaderLength || length >= size) throw damaged(key);
  return length;
}

async function readIndex(tail: Uint8Array, key: string): Promise<readonly SealedInstance[]> {
  try {
    const { instances } = JSON.parse((await expand(tail)).toString('utf8')) as { instances?: unknown };
    if (Array.isArray(instances)) return instances as SealedInstance[]; // written by us, its gzip checked
  } catch (error) {
    throw new BuckyError('damaged', `The seal ${key} cannot be read`, { cause: error });
  }
  throw damaged(key);
}

async function recordOf(instance: SealedInstance, bytes: Buffer): Promise<InstanceRecord> {
  const { frameTable, metadata, ...rest } = instance;
  const json = JSON.parse(bytes.toString('utf8')) as DicomJsonObject; // written by us, its CRC-32 checked
  const deflated = await deflate(bytes, { level: 6, finishFlush: constants.Z_SYNC_FLUSH });
  return {
    ...rest,
    metadata: { deflated, ...metadata },
    searchable: readSearchable(json),
    ...(frameTable === undefined ? {} : { frameTable: Uint8Array.from(Buffer.from(frameTable, 'base64')) }),
  };
}

/** Takes a stream apart by lengths. */
class TextReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: Bytes) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  /** Reads what is left to its end, and lets it go. */
  async end(): Promise<void> {
    while ((await this.#iterator.next()).done !== true);
  }

  async take(length: number): Promise<Buffer> {
    const pieces = [this.#rest];
    let size = this.#rest.length;
    while (size < length) {
      const next = await this.#iterator.next();
      if (next.done === true) throw new BuckyError('damaged', 'A seal is shorter than it says');
      pieces.push(Buffer.from(next.value));
      size += next.value.length;
    }
    const all = pieces.length === 1 ? this.#rest : Buffer.concat(pieces);
    this.#rest = all.subarray(length);
    return all.subarray(0, length);
  }
}

function damaged(key: string): BuckyError {
  return new BuckyError('damaged', `The seal ${key} cannot be read`);
}
