import { GetObjectCommand, HeadObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { BuckyError, type ByteRange, type Bytes } from '@bucky/dicom';
import { Readable } from 'node:stream';
import { abortedError, throwIfAborted } from '../body.js';
import { assertRange } from '../range.js';
import type { ObjectKey, ReadOptions } from '../vault.js';
import { addCrc32, crc32Text } from './crc32.js';
import { nameOf, s3Error } from './s3-error.js';
import { setHeader } from './set-header.js';
import { place, type Store } from './store.js';

/** Up to this length an answer is taken in, and its connection free again, before it is promised: a frame is one read. */
const atOnceLimit = 1024 * 1024;
/** How often a broken answer is asked for again, from where it broke, without a byte more. */
const resumesAtMost = 3;

interface Wanted {
  readonly key: ObjectKey;
  readonly range: ByteRange | undefined;
  readonly etag?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Opens an object, or rejects with `not-found` or `range-unsatisfiable`. */
export async function readObject(store: Store, key: ObjectKey, { range, signal }: ReadOptions): Promise<Bytes> {
  throwIfAborted(signal);
  if (range !== undefined && !(range.start >= 0 && range.start < range.end)) {
    const { ContentLength = 0 } = await store.client.send(new HeadObjectCommand(place(store, key)));
    assertRange(range, ContentLength); // An empty range has no form in HTTP.
    return pieces([]);
  }
  const body = new ObjectBody(store, { key, range, signal });
  await body.open();
  if (body.length > atOnceLimit) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return pieces(chunks);
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
async function* pieces(chunks: readonly Uint8Array[]): Bytes {
  yield* chunks;
}

/**
 * The bytes of an object, or a range of it. A connection that breaks is replaced by one that goes on at the same byte
 * of the same object; a whole object is compared with the CRC-32 that the store keeps of it.
 */
class ObjectBody implements AsyncIterableIterator<Uint8Array> {
  readonly #store: Store;
  readonly #wanted: Wanted;
  #stream: Readable | undefined;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #etag: string | undefined;
  /** CRC-32 as the store gives it, where it is one of the whole object. */
  #expected: string | undefined;
  #crc32 = 0;
  #position = 0;
  #end = 0;
  #resumes = 0;
  readonly #onAbort = () => this.#stream?.destroy();

  constructor(store: Store, wanted: Wanted) {
    this.#store = store;
    this.#wanted = wanted;
  }

  get length(): number {
    return this.#end - (this.#wanted.range?.start ?? 0);
  }

  async open(): Promise<void> {
    const { key, range, signal } = this.#wanted;
    const answer = await get(this.#store, this.#wanted);
    const { start, end, size } = extent(answer);
    this.#take(answer);
    if (range !== undefined && (start !== range.start || end !== range.end)) {
      this.#stream?.destroy();
      assertRange(range, size);
      throw new BuckyError('unavailable', `Cannot read a range of ${key}: the store answered with another one`);
    }
    this.#position = start;
    this.#end = end;
    this.#etag = answer.ETag;
    const sum = answer.ChecksumCRC32;
    if (range === undefined && sum?.includes('-') === false) this.#expected = sum;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { key, signal } = this.#wanted;
    try {
      for (;;) {
        throwIfAborted(signal);
        if (this.#stream === undefined) return { done: true, value: undefined };
        const chunk = await this.#nextChunk();
        if (chunk !== undefined) return { done: false, value: chunk };
        if (this.#position === this.#end) return await this.#finish();
        await this.#resume(undefined);
      }
    } catch (error) {
      await this.return();
      throw signal?.aborted === true ? abortedError(signal) : s3Error(error, `read ${key}`);
    }
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#wanted.signal?.removeEventListener('abort', this.#onAbort);
    this.#stream?.destroy();
    this.#stream = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Gets a chunk, or undefined at the end of what was sent; a broken connection is replaced. */
  async #nextChunk(): Promise<Uint8Array | undefined> {
    for (;;) {
      try {
        const step = await this.#chunks?.next();
        if (step === undefined || step.done === true) return undefined;
        const chunk = step.value.subarray(0, this.#end - this.#position);
        this.#position += chunk.length;
        this.#resumes = 0;
        if (this.#expected !== undefined) this.#crc32 = addCrc32(this.#crc32, chunk);
        return chunk;
      } catch (error) {
        throwIfAborted(this.#wanted.signal);
        await this.#resume(error);
      }
    }
  }

  async #resume(cause: unknown): Promise<void> {
    const { key, signal } = this.#wanted;
    this.#resumes += 1;
    if (this.#resumes > resumesAtMost || this.#etag === undefined) {
      throw new BuckyError('unavailable', `Cannot read ${key} to its end: the connection to the store broke`, {
        cause,
      });
    }
    const range = { start: this.#position, end: this.#end };
    const answer = await this.#sameObject(get(this.#store, { key, range, etag: this.#etag, signal }));
    this.#take(answer);
    const { start, end } = extent(answer);
    if (start !== range.start || end !== range.end) {
      throw new BuckyError('unavailable', `Cannot read the rest of ${key}: the store answered with another range`);
    }
  }

  /** Waits for the rest of an object. One that is not what it was cannot be read to its end: nothing here is ever replaced. */
  async #sameObject(answer: Promise<GetObjectCommandOutput>): Promise<GetObjectCommandOutput> {
    try {
      return await answer;
    } catch (error) {
      if (nameOf(error) !== 'PreconditionFailed') throw error;
      const message = `Cannot read ${this.#wanted.key} to its end: it was replaced meanwhile`;
      throw new BuckyError('damaged', message, { cause: error });
    }
  }

  async #finish(): Promise<IteratorResult<Uint8Array>> {
    if (this.#expected !== undefined && crc32Text(this.#crc32) !== this.#expected) {
      throw new BuckyError(
        'damaged',
        `Cannot read ${this.#wanted.key}: its bytes do not have the checksum the store keeps`,
      );
    }
    return this.return();
  }

  #take({ Body }: GetObjectCommandOutput): void {
    if (!(Body instanceof Readable)) throw new BuckyError('internal', 'The S3 client gave no stream');
    this.#stream?.destroy();
    this.#stream = Body;
    Body.on('error', ignore); // A destroyed stream may still tell of it.
    this.#chunks = Body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }
}

/** Asks for an object. The header for checksums is set here: the SDK's own switch also makes it verify them, in JavaScript. */
async function get(store: Store, { key, range, etag, signal }: Wanted): Promise<GetObjectCommandOutput> {
  const command = new GetObjectCommand({
    ...place(store, key),
    ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
    ...(etag === undefined ? {} : { IfMatch: etag }),
  });
  if (range === undefined) {
    command.middlewareStack.add(setHeader('x-amz-checksum-mode', 'ENABLED'), { step: 'build' });
  }
  return store.client.send(command, signal === undefined ? {} : { abortSignal: signal });
}

/** Reads which bytes of how many an answer holds. @see RFC 9110 14.4 */
function extent({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): ByteRange & { readonly size: number } {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange ?? '') ?? [];
  if (first === undefined || last === undefined) return { start: 0, end: ContentLength, size: ContentLength };
  return { start: Number(first), end: Number(last) + 1, size: Number(size) };
}

function ignore(): void {
  // Whoever iterates has been told.
}
