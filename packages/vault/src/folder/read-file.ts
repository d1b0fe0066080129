import { open, type FileHandle } from 'node:fs/promises';
import { BuckyError, type ByteRange, type Bytes } from '@bucky/dicom';
import { throwIfAborted } from '../body.js';
import { assertRange } from '../range.js';
import type { ReadOptions } from '../vault.js';
import { folderError, isErrno } from './folder-error.js';

/** How much is read at a time. */
const pieceLength = 256 * 1024;
/** Up to this length a read is done, and its file closed, before it is promised: a frame is one read. */
const atOnceLimit = 1024 * 1024;

/** Opens a file for reading, or rejects with `not-found` or `range-unsatisfiable`. */
export async function readFile(path: string, key: string, { range, signal }: ReadOptions): Promise<Bytes> {
  throwIfAborted(signal);
  const handle = await openFile(path, key);
  let body: FileBody | undefined;
  try {
    if (range !== undefined && range.end - range.start <= atOnceLimit) {
      const bytes = await readAtOnce(handle, range);
      if (bytes !== undefined) return pieces(bytes);
    }
    const found = await handle.stat();
    if (!found.isFile()) throw notFound(key);
    if (range !== undefined) assertRange(range, found.size);
    const { start, end } = range ?? { start: 0, end: found.size };
    body = new FileBody(handle, { key, start, end, signal });
    return body;
  } catch (error) {
    if (isErrno(error, 'EISDIR')) throw notFound(key, error);
    throw folderError(error, `read ${key}`);
  } finally {
    if (body === undefined) await handle.close();
  }
}

async function openFile(path: string, key: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) throw notFound(key, error);
    throw folderError(error, `read ${key}`);
  }
}

/** Reads a short range with one system call; undefined when the file does not hold it, which the caller looks into. */
async function readAtOnce(handle: FileHandle, { start, end }: ByteRange): Promise<Uint8Array | undefined> {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start >= end) return undefined;
  const buffer = Buffer.allocUnsafeSlow(end - start);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  return bytesRead === buffer.length ? buffer : undefined;
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
async function* pieces(bytes: Uint8Array): Bytes {
  yield bytes;
}

interface Reading {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The bytes of an open file. Not a generator: one that is left before its first step would not run its `finally`, and
 * the file would stay open.
 */
class FileBody implements AsyncIterableIterator<Uint8Array> {
  readonly #handle: FileHandle;
  readonly #reading: Reading;
  #position: number;
  #closed: Promise<void> | undefined;

  constructor(handle: FileHandle, reading: Reading) {
    this.#handle = handle;
    this.#reading = reading;
    this.#position = reading.start;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { key, end, signal } = this.#reading;
    try {
      throwIfAborted(signal);
      if (this.#closed !== undefined || this.#position >= end) return await this.return();
      const buffer = Buffer.allocUnsafeSlow(Math.min(pieceLength, end - this.#position));
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#position);
      if (bytesRead === 0) throw new BuckyError('damaged', `Cannot read ${key} to its end: the file was cut short`);
      this.#position += bytesRead;
      return { done: false, value: buffer.subarray(0, bytesRead) };
    } catch (error) {
      await this.return();
      throw folderError(error, `read ${key}`);
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#closed ??= this.#handle.close();
    await this.#closed;
    return { done: true, value: undefined };
  }
}

function notFound(key: string, cause?: unknown): BuckyError {
  return new BuckyError('not-found', `Cannot read ${key}: there is no such object`, { cause });
}
