import { describe, expect, it } from '@jest/globals';
import { partSize } from './part-size.js';

describe('partSize', () => {
  const longest = 5 * 2 ** 40;

  it.each([undefined, longest])('fits 5 TiB into 10,000 parts of at most 5 GiB when told the size %p', (size) => {
    let sum = 0;
    for (let number = 1; number <= 10_000; number += 1) {
      expect(partSize(number, size)).toBeLessThanOrEqual(5 * 2 ** 30);
      sum += partSize(number, size);
    }
    expect(sum).toBeGreaterThanOrEqual(longest);
  });

  it('holds an ordinary body in pieces of 8 MiB', () => {
    expect(partSize(1, undefined)).toBe(8 * 2 ** 20);
    expect(partSize(1000, undefined)).toBe(8 * 2 ** 20);
    expect(partSize(1, 3e9)).toBe(8 * 2 ** 20);
  });
});
