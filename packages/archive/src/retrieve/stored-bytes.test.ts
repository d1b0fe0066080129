import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { checked, joined, slice } from './stored-bytes.js';

const body = (...chunks: string[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe('checked', () => {
  it('passes bytes on that agree with their CRC-32', async () => {
    const bytes = checked(body('ab', 'cd'), { crc32: crc32('abcd'), what: 'x' });
    expect(Buffer.from(await joined(bytes)).toString()).toBe('abcd');
  });

  it('keeps the last chunk back when the bytes do not agree', async () => {
    const given: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of checked(body('ab', 'cd'), { crc32: crc32('abcx'), what: 'x' }))
        given.push(Buffer.from(chunk).toString());
    };
    await expect(read()).rejects.toMatchObject({ code: 'damaged' });
    expect(given).toEqual(['ab']);
  });

  it('takes an empty body whose CRC-32 is 0', async () => {
    expect((await joined(checked(body(), { crc32: 0, what: 'x' }))).length).toBe(0);
  });
});

describe('slice', () => {
  it.each([
    [0, 6, 'abcdef'],
    [1, 5, 'bcde'],
    [2, 4, 'cd'],
    [3, 3, ''],
    [5, 9, 'f'],
  ])('gives the bytes from %i to %i however they were cut', async (start, end, expected) => {
    for (const chunks of [['abcdef'], ['ab', 'cd', 'ef'], ['a', 'bcdef'], ['abcde', 'f']]) {
      expect(Buffer.from(await joined(slice(body(...chunks), { start, end }))).toString()).toBe(expected);
    }
  });

  it('closes the body that it leaves early', async () => {
    const source = body('ab', 'cd', 'ef');
    await joined(slice(source, { start: 0, end: 1 }));
    expect(source.destroyed).toBe(true);
  });
});
