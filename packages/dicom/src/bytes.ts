/** A body on its way between packages: read once, in order, with back-pressure. */
export type Bytes = AsyncIterable<Uint8Array>;

/** A run of bytes: `start` included, `end` not. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Gives bytes that are at hand in the shape that bodies have. */
// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
export async function* oneChunk(bytes: Uint8Array): Bytes {
  yield bytes;
}

/**
 * Puts bytes in front of a body. The body is begun before they are given: one that nobody has begun to read is not closed
 * when the reader leaves.
 */
export async function* inFront(first: Uint8Array, rest: Bytes): Bytes {
  const chunks = rest[Symbol.asyncIterator]();
  let next = await chunks.next();
  try {
    yield first;
    for (; next.done !== true; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}
