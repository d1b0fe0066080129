import type { Bytes } from '@bucky/dicom';

/** The first bytes of a body, and the whole of it to be read on. */
export interface Beginning {
  readonly head: Buffer;
  /** Everything, the head included; whoever takes it must read or leave it. */
  readonly whole: Bytes;
  /** Closes what was opened, when the rest is not wanted. */
  readonly leave: () => Promise<void>;
}

/** Reads a body as far as its first `length` bytes, or to its end. */
export async function beginningOf(bytes: Bytes, length: number): Promise<Beginning> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  for (let size = 0; size < length;) {
    const next = await iterator.next();
    if (next.done === true) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  const leave = async (): Promise<void> => {
    await iterator.return?.();
  };
  return { head: Buffer.concat(chunks).subarray(0, length), whole: resumed(chunks, iterator), leave };
}

async function* resumed(chunks: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): Bytes {
  try {
    yield* chunks;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
