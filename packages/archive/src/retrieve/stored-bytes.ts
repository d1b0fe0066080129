import { crc32 } from 'node:zlib';
import type { LocatedInstance } from '@bucky/catalog';
import { BuckyError, oneChunk, type ByteRange, type Bytes } from '@bucky/dicom';
import type { ObjectKey } from '@bucky/vault';
import type { Archive } from '../archive.js';

export interface OpenOptions {
  /** Within the value that is opened. */
  readonly range?: ByteRange;
  readonly signal?: AbortSignal;
}

/** Opens bytes of an Instance's original; `range` counts from its first byte. Throws `damaged` when the vault has lost them. */
export async function readStored(
  archive: Archive,
  located: Pick<LocatedInstance, 'location'>,
  options: OpenOptions = {},
): Promise<Bytes> {
  // Locations hold only keys that the vault's layout has made.
  const { key, offset, length } = located.location;
  const { start, end } = options.range ?? { start: 0, end: length };
  const range = { start: offset + start, end: offset + end };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  try {
    return await archive.vault.read(key as ObjectKey, { range, ...signal });
  } catch (error) {
    throw isLoss(error) ? lost(key, error) : error;
  }
}

function lost(key: string, cause: BuckyError): BuckyError {
  return new BuckyError('damaged', `Bytes of ${key} are lost: ${cause.message}`, { cause });
}

/** What a vault says of an object that is gone or cut short: no fault of who asks for what the catalog knows. */
function isLoss(error: unknown): error is BuckyError {
  return error instanceof BuckyError && (error.code === 'not-found' || error.code === 'range-unsatisfiable');
}

/**
 * Passes bytes on, holding back the last chunk until all of them agree with their CRC-32: damage is found before a body
 * is whole. Throws `damaged`.
 */
export async function* checked(bytes: Bytes, expected: { readonly crc32: number; readonly what: string }): Bytes {
  let sum = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of bytes) {
    if (held !== undefined) yield held;
    sum = crc32(chunk, sum);
    held = chunk;
  }
  if (sum !== expected.crc32) throw damaged(expected.what);
  if (held !== undefined) yield held;
}

/** The error for bytes that are not what was stored. */
export function damaged(what: string): BuckyError {
  return new BuckyError('damaged', `The stored bytes of ${what} do not agree with their CRC-32`);
}

/** Gives the bytes of a range of a body that begins at its first byte; leaves the body early when it may. */
export async function* slice(bytes: Bytes, { start, end }: ByteRange): Bytes {
  let position = 0;
  for await (const chunk of bytes) {
    const from = Math.max(0, start - position);
    const to = Math.min(chunk.length, end - position);
    if (from < to) yield chunk.subarray(from, to);
    position += chunk.length;
    if (position >= end) return;
  }
}

/**
 * Values up to this size are read whole for any range of them, so that the range is known to be right. A range of a longer
 * one is sent as it lies: to prove it, all of the value would have to be read first.
 */
export const provenRangeBytes = 2 ** 20;

/** Reads a small body to its end before it gives a range of it. Throws what reading to the end throws: `damaged`. */
export async function proven(bytes: Bytes, { start, end }: ByteRange): Promise<Bytes> {
  return oneChunk((await joined(bytes)).subarray(start, end));
}

/** Joins a body that is known to be small. */
export async function joined(bytes: Bytes): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Reads a body to its end for what its reading proves. */
export async function drain(bytes: Bytes): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}
