import { describe, expect, it } from '@jest/globals';
import type { Bytes } from '@bucky/dicom';
import { inBlocks } from './in-blocks.js';

// An async generator of given chunks: the shape that bodies have.
// eslint-disable-next-line @typescript-eslint/require-await
async function* chunksOf(lengths: readonly number[]): Bytes {
  let next = 0;
  for (const length of lengths) yield Buffer.from(Array.from({ length }, () => next++ % 251));
}

async function blocksOf(lengths: readonly number[]): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  for await (const block of inBlocks(chunksOf(lengths))) blocks.push(block);
  const whole = Buffer.concat(blocks);
  expect(whole).toEqual(Buffer.from(Array.from(whole, (_, index) => index % 251)));
  expect(whole.length).toBe(lengths.reduce((sum, length) => sum + length, 0));
  return blocks;
}

describe('inBlocks', () => {
  it('passes large chunks on as they are', async () => {
    expect(await blocksOf([5000, 70_000, 4096])).toHaveLength(3);
  });

  it('joins chunks of a byte, so that a body sent byte by byte takes no more room than another', async () => {
    const blocks = await blocksOf(Array.from({ length: 100_000 }, () => 1));
    expect(blocks.length).toBeLessThan(10);
    const kept = new Set(blocks.map(({ buffer }) => buffer));
    expect([...kept].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(130_000);
  });

  it('keeps no more than came when small and large chunks take turns', async () => {
    const blocks = await blocksOf(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 4000 : 4096)));
    expect(blocks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBeLessThan(1_000_000);
  });

  it('gives nothing for nothing', async () => {
    expect(await blocksOf([])).toEqual([]);
    expect(await blocksOf([0, 0])).toEqual([]);
  });
});
