import { describe, expect, it } from '@jest/globals';
import { inFront, oneChunk, type Bytes } from './bytes.js';

/** A body of two chunks that tells whether it is open. */
function watched(): { bytes: Bytes; isOpen: () => boolean } {
  let open = true;

  async function* wrapper(source: Bytes): Bytes {
    for await (const chunk of source) yield chunk;
  }
  async function* source(): Bytes {
    try {
      yield* oneChunk(Uint8Array.of(1));
      yield Uint8Array.of(2);
    } finally {
      open = false;
    }
  }
  return { bytes: wrapper(source()), isOpen: () => open };
}

describe('inFront', () => {
  it('gives its bytes, then the body', async () => {
    const { bytes, isOpen } = watched();
    const chunks: number[] = [];
    for await (const chunk of inFront(Uint8Array.of(0), bytes)) chunks.push(...chunk);
    expect([chunks, isOpen()]).toEqual([[0, 1, 2], false]);
  });

  it.each([1, 2, 3])('closes the body when its reader leaves after chunk %p', async (count) => {
    const { bytes, isOpen } = watched();
    let left = count;
    // eslint-disable-next-line @typescript-eslint/no-unused-vars
    for await (const _ of inFront(Uint8Array.of(0), bytes)) if (--left === 0) break;
    expect(isOpen()).toBe(false);
  });

  it('gives nothing before a body that fails at once', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await, require-yield -- it fails before it gives anything
    async function* broken(): Bytes {
      throw new Error('broken');
    }
    await expect(inFront(Uint8Array.of(0), broken())[Symbol.asyncIterator]().next()).rejects.toThrow('broken');
  });
});
