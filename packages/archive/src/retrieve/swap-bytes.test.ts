import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { joined } from './stored-bytes.js';
import { swapped } from './swap-bytes.js';

describe('swapped', () => {
  it.each([
    [1, [1, 2, 3, 4, 5, 6, 7, 8]],
    [2, [2, 1, 4, 3, 6, 5, 8, 7]],
    [4, [4, 3, 2, 1, 8, 7, 6, 5]],
    [8, [8, 7, 6, 5, 4, 3, 2, 1]],
  ])('turns words of %i bytes round wherever the chunks are cut', async (word, expected) => {
    for (let cut = 0; cut <= 8; cut += 1) {
      const bytes = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);
      const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect([...(await joined(swapped(Readable.from(chunks), word)))]).toEqual(expected);
    }
  });
});
