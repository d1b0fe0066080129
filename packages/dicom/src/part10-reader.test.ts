import { describe, expect, it } from '@jest/globals';
import { deflateRawSync } from 'node:zlib';
import { BuckyError } from './bucky-error.js';
import { Part10Reader } from './part10-reader.js';
import { builtFiles, patterned } from './reader/built-files.js';
import {
  builtUids,
  dataSet,
  delimited,
  element,
  elementHeader,
  explicitLittle as little,
  fileHead,
  imageAttributes,
  item,
} from './reader/part10-builder.js';
import { plainly, randomFrom, readInPieces } from './reader/read-in-pieces.js';
import { tag } from './tag.js';

const explicitSyntax = '1.2.840.10008.1.2.1';
const names = Object.keys(builtFiles);
const headed = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat([fileHead(explicitSyntax), ...parts]);

/** Runs what must throw, and gives the error. */
function refused(action: () => unknown): BuckyError {
  try {
    action();
  } catch (error) {
    if (error instanceof BuckyError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

describe('every way to write a file', () => {
  it.each(names)('says who the instance is: %s', (name) => {
    const { identity, size } = readInPieces(builtFiles[name]!);
    expect(identity).toMatchObject({
      studyUid: builtUids.study,
      seriesUid: builtUids.series,
      instanceUid: builtUids.instance,
      sopClassUid: builtUids.sopClass,
    });
    expect(size).toBe(builtFiles[name]!.length);
  });

  it.each(names)('is read the same however it is cut: %s', (name) => {
    const bytes = builtFiles[name]!;
    const whole = plainly(readInPieces(bytes));
    const seed = Date.now() % 1e6;
    const random = randomFrom(seed);
    for (const cut of [1, 7, 64, () => Math.floor(random() * 200)]) {
      expect({ seed, read: plainly(readInPieces(bytes, { cut })) }).toEqual({ seed, read: whole });
    }
  });

  it.each(names)('gives a file or a BuckyError when it is cut short anywhere: %s', (name) => {
    const bytes = builtFiles[name]!;
    const step = bytes.length > 4000 ? 41 : 1;
    for (let length = 0; length < bytes.length; length += step) {
      try {
        readInPieces(bytes.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(BuckyError);
      }
    }
  });
});

describe('what is told of a file', () => {
  it.each([
    ['implicit little endian', '1.2.840.10008.1.2', []],
    ['explicit little endian', explicitSyntax, []],
    ['explicit big endian', '1.2.840.10008.1.2.2', []],
    ['deflated', '1.2.840.10008.1.2.1.99', []],
    ['no preamble', explicitSyntax, ['missing-preamble']],
    ['no preamble but DICM', explicitSyntax, ['missing-preamble']],
    ['preamble but no meta', explicitSyntax, ['missing-meta']],
    ['bare implicit', '1.2.840.10008.1.2', ['missing-preamble', 'missing-meta']],
    ['bare explicit', explicitSyntax, ['missing-preamble', 'missing-meta']],
    ['bare big endian', '1.2.840.10008.1.2.2', ['missing-preamble', 'missing-meta']],
    ['no meta group length', explicitSyntax, ['missing-meta-group-length']],
    ['meta group length too small', explicitSyntax, ['missing-meta-group-length']],
    ['meta group length too large', explicitSyntax, ['missing-meta-group-length']],
    ['meta in implicit VR', explicitSyntax, []],
    ['declared big endian, but little', explicitSyntax, ['wrong-transfer-syntax']],
    ['declared implicit, but explicit', explicitSyntax, ['wrong-transfer-syntax']],
    ['no transfer syntax', '1.2.840.10008.1.2', ['missing-transfer-syntax']],
    ['private transfer syntax', '1.2.3.4.5.6', []],
    ['JPEG with implicit VR', '1.2.840.10008.1.2.4.50', ['wrong-transfer-syntax']],
    ['no sequence delimiter', '1.2.840.10008.1.2.4.50', ['missing-sequence-delimiter']],
    ['stray delimiters', explicitSyntax, ['stray-delimiter']],
    ['filled up with zeros', explicitSyntax, ['trailing-zeros']],
  ])('%s: transfer syntax %s, oddities %j', (name, transferSyntaxUid, oddities) => {
    const part10 = readInPieces(builtFiles[name]!);
    expect(part10.identity.transferSyntaxUid).toBe(transferSyntaxUid);
    expect(part10.oddities).toEqual(oddities);
  });

  it('reads the same attributes in every coding', () => {
    const expected = readInPieces(builtFiles['explicit little endian']!);
    for (const name of ['implicit little endian', 'explicit big endian', 'deflated', 'bare implicit']) {
      const { dataSet: read } = readInPieces(builtFiles[name]!);
      expect([...read].map(({ tag: at, vr }) => [at, vr])).toEqual([...expected.dataSet].map((a) => [a.tag, a.vr]));
      const [first, second] = read.get(tag(0x00081115))!.items!;
      expect(second!.size).toBe(0);
      const deep = first!.get(tag(0x00081140))!.items![0]!;
      expect(Buffer.from(deep.get(tag(0x00081155))!.bytes!).toString()).toBe('1.2.99');
      expect(deep.parent?.parent).toBe(read);
    }
  });

  it('tells the byte order of values', () => {
    expect(readInPieces(builtFiles['explicit big endian']!).dataSet.byteOrder).toBe('big');
    expect(readInPieces(builtFiles['explicit little endian']!).dataSet.byteOrder).toBe('little');
  });

  it('reads the items of a UN of undefined length as Implicit VR Little Endian', () => {
    const unknown = readInPieces(builtFiles['UN of undefined length']!).dataSet.get(tag(0x00291010))!;
    expect(unknown.vr).toBe('SQ');
    expect(unknown.items![0]!.get(tag(0x00081155))!.vr).toBe('UI');
  });

  it('counts offsets in meta and inflated bytes when the data set is deflated', () => {
    const plain = readInPieces(builtFiles['explicit little endian']!);
    const deflated = readInPieces(builtFiles['deflated']!);
    const ahead = deflated.dataSetOffset - plain.dataSetOffset;
    expect(deflated.deflated).toBe(true);
    expect(deflated.bulkEntries).toEqual(
      plain.bulkEntries.map((entry) => ({ ...entry, offset: entry.offset + ahead })),
    );
  });

  it('counts a zlib header in front of deflated data to what comes before the data set', () => {
    const raw = readInPieces(builtFiles['deflated']!);
    const wrapped = readInPieces(builtFiles['deflated as zlib does']!);
    expect(wrapped.dataSetOffset).toBe(raw.dataSetOffset + 2);
  });

  it('notes every long binary value with its path, at any depth', () => {
    const bytes = builtFiles['long binary values']!;
    const { bulkEntries, dataSet: read } = readInPieces(bytes);
    expect(bulkEntries.map(({ path, length }) => [path, length])).toEqual([
      ['00281201', 2000],
      ['00283010/0/00283006', 1500],
      ['00420011', 70_000],
    ]);
    expect(bytes.subarray(bulkEntries[2]!.offset, bulkEntries[2]!.offset + 70_000)).toEqual(patterned(70_000, 2));
    expect(read.get(tag(0x00281201))!.bytes).toBeUndefined();
    expect(read.get(tag(0x00283010))!.items![0]!.get(tag(0x00283006))!.bulk).toMatchObject({ length: 1500 });
  });

  it('notes Pixel Data of icons as bulk data and makes no frames of it', () => {
    const { bulkEntries, frameTable } = readInPieces(builtFiles['icon images']!);
    expect(bulkEntries.map(({ path }) => path)).toEqual(['00880200/0/7FE00010', '00880200/1/7FE00010', '7FE00010']);
    expect(frameTable?.numberOfFrames).toBe(3);
  });

  it('leaves Data Set Trailing Padding out, as it has no meaning', () => {
    const { dataSet: read, bulkEntries } = readInPieces(builtFiles['trailing padding']!);
    expect(read.has(tag(0xfffcfffc))).toBe(false);
    expect(bulkEntries.map(({ path }) => path)).toEqual(['7FE00010']);
  });

  it('lets the first of two attributes with one tag count, bulk entries included', () => {
    const twice = (seed: number): Buffer => element(little, 0x00281201, { vr: 'OW', value: patterned(2000, seed) });
    const sequence = element(little, 0x00283010, { vr: 'SQ', value: item(little, twice(1)) });
    const { bulkEntries } = readInPieces(headed(dataSet(little, twice(1), twice(2), sequence, sequence)));
    expect(bulkEntries.map(({ path }) => path)).toEqual(['00281201', '00283010/0/00281201']);
  });

  it('knows the identity before the pixels have come', () => {
    const bytes = builtFiles['explicit little endian']!;
    const reader = new Part10Reader();
    reader.push(bytes.subarray(0, bytes.length - 100));
    expect(reader.identity?.instanceUid).toBe(builtUids.instance);
  });

  it('flags File Meta Information that names another instance', () => {
    const other = dataSet(little, native16());
    const bytes = headed(Buffer.from(other.toString('latin1').replace('1.2.3.4\0', '1.2.3.5\0'), 'latin1'));
    expect(readInPieces(bytes).oddities).toEqual(['meta-differs-from-data-set']);
  });

  it('is not led astray by the letters DICM at byte 128 of a bare data set', () => {
    const before = dataSet(little).length;
    const padding = element(little, 0x00204000, { vr: 'LT', value: ' '.repeat(128) });
    const bare = dataSet(little, padding);
    bare.write('DICM', 128, 'latin1');
    expect(before).toBeLessThan(128);
    expect(readInPieces(bare).oddities).toEqual(['missing-preamble', 'missing-meta']);
  });
});

describe('elements written against the rules', () => {
  const read = (...others: readonly Uint8Array[]): ReturnType<typeof readInPieces> =>
    readInPieces(headed(dataSet(little, ...others, element(little, 0x00400280, { vr: 'ST', value: 'after' }))));
  const raw = (text: string, ...rest: readonly number[]): Buffer =>
    Buffer.concat([Buffer.from([0x31, 0, 0x10, 0x10]), Buffer.from(text, 'latin1'), Buffer.from(rest)]);

  it.each([
    ['question marks, short length', raw('??', 2, 0, 7, 7)],
    ['blanks, short length', raw('  ', 2, 0, 7, 7)],
    ['zeros, short length', raw('\0\0', 2, 0, 7, 7)],
    ['a VR of the future, long length', raw('ZZ', 0, 0, 2, 0, 0, 0, 7, 7)],
    ['a VR of the future, short length all the same', raw('ZZ', 2, 0, 7, 7)],
    ['no VR, as in Implicit VR', raw('\x02\0', 0, 0, 7, 7)],
  ])('reads on after a VR of %s', (_, odd) => {
    const { dataSet: found } = read(odd);
    expect(found.get(tag(0x00311010))).toMatchObject({ vr: 'UN', bytes: Uint8Array.of(7, 7) });
    expect(found.has(tag(0x00400280))).toBe(true);
  });

  it('keeps one Data Set for all empty items of a Sequence, however they are written, and counts each', () => {
    const [none, open] = [item(little, Buffer.alloc(0)), item(little, Buffer.alloc(0), { delimited: true })];
    const full = item(little, element(little, 0x00080100, { vr: 'SH', value: 'T-1' }));
    const file = headed(dataSet(little, delimited(little, 0x00321031, { vr: 'SQ', items: [none, full, open, none] })));
    const reader = new Part10Reader();
    reader.push(file);
    const items = reader.finish().dataSet.get(tag(0x00321031))!.items!;
    expect(items.map(({ size }) => size)).toEqual([0, 1, 0, 0]);
    expect(new Set(items).size).toBe(2);
    const plain = new Part10Reader();
    plain.push(headed(dataSet(little)));
    plain.finish();
    expect(reader.elements - plain.elements).toBe(1 + 4 + 1 + 1); // Sequence, items, what is in one, delimiter
  });

  it('skips an item without a sequence', () => {
    const stray = item(little, element(little, 0x00186012, { vr: 'US', value: [1] }));
    const { dataSet: found, oddities } = read(stray);
    expect(oddities).toEqual(['stray-delimiter']);
    expect(found.has(tag(0x00186012))).toBe(false);
    expect(found.has(tag(0x00400280))).toBe(true);
  });

  it('reads an item whose delimiter is missing up to the next', () => {
    const open = Buffer.concat([
      elementHeader(little, 0xfffee000, { vr: '', length: 0xffffffff }),
      element(little, 0x00081155, { vr: 'UI', value: '1.2.99' }),
    ]);
    const { dataSet: found, oddities } = read(delimited(little, 0x00321031, { vr: 'SQ', items: [open, open] }));
    expect(found.get(tag(0x00321031))!.items).toHaveLength(2);
    expect(oddities).toEqual(['missing-sequence-delimiter']);
  });

  it('takes odd lengths as they are', () => {
    const { dataSet: found } = read(element(little, 0x00311010, { vr: 'OB', value: Uint8Array.of(1, 2, 3) }));
    expect(found.get(tag(0x00311010))!.bytes).toHaveLength(3);
  });

  it('keeps empty Pixel Data as an empty value', () => {
    const {
      dataSet: found,
      frameTable,
      bulkEntries,
    } = readInPieces(headed(dataSet(little, element(little, 0x7fe00010, { vr: 'OW', value: [] }))));
    expect(found.get(tag(0x7fe00010))!.bytes).toHaveLength(0);
    expect([bulkEntries, frameTable?.numberOfFrames]).toEqual([[], 0]);
  });
});

describe('what is refused', () => {
  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['text', Buffer.from('This is no DICOM file, but a sentence. '.repeat(10))],
    ['a JPEG file', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), patterned(500)])],
    ['zeros', Buffer.alloc(1000)],
  ])('%s is not DICOM', (_, bytes) => {
    expect(refused(() => readInPieces(bytes)).code).toBe('not-dicom');
  });

  it('a file cut within an element is corrupt, and the message says where', () => {
    const bytes = builtFiles['explicit little endian']!;
    const error = refused(() => readInPieces(bytes.subarray(0, -5)));
    expect(error.code).toBe('corrupt');
    expect(error.message).toBe(`Cannot read a value at byte ${bytes.length - 5}: 0 bytes left, 5 needed`);
  });

  it('a deflated file that is cut is corrupt', () => {
    expect(refused(() => readInPieces(builtFiles['deflated']!.subarray(0, -5))).code).toBe('corrupt');
  });

  it('a file that goes on after zeros is corrupt', () => {
    const bytes = headed(dataSet(little, Buffer.alloc(40), element(little, 0x00400280, { vr: 'ST', value: 'after' })));
    expect(refused(() => readInPieces(bytes)).code).toBe('corrupt');
  });

  it('an element that goes past its item is corrupt', () => {
    const inner = elementHeader(little, 0x00081155, { vr: 'UI', length: 400 });
    const bytes = headed(dataSet(little, element(little, 0x00321031, { vr: 'SQ', value: item(little, inner) })));
    expect(refused(() => readInPieces(bytes)).code).toBe('corrupt');
  });

  it('a file without UIDs is unidentified, and the message names them but not their values', () => {
    const bytes = headed(
      element(little, 0x00080016, { vr: 'UI', value: builtUids.sopClass }),
      element(little, 0x00080018, { vr: 'UI', value: 'Secret^Name' }),
      element(little, 0x0020000e, { vr: 'UI', value: builtUids.series }),
    );
    const error = refused(() => readInPieces(bytes));
    expect(error.code).toBe('unidentified');
    expect(error.message).toBe(
      'The file does not say which instance it is: SOP Instance UID (0008,0018) is not a valid UID, ' +
        'Study Instance UID (0020,000D) is missing',
    );
  });

  it('an unidentified file is refused before its pixels have come', () => {
    const reader = new Part10Reader();
    const pixels = elementHeader(little, 0x7fe00010, { vr: 'OW', length: 2 ** 30 });
    const bytes = headed(imageAttributes(little, { rows: 1, columns: 1, bits: 16 }), pixels);
    expect(
      refused(() => {
        reader.push(bytes);
      }).code,
    ).toBe('unidentified');
    expect(
      refused(() => {
        reader.push(Buffer.alloc(10));
      }).code,
    ).toBe('unidentified');
    expect(refused(() => reader.finish()).code).toBe('unidentified');
  });
});

describe('limits', () => {
  const text = headed(dataSet(little, element(little, 0x00204000, { vr: 'LT', value: 'x'.repeat(3000) })));
  const deep = (levels: number): Buffer =>
    levels === 0 ? Buffer.alloc(0) : element(little, 0x00321031, { vr: 'SQ', value: item(little, deep(levels - 1)) });

  it.each([
    ['valueBytes', { valueBytes: 2000 }, text],
    ['headerBytes', { headerBytes: 2000 }, text],
    ['elements', { elements: 6 }, builtFiles['explicit little endian']!],
    ['depth', { depth: 3 }, headed(dataSet(little, deep(4)))],
    ['elements', { elements: 500 }, headed(dataSet(little, pixelsOfOneBit()))],
  ])('refuses what goes past %s and names it', (name, limits, bytes) => {
    const error = refused(() => readInPieces(bytes, { limits }));
    expect(error.code).toBe('limit');
    expect(error.message).toContain(name);
  });

  it('takes what goes just as far as the limits', () => {
    expect(readInPieces(headed(dataSet(little, deep(3))), { limits: { depth: 3 } }).size).toBeGreaterThan(0);
    expect(readInPieces(text, { limits: { valueBytes: 3000 } }).size).toBe(text.length);
  });

  it('refuses a text that declares gigabytes before it has come', () => {
    const bytes = headed(dataSet(little, elementHeader(little, 0x00404000, { vr: 'UT', length: 0xf0000000 })));
    expect(
      refused(() => {
        new Part10Reader().push(bytes);
      }).code,
    ).toBe('limit');
  });

  it('refuses what inflates beyond all measure, holding little of it', () => {
    const bomb = deflateRawSync(
      dataSet(
        little,
        imageAttributes(little, { rows: 1, columns: 1, bits: 16 }),
        element(little, 0x7fe00010, { vr: 'OW', value: Buffer.alloc(70 * 2 ** 20) }),
      ),
      { level: 9 },
    );
    const bytes = Buffer.concat([fileHead('1.2.840.10008.1.2.1.99'), bomb]);
    expect(refused(() => readInPieces(bytes, { cut: 65536 })).message).toContain('inflatedRatio');
  });

  it('counts the header after inflating', () => {
    const large = element(little, 0x00204000, { vr: 'LT', value: 'x'.repeat(60_000) });
    const bytes = Buffer.concat([fileHead('1.2.840.10008.1.2.1.99'), deflateRawSync(dataSet(little, large))]);
    expect(refused(() => readInPieces(bytes, { limits: { headerBytes: 50_000 } })).code).toBe('limit');
  });
});

describe('memory', () => {
  it('is not taken by pixels, native or in fragments', () => {
    const chunk = Buffer.alloc(65_536, 7);
    const rounds = 4096; // 256 MiB
    const image = imageAttributes(little, { rows: 512, columns: 512, bits: 8, frames: 1024 });
    const before = process.memoryUsage();
    for (const syntax of [explicitSyntax, '1.2.840.10008.1.2.5']) {
      const isNative = syntax === explicitSyntax;
      const reader = new Part10Reader();
      const length = isNative ? rounds * chunk.length : 0xffffffff;
      reader.push(Buffer.concat([fileHead(syntax), dataSet(little, image)]));
      reader.push(elementHeader(little, 0x7fe00010, { vr: 'OB', length }));
      if (!isNative) reader.push(item(little, Buffer.alloc(0)));
      for (let round = 0; round < rounds; round += 1) {
        if (!isNative && round % 4 === 0) {
          reader.push(elementHeader(little, 0xfffee000, { vr: '', length: 4 * chunk.length }));
        }
        reader.push(chunk);
      }
      if (!isNative) reader.push(elementHeader(little, 0xfffee0dd, { vr: '', length: 0 }));
      expect(reader.finish().frameTable!.numberOfFrames).toBe(1024);
    }
    const after = process.memoryUsage();
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(64 * 2 ** 20);
  });
});

function pixelsOfOneBit(): Buffer {
  return Buffer.concat([
    imageAttributes(little, { rows: 1, columns: 1, bits: 1, frames: 800 }),
    element(little, 0x7fe00010, { vr: 'OB', value: Buffer.alloc(100) }),
  ]);
}

function native16(): Buffer {
  return Buffer.concat([
    imageAttributes(little, { rows: 2, columns: 2, bits: 16 }),
    element(little, 0x7fe00010, { vr: 'OW', value: patterned(8) }),
  ]);
}
