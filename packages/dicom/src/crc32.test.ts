import { describe, expect, it } from '@jest/globals';
import { combineCrc32, crc32 } from './crc32.js';
import { patterned } from './reader/built-files.js';

describe('combineCrc32', () => {
  it.each([0, 1, 2, 7, 64, 1000, 65_537])('joins with a second part of %i bytes', (length) => {
    const [first, second] = [patterned(333), patterned(length, 5)];
    const joined = crc32(Buffer.concat([first, second]));
    expect(combineCrc32(crc32(first), crc32(second), length)).toBe(joined);
  });

  it('joins with nothing before', () => {
    expect(combineCrc32(crc32(Buffer.alloc(0)), crc32(patterned(50)), 50)).toBe(crc32(patterned(50)));
  });

  it('knows lengths beyond 32 bits', () => {
    // Appending zeros 2^20 at a time, 8192 times, is appending 2^33 at once.
    const zeros = crc32(Buffer.alloc(2 ** 20));
    let sum = crc32(patterned(10));
    let all = 0;
    for (let round = 0; round < 8192; round += 1) {
      sum = combineCrc32(sum, zeros, 2 ** 20);
      all = combineCrc32(all, zeros, 2 ** 20);
    }
    expect(combineCrc32(crc32(patterned(10)), all, 2 ** 33)).toBe(sum);
  });
});
