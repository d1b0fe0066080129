import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { harmless } from './preamble.js';
import { joined } from './stored-bytes.js';

function file(magic: readonly number[]): Buffer {
  const bytes = Buffer.alloc(200, 1);
  bytes.set(magic);
  return bytes;
}

describe('harmless', () => {
  it.each([
    ['MZ', [0x4d, 0x5a]],
    ['ELF', [0x7f, 0x45, 0x4c, 0x46]],
    ['Mach-O', [0xcf, 0xfa, 0xed, 0xfe]],
  ])('zeroes a preamble that begins as %s, and nothing behind it', async (_, magic) => {
    const bytes = await joined(harmless(Readable.from([file(magic).subarray(0, 100), file(magic).subarray(100)])));
    expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(128).every((byte) => byte === 1)).toBe(true);
  });

  it('zeroes it too when its first bytes come one by one', async () => {
    const bytes = file([0x7f, 0x45, 0x4c, 0x46]);
    const cut = [bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2, 100), bytes.subarray(100)];
    const sent = await joined(harmless(Readable.from(cut)));
    expect(sent.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(sent.subarray(128).every((byte) => byte === 1)).toBe(true);
    expect(sent).toHaveLength(200);
  });

  it.each([
    ['TIFF', [0x49, 0x49, 0x2a, 0]],
    ['nothing', [0, 0, 0, 0]],
  ])('lets a preamble that begins as %s be', async (_, magic) => {
    expect(Buffer.from(await joined(harmless(Readable.from([file(magic)])))).equals(file(magic))).toBe(true);
  });

  it('zeroes only what of a range belongs to the preamble', async () => {
    const range = file([0x4d, 0x5a]).subarray(120);
    const bytes = await joined(harmless(Readable.from([range]), { start: 120, executable: true }));
    expect(bytes.subarray(0, 8).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(8).every((byte) => byte === 1)).toBe(true);
  });
});
