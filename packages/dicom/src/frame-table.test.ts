import { describe, expect, it } from '@jest/globals';
import { crc32 } from 'node:zlib';
import type { FrameTable } from './frame-table.js';
import { decodeFrameTable } from './frame-table.js';
import { jpegFragment, patterned } from './reader/built-files.js';
import {
  dataSet,
  delimited,
  element,
  elementHeader,
  explicitBig,
  explicitLittle as little,
  fileHead,
  imageAttributes,
  item,
  type BuiltImage,
} from './reader/part10-builder.js';
import { readInPieces } from './reader/read-in-pieces.js';

const jpeg = '1.2.840.10008.1.2.4.50';
const explicitSyntax = '1.2.840.10008.1.2.1';

function tableOf(bytes: Buffer, cut = bytes.length): FrameTable {
  const found = readInPieces(bytes, { cut }).frameTable!;
  return decodeFrameTable(found.encode());
}

/** Cuts every frame out of a file, and checks its CRC-32 on the way. */
function framesOf(bytes: Buffer, cut?: number): readonly Buffer[] {
  const table = tableOf(bytes, cut);
  return Array.from({ length: table.numberOfFrames }, (_, index) => {
    const { fragments, crc32: sum, start, end } = table.frame(index + 1);
    const joined = Buffer.concat(fragments.map(({ offset, length }) => bytes.subarray(offset, offset + length)));
    expect(sum).toBe(crc32(joined));
    expect([start, end]).toEqual([fragments[0]!.offset, fragments.at(-1)!.offset + fragments.at(-1)!.length]);
    return joined;
  });
}

function nativeFile(image: BuiltImage, pixels: Uint8Array, vr = 'OW'): Buffer {
  const others = [imageAttributes(little, image), element(little, 0x7fe00010, { vr, value: pixels })];
  return Buffer.concat([fileHead(explicitSyntax), dataSet(little, ...others)]);
}

describe('native frames', () => {
  it.each<[string, BuiltImage, number, number]>([
    ['16 bits', { rows: 3, columns: 5, bits: 16, frames: 4 }, 30, 4],
    ['8 bits, odd length', { rows: 3, columns: 5, bits: 8, frames: 3 }, 15, 3],
    ['RGB', { rows: 2, columns: 2, bits: 8, samples: 3, frames: 2, photometric: 'RGB' }, 12, 2],
    ['YBR_FULL_422', { rows: 2, columns: 4, bits: 8, samples: 3, frames: 2, photometric: 'YBR_FULL_422' }, 16, 2],
    ['one frame without Number of Frames', { rows: 3, columns: 4, bits: 32 }, 48, 1],
    ['one frame where Number of Frames is no number', { rows: 3, columns: 4, bits: 8, frames: '1A' }, 12, 1],
    ['1-bit frames that end on a byte', { rows: 4, columns: 4, bits: 1, frames: 3 }, 2, 3],
  ])('lie one after the other: %s', (_, image, length, count) => {
    const pixels = patterned(length * count);
    for (const cut of [1, 7, 10_000]) {
      const frames = framesOf(nativeFile(image, pixels), cut);
      expect(frames).toEqual(
        Array.from({ length: count }, (__, at) => pixels.subarray(at * length, at * length + length)),
      );
    }
  });

  it('of 1 bit may begin within a byte, which then belongs to both', () => {
    const pixels = patterned(7);
    const bytes = nativeFile({ rows: 3, columns: 5, bits: 1, frames: 3 }, pixels, 'OB'); // 15 bits each
    expect(framesOf(bytes, 1)).toEqual([pixels.subarray(0, 2), pixels.subarray(1, 4), pixels.subarray(3, 6)]);
    const table = tableOf(bytes);
    expect(
      [1, 2, 3].map((frame) => table.frame(frame)).map(({ bitOffset, bitLength }) => [bitOffset, bitLength]),
    ).toEqual([
      [0, 15],
      [7, 15],
      [6, 15],
    ]);
  });

  it('of a few bits may lie several in one byte', () => {
    const pixels = Uint8Array.of(0b10110100, 0b01);
    const table = tableOf(nativeFile({ rows: 1, columns: 3, bits: 1, frames: 4 }, pixels, 'OB'), 1);
    expect([1, 2, 3, 4].map((frame) => table.frame(frame).bitOffset)).toEqual([0, 3, 6, 1]);
    expect(table.frame(3).fragments[0]!.length).toBe(2);
    expect(table.frame(2).crc32).toBe(crc32(pixels.subarray(0, 1)));
    expect(table.frame(3).crc32).toBe(crc32(pixels));
  });

  it('are those that are there as a whole when Pixel Data is short', () => {
    const pixels = patterned(70);
    const bytes = nativeFile({ rows: 3, columns: 5, bits: 16, frames: 4 }, pixels);
    expect(framesOf(bytes)).toHaveLength(2);
    expect(readInPieces(bytes).oddities).toEqual(['short-pixel-data']);
  });

  it('may be larger than can be, and then there are none', () => {
    const bytes = nativeFile(
      { rows: 65535, columns: 65535, bits: 65535, samples: 65535, frames: 999_999_999_999 },
      patterned(64),
    );
    expect(framesOf(bytes)).toHaveLength(0);
    expect(readInPieces(bytes).oddities).toEqual(['short-pixel-data']);
  });

  it('are not told apart without Rows', () => {
    const bytes = Buffer.concat([
      fileHead(explicitSyntax),
      dataSet(little, element(little, 0x7fe00010, { vr: 'OW', value: patterned(64) })),
    ]);
    expect(readInPieces(bytes).oddities).toEqual(['frames-not-told-apart']);
    expect(framesOf(bytes)).toHaveLength(0);
  });

  it.each([
    ['Float Pixel Data', 0x7fe00008, 'OF', 4],
    ['Double Float Pixel Data', 0x7fe00009, 'OD', 8],
  ])('are found in %s', (_, at, vr, size) => {
    const pixels = patterned(12 * size);
    const image = imageAttributes(little, { rows: 2, columns: 3, bits: 8 * size, frames: 2 });
    const bytes = Buffer.concat([
      fileHead(explicitSyntax),
      dataSet(little, image, element(little, at, { vr, value: pixels })),
    ]);
    expect(framesOf(bytes)).toEqual([pixels.subarray(0, 6 * size), pixels.subarray(6 * size)]);
  });

  it('are measured in big endian too', () => {
    const pixels = patterned(24);
    const others = [
      imageAttributes(explicitBig, { rows: 2, columns: 3, bits: 16, frames: 2 }),
      element(explicitBig, 0x7fe00010, { vr: 'OW', value: pixels }),
    ];
    const bytes = Buffer.concat([fileHead('1.2.840.10008.1.2.2'), dataSet(explicitBig, ...others)]);
    expect(framesOf(bytes)).toEqual([pixels.subarray(0, 12), pixels.subarray(12)]);
  });
});

describe('encapsulated frames', () => {
  const [a, b, c] = [jpegFragment(20), jpegFragment(33, 2), jpegFragment(14, 3)];
  const halves = [a.subarray(0, 10), a.subarray(10), b.subarray(0, 8), b.subarray(8, 20), b.subarray(20), c];

  function offsets(...values: readonly number[]): Buffer {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, index) => bytes.writeUInt32LE(value, 4 * index));
    return bytes;
  }

  function file(
    fragments: readonly Uint8Array[],
    options: { frames?: number; table?: Uint8Array; before?: Uint8Array; syntax?: string } = {},
  ): Buffer {
    const { frames = 3, table = Buffer.alloc(0), before = Buffer.alloc(0), syntax = jpeg } = options;
    const image = imageAttributes(little, { rows: 4, columns: 5, bits: 8, frames });
    const items = [table, ...fragments].map((bytes) => item(little, bytes));
    return Buffer.concat([
      fileHead(syntax),
      dataSet(little, image, before, delimited(little, 0x7fe00010, { vr: 'OB', items })),
    ]);
  }

  function extendedTable(...values: readonly number[]): Buffer {
    const bytes = Buffer.alloc(8 * values.length);
    values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 * index));
    return element(little, 0x7fe00001, { vr: 'OV', value: bytes });
  }

  it.each([
    ['one fragment each, empty table', file([a, b, c])],
    ['one fragment each, filled table', file([a, b, c], { table: offsets(0, 8 + a.length, 16 + a.length + b.length) })],
    [
      'several fragments each, filled table',
      file(halves, { table: offsets(0, 16 + a.length, 40 + a.length + b.length) }),
    ],
    ['several fragments each, told by their ends', file(halves)],
    ['several fragments each, a table that hits no item', file(halves, { table: offsets(0, 13, 55) })],
    ['one fragment each, a table that does not ascend', file([a, b, c], { table: offsets(0, 0, 0) })],
    ['one fragment each, a table of too few', file([a, b, c], { table: offsets(0) })],
    ['Extended Offset Table', file([a, b, c], { before: extendedTable(0, 8 + a.length, 16 + a.length + b.length) })],
    [
      'Extended Offset Table, several fragments each',
      file(halves, { before: extendedTable(0, 16 + a.length, 40 + a.length + b.length) }),
    ],
    ['no table at all', Buffer.concat([file([b, c], { table: a })])],
  ])('are joined from their fragments: %s', (_, bytes) => {
    for (const cut of [1, 2, 3, 5, 7, 11, bytes.length]) expect(framesOf(bytes, cut)).toEqual([a, b, c]);
    expect(readInPieces(bytes).oddities).toEqual([]);
  });

  it('are one when Number of Frames is 1, whatever the fragments', () => {
    expect(framesOf(file(halves, { frames: 1 }))).toEqual([Buffer.concat(halves)]);
  });

  it('are told by their beginnings when the ends do not show', () => {
    const noEnd = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from([1, 2])]);
    const frames = [noEnd(a), noEnd(b)];
    const cut = frames.flatMap((frame) => [frame.subarray(0, 12), frame.subarray(12)]);
    expect(framesOf(file(cut, { frames: 2 }))).toEqual(frames);
  });

  it('of RLE are told by their headers', () => {
    const frame = (seed: number): Buffer => {
      const head = Buffer.alloc(64);
      head.writeUInt32LE(2, 0);
      head.writeUInt32LE(64, 4);
      head.writeUInt32LE(80, 8);
      return Buffer.concat([head, patterned(40, seed)]);
    };
    const frames = [frame(1), frame(2)];
    const cut = frames.flatMap((bytes) => [bytes.subarray(0, 70), bytes.subarray(70)]);
    const bytes = file(cut, { frames: 2, syntax: '1.2.840.10008.1.2.5' });
    for (const pieces of [1, 2, 3, 5, 7, 11, bytes.length]) expect(framesOf(bytes, pieces)).toEqual(frames);
  });

  it('of a video are one stream', () => {
    const bytes = file([patterned(100), patterned(50, 2)], { frames: 96, syntax: '1.2.840.10008.1.2.4.102' });
    expect(framesOf(bytes)).toEqual([Buffer.concat([patterned(100), patterned(50, 2)])]);
    expect(readInPieces(bytes).oddities).toEqual([]);
  });

  it('are none when nothing tells them apart', () => {
    const bytes = file([patterned(10), patterned(12), patterned(14)], { frames: 2, syntax: '1.2.3.4' });
    expect(framesOf(bytes)).toHaveLength(0);
    expect(readInPieces(bytes).oddities).toEqual(['frames-not-told-apart']);
  });

  it('are as many as there are fragments when some are missing', () => {
    const bytes = file([a, b], { frames: 3 });
    expect(framesOf(bytes)).toEqual([a, b]);
    expect(readInPieces(bytes).oddities).toEqual(['short-pixel-data']);
  });

  it('are found in implicit VR, and the bulk entry spans items and delimiter', () => {
    const bytes = file([a, b, c]);
    const [entry] = readInPieces(bytes).bulkEntries;
    const value = bytes.subarray(entry!.offset, entry!.offset + entry!.length);
    expect(entry).toMatchObject({ path: '7FE00010', crc32: crc32(value) });
    expect(value.length).toBe(8 + 24 + a.length + b.length + c.length + 8);
  });

  it('are not looked for in what is native by its length, whatever the transfer syntax says', () => {
    const image = imageAttributes(little, { rows: 2, columns: 2, bits: 8 });
    const pixels = element(little, 0x7fe00010, { vr: 'OB', value: patterned(4) });
    const bytes = Buffer.concat([fileHead(jpeg), dataSet(little, image, pixels)]);
    expect(tableOf(bytes).kind).toBe('native');
    expect(readInPieces(bytes).oddities).toEqual(['wrong-transfer-syntax']);
  });

  it('refuses an item that is none', () => {
    const broken = file([a, b, c]);
    broken.writeUInt16LE(0x1234, broken.indexOf(a) - 8);
    expect(() => readInPieces(broken)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('refuses more fragments than the limit on elements', () => {
    const many = file(
      Array.from({ length: 300 }, () => a),
      { frames: 300 },
    );
    expect(() => readInPieces(many, { limits: { elements: 200 } })).toThrow(expect.objectContaining({ code: 'limit' }));
  });
});

describe('a packed frame table', () => {
  it('of 10,000 frames takes 82 KB', () => {
    const fragment = item(little, patterned(8));
    const bytes = Buffer.concat([
      fileHead('1.2.840.10008.1.2.5'),
      dataSet(little, imageAttributes(little, { rows: 4, columns: 5, bits: 8, frames: 10_000 })),
      elementHeader(little, 0x7fe00010, { vr: 'OB', length: 0xffffffff }),
      item(little, Buffer.alloc(0)),
      ...Array.from({ length: 10_000 }, () => fragment),
      elementHeader(little, 0xfffee0dd, { vr: '', length: 0 }),
    ]);
    const packed = readInPieces(bytes).frameTable!.encode();
    expect(packed.length).toBe(9 + 80_000 + 8 * Math.ceil(10_000 / 64));
    for (const frame of [1, 2, 64, 65, 66, 9999, 10_000]) {
      expect(decodeFrameTable(packed).frame(frame).end).toBe(bytes.length - 8 - 16 * (10_000 - frame));
    }
  });

  it('can lie anywhere in a buffer', () => {
    const packed = readInPieces(nativeFile({ rows: 3, columns: 5, bits: 16 }, patterned(30))).frameTable!.encode();
    const within = Buffer.concat([Buffer.alloc(3), packed, Buffer.alloc(5)]).subarray(3, 3 + packed.length);
    expect(decodeFrameTable(within).frame(1)).toEqual(decodeFrameTable(packed).frame(1));
  });

  it('has no frame 0 and none past the last', () => {
    const table = tableOf(nativeFile({ rows: 3, columns: 5, bits: 16 }, patterned(30)));
    for (const frameNumber of [0, 2, -1, 1.5, NaN]) {
      expect(() => table.frame(frameNumber)).toThrow(expect.objectContaining({ code: 'not-found' }));
    }
  });

  it('is refused as damaged when its length or kind is wrong', () => {
    const packed = readInPieces(nativeFile({ rows: 3, columns: 5, bits: 16 }, patterned(30))).frameTable!.encode();
    for (const damaged of [
      packed.subarray(0, -1),
      packed.subarray(0, 3),
      Buffer.alloc(0),
      Buffer.from([2, 1]),
      Buffer.alloc(30, 9),
    ]) {
      expect(() => decodeFrameTable(damaged)).toThrow(expect.objectContaining({ code: 'damaged' }));
    }
  });
});
