import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { BuckyError, type Bytes } from '@bucky/dicom';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

/** One file of a ZIP as its central directory tells of it: nothing in here is to be trusted. */
export interface ZipFileEntry {
  /** For people: what is no plain character is a question mark. Never a path to write to. */
  readonly name: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly crc32: number;
  /** Where it begins in the ZIP, which tells it from others of its name. */
  readonly offset: number;
  readonly isFolder: boolean;
  /** Why it cannot be opened, in words. */
  readonly obstacle: string | undefined;
  /**
   * Opens the bytes, inflated as they flow. No more come than `size` says, and the last waits until size and CRC-32 are
   * right (`corrupt`). It can be opened again, while the ZIP is open.
   */
  open(): Bytes;
}

/** A ZIP that is read one entry at a time. It stays open until each that holds it has released it; who opens it holds it. */
export class ZipReader {
  readonly #file: ZipFile;
  #holders = 1;

  private constructor(file: ZipFile) {
    this.#file = file;
  }

  /** Throws `corrupt` when it is no ZIP that can be read, and what the system throws. */
  static async open(path: string): Promise<ZipReader> {
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false };
    return new ZipReader(await openPromise(path, options).catch(throwDamaged));
  }

  /** Entries that its end promises, folders among them. */
  get entryCount(): number {
    return this.#file.entryCount;
  }

  hold(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#file.close();
  }

  /** Lists the entries; can be done once. Throws `corrupt` where the central directory is damaged. */
  async *entries(): AsyncIterable<ZipFileEntry> {
    const entries = this.#file.eachEntry();
    for (;;) {
      const next = await entries.next().catch(throwDamaged);
      if (next.done === true) return;
      yield this.#entry(next.value);
    }
  }

  #entry(entry: Entry): ZipFileEntry {
    const name = entry.fileNameRaw.toString('utf8');
    return {
      name: name.slice(0, longestName).replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?'),
      size: entry.uncompressedSize,
      compressedSize: entry.compressedSize,
      crc32: entry.crc32,
      offset: entry.relativeOffsetOfLocalHeader,
      isFolder: name.endsWith('/'),
      obstacle: obstacleOf(entry),
      open: () => checkedBody(this.#inflated(entry), entry),
    };
  }

  async *#inflated(entry: Entry): Bytes {
    const raw = await this.#file.openReadStreamPromise(entry, { decodeFileData: false });
    if (entry.compressionMethod === stored) {
      yield* raw as AsyncIterable<Buffer>;
      return;
    }
    const output = new PassThrough();
    const outcome = pipeline(raw, createInflateRaw(), output).catch((error: unknown) => error);
    try {
      yield* output as AsyncIterable<Buffer>;
    } finally {
      output.destroy(); // whoever has enough leaves early
      await outcome;
    }
  }
}

const [stored, deflated] = [0, 8];
/** Names longer than this are cut. */
const longestName = 300;

function obstacleOf(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'encrypted';
  const { compressionMethod: method } = entry;
  return method === stored || method === deflated
    ? undefined
    : `compressed with method ${method}, which is not read here`;
}

async function* checkedBody(bytes: Bytes, { uncompressedSize, crc32: expected }: Entry): Bytes {
  let [size, sum] = [0, 0];
  let held: Uint8Array | undefined;
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > uncompressedSize) throw new BuckyError('corrupt', 'The ZIP entry is larger than the ZIP says');
      sum = crc32(chunk, sum);
      if (held !== undefined) yield held;
      held = chunk;
    }
  } catch (error) {
    throwDamaged(error);
  }
  if (size < uncompressedSize) throw new BuckyError('corrupt', 'The ZIP entry is smaller than the ZIP says');
  if (sum !== expected) throw new BuckyError('corrupt', 'The ZIP entry does not agree with its CRC-32');
  if (held !== undefined) yield held;
}

/** What the system says stays; what the format's reader says is damage. */
function throwDamaged(error: unknown): never {
  const { syscall } = error as { syscall?: string };
  if (error instanceof BuckyError || syscall !== undefined) throw error;
  throw new BuckyError('corrupt', `The ZIP is damaged: ${error instanceof Error ? error.message : 'unknown error'}`);
}
