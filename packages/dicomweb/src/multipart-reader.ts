import { BuckyError, type Bytes } from '@bucky/dicom';

/** One part of a multipart body. What of `body` is not read is skipped when the next part is asked for. */
export interface Part {
  /** By name in lower case; of a header that comes twice the first counts. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Bytes;
}

/** Bytes of headers that one part may have. */
const headerLimit = 16 * 1024;
/** Bytes of padding that may stand behind a boundary. @see RFC 2046 5.1.1, transport-padding */
const paddingLimit = 1024;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const space = 0x20;
const tab = 0x09;
const dash = 0x2d;
const empty = Buffer.alloc(0);

const boundaryForm = /^[\d A-Za-z'()+_,\-./:=?]{0,199}[\dA-Za-z'()+_,\-./:=?]$/;

/**
 * Tells whether text may be a boundary: letters, the last no space. RFC 2046 lets them be 70; Orthanc's plugin sends 73.
 * @see RFC 2046 5.1.1
 */
export function isBoundary(text: string): boolean {
  return boundaryForm.test(text);
}

/** Walks the parts of a multipart body as they arrive. Throws `invalid`, also when the close delimiter is missing. @see RFC 2046 5.1 */
export async function* readMultipart(body: Bytes, boundary: string): AsyncGenerator<Part, void, undefined> {
  if (!isBoundary(boundary)) throw new BuckyError('invalid', 'The boundary is not one of 1 to 200 allowed characters');
  const reader = new MultipartReader(body, boundary);
  try {
    await reader.skip();
    while (!reader.isClosed) {
      const headers = await reader.readHeaders();
      yield { headers, body: reader.part() };
      await reader.skip();
    }
    await reader.drain();
  } finally {
    await reader.close();
  }
}

/** Where the search for the next delimiter stands. Chunks are passed on as they came; only what straddles two is joined. */
class MultipartReader {
  /** LF, two dashes, boundary: a CR in front of it is looked at afterwards, so that lines may end in LF alone. */
  readonly #delimiter: Buffer;
  readonly #iterator: AsyncIterator<Uint8Array>;
  /** Bytes that have come and were not given yet. It begins as if a line had ended, for a body without preamble. */
  #buffer: Buffer = Buffer.from('\n');
  #atEnd = false;
  #inPart = true;
  isClosed = false;

  constructor(body: Bytes, boundary: string) {
    this.#delimiter = Buffer.from(`\n--${boundary}`, 'latin1');
    this.#iterator = body[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    if (!this.#atEnd) await this.#iterator.return?.();
  }

  /** Reads what follows the close delimiter, the epilogue, which means nothing. */
  async drain(): Promise<void> {
    this.#buffer = empty;
    while (await this.#more()) this.#buffer = empty;
  }

  /** Passes over what is left before the next delimiter: a preamble, or the rest of a part. */
  async skip(): Promise<void> {
    while (this.#inPart) await this.#next();
  }

  async *part(): Bytes {
    while (this.#inPart) {
      const chunk = await this.#next();
      if (chunk.length > 0) yield chunk;
    }
  }

  /** Reads the headers up to the empty line. @see RFC 822 3.1, RFC 5322 2.2.3 */
  async readHeaders(): Promise<ReadonlyMap<string, string>> {
    let end = endOfHeaders(this.#buffer);
    while (end < 0) {
      if (this.#buffer.length > headerLimit)
        throw invalid(`the headers of a part are longer than ${headerLimit} bytes`);
      if (!(await this.#more())) throw invalid('it ends within the headers of a part');
      end = endOfHeaders(this.#buffer);
    }
    if (end > headerLimit) throw invalid(`the headers of a part are longer than ${headerLimit} bytes`);
    const text = this.#buffer.toString('latin1', 0, end);
    this.#inPart = true;
    // The line feed of the empty line may be that of the delimiter, when the part has no bytes.
    this.#buffer = this.#buffer.subarray(end - 1);
    let first = this.#delimiterAt(0);
    for (; first === 'cut'; first = this.#delimiterAt(0)) await this.#need();
    if (first === 'none') this.#buffer = this.#buffer.subarray(1);
    else this.#pass(first);
    return parseHeaders(text);
  }

  /**
   * Gives the next bytes before the delimiter, which it passes when they are the last. What only begins like a delimiter
   * is given with what is around it: a body full of such must not come out in crumbs.
   */
  async #next(): Promise<Buffer> {
    for (let at = this.#find(0); at >= 0; at = this.#find(at + 1)) {
      const found = this.#delimiterAt(at);
      if (found === 'none') continue;
      const end = at > 0 && this.#buffer[at - 1] === carriageReturn ? at - 1 : at;
      if (found !== 'cut') {
        const last = this.#buffer.subarray(0, end);
        this.#pass(found);
        return last;
      }
      if (end > 0) return this.#take(end);
      await this.#need();
      return empty;
    }
    const certain = this.#buffer.length - this.#heldLength();
    if (certain > 0) return this.#take(certain);
    await this.#need();
    return empty;
  }

  #find(from: number): number {
    return this.#buffer.indexOf(this.#delimiter, from);
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  #pass({ end, closes }: Delimiter): void {
    this.#buffer = this.#buffer.subarray(end);
    this.#inPart = false;
    this.isClosed = closes;
  }

  /** How many of the last bytes may be the beginning of a delimiter. */
  #heldLength(): number {
    const buffer = this.#buffer;
    let at = buffer.indexOf(lineFeed, Math.max(0, buffer.length - this.#delimiter.length + 1));
    while (at >= 0) {
      const length = buffer.length - at;
      if (buffer.compare(this.#delimiter, 0, length, at) === 0) {
        return at > 0 && buffer[at - 1] === carriageReturn ? length + 1 : length;
      }
      at = buffer.indexOf(lineFeed, at + 1);
    }
    return buffer[buffer.length - 1] === carriageReturn ? 1 : 0;
  }

  /** Looks whether a delimiter lies at `at`: the boundary, then dashes, or padding and the end of the line. */
  #delimiterAt(at: number): Delimiter | 'none' | 'cut' {
    const buffer = this.#buffer;
    let end = at + this.#delimiter.length;
    const there = Math.min(end, buffer.length);
    if (buffer.compare(this.#delimiter, 0, there - at, at, there) !== 0) return 'none';
    if (buffer[end] === dash) {
      if (buffer[end + 1] === dash) return { end: end + 2, closes: true };
      return end + 1 < buffer.length ? 'none' : 'cut';
    }
    const limit = end + paddingLimit;
    while ((buffer[end] === space || buffer[end] === tab) && end < limit) end += 1;
    if (buffer[end] === carriageReturn) end += 1;
    if (end >= buffer.length) return 'cut';
    return buffer[end] === lineFeed ? { end: end + 1, closes: false } : 'none';
  }

  async #need(): Promise<void> {
    if (!(await this.#more())) throw invalid('it ends without its close delimiter');
  }

  /** Reads one more chunk; false at the end. */
  async #more(): Promise<boolean> {
    if (this.#atEnd) return false;
    const next = await this.#iterator.next();
    if (next.done === true) {
      this.#atEnd = true;
      return false;
    }
    const { value } = next;
    const chunk = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    return true;
  }
}

interface Delimiter {
  /** Where the next part's headers begin, or the epilogue. */
  readonly end: number;
  readonly closes: boolean;
}

function invalid(why: string): BuckyError {
  return new BuckyError('invalid', `Cannot read the multipart body: ${why}`);
}

/** Finds the first byte after the empty line, or -1. */
function endOfHeaders(buffer: Buffer): number {
  for (let at = 0; at >= 0 && at < buffer.length && at <= headerLimit;) {
    if (buffer[at] === lineFeed) return at + 1;
    if (buffer[at] === carriageReturn && buffer[at + 1] === lineFeed) return at + 2;
    const line = buffer.indexOf(lineFeed, at);
    if (line < 0) return -1;
    at = line + 1;
  }
  return -1;
}

function parseHeaders(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const unfolded = text.replace(/\r?\n[ \t]+/g, ' ');
  for (const line of unfolded.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    if (colon <= 0) throw invalid('a part has a header line without a name');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}
