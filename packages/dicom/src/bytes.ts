/** A body on its way between packages: read once, in order, with back-pressure. */
export type Bytes = AsyncIterable<Uint8Array>;

/** A run of bytes: `start` included, `end` not. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
