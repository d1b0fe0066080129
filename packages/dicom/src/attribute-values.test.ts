import { describe, expect, it } from '@jest/globals';
import {
  bigintsOf,
  numberOf,
  numberRules,
  numbersOf,
  parseDecimal,
  tagsOf,
  textOf,
  textsOf,
  valueVr,
} from './attribute-values.js';
import { DataSet, type Attribute } from './data-set.js';
import { tag } from './tag.js';
import type { Vr } from './vr.js';

type Row = readonly [tag: number, vr: Vr, bytes: string | readonly number[], implied?: true];

function attribute([at, vr, bytes, implied]: Row): Attribute {
  const value = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Uint8Array.from(bytes);
  return { tag: tag(at), vr, bytes: value, ...(implied ? { implied } : {}) };
}

function dataSet(rows: readonly Row[], about: { byteOrder?: 'little' | 'big'; parent?: DataSet } = {}): DataSet {
  const attributes = rows.map(attribute).map((one) => [one.tag, one] as const);
  return new DataSet(new Map(attributes), about.byteOrder ?? 'little', about.parent);
}

describe('text values', () => {
  it.each<[Vr, string, readonly string[]]>([
    ['LO', ' a \\ b', ['a', 'b']],
    ['LO', '', []],
    ['LO', '  ', []],
    ['LO', '\\', ['', '']],
    ['CS', 'ORIGINAL\\\\AXIAL', ['ORIGINAL', '', 'AXIAL']],
    ['UI', '1.2.3\0', ['1.2.3']],
    ['UI', '1.2\\3.4\0', ['1.2', '3.4']],
    ['ST', ' keeps\\backslashes and what is in front \r\n ', [' keeps\\backslashes and what is in front \r\n']],
    ['LT', 'a\tb  ', ['a\tb']],
    ['UT', 'a\0', ['a']],
    ['UR', 'http://a\\b ', ['http://a\\b']],
    ['UC', ' a \\b ', [' a', 'b']],
    ['DS', '1.5 \\ -2', ['1.5', '-2']],
    ['PN', 'Doe^John \\=A', ['Doe^John', '=A']],
    ['PN', 'Doe^John ==', ['Doe^John']],
    ['AE', ' STORE ', ['STORE']],
    ['DA', '19931124', ['19931124']],
  ])('splits and trims %s %p', (vr, text, expected) => {
    expect(textsOf(dataSet([[0x00091001, vr, text]]), tag(0x00091001))).toEqual(expected);
  });

  it('decodes by the character set in effect before it splits', () => {
    const root = dataSet([
      [0x00080005, 'CS', 'GB18030'],
      [0x00091001, 'LO', '\xc0\\\\b'],
    ]);
    expect(textsOf(root, tag(0x00091001))).toEqual(['繺', 'b']);
    const item = dataSet([[0x00100010, 'PN', 'Wang=\xcd\xf5']], { parent: root });
    expect(textOf(item, tag(0x00100010))).toBe('Wang=王');
  });

  it('takes the default character set for undeclared bytes', () => {
    const bare = dataSet([[0x00100010, 'PN', '\xbb\xee\xda']]);
    expect(textOf(bare, tag(0x00100010), { defaultCharacterSet: 'ISO_IR 144' })).toBe('Люк');
    expect(textOf(bare, tag(0x00100010))).toBe('»îÚ');
  });

  it('gives the first value that is not empty, or nothing', () => {
    const some = dataSet([
      [0x00091001, 'LO', '\\ \\b\\c'],
      [0x00091002, 'LO', ' '],
      [0x00091003, 'OB', [1, 2]],
    ]);
    expect(textOf(some, tag(0x00091001))).toBe('b');
    expect(textOf(some, tag(0x00091002))).toBeUndefined();
    expect(textOf(some, tag(0x00091003))).toBeUndefined();
    expect(textOf(some, tag(0x00091004))).toBeUndefined();
  });

  it('gives nothing for a value left in the file and for a Sequence', () => {
    const [at, sequence] = [tag(0x00091001), tag(0x00091002)];
    const attributes = new Map<typeof at, Attribute>([
      [at, { tag: at, vr: 'US', bulk: { offset: 1, length: 2, crc32: 3 } }],
      [sequence, { tag: sequence, vr: 'SQ', items: [] }],
    ]);
    expect(textsOf(new DataSet(attributes, 'little'), at)).toEqual([]);
    expect(numbersOf(new DataSet(attributes, 'little'), at)).toEqual([]);
    expect(textsOf(new DataSet(attributes, 'little'), sequence)).toEqual([]);
  });

  it('shows numbers and tags as text', () => {
    const some = dataSet([
      [0x00091001, 'US', [1, 0, 255, 255]],
      [0x00091002, 'AT', [0x20, 0, 0x0d, 0]],
    ]);
    expect(textsOf(some, tag(0x00091001))).toEqual(['1', '65535']);
    expect(textsOf(some, tag(0x00091002))).toEqual(['0020000D']);
  });
});

describe('numbers', () => {
  it.each<[Vr, readonly number[], readonly number[]]>([
    ['US', [1, 0, 0xff, 0xff], [1, 65535]],
    ['SS', [0xff, 0xff], [-1]],
    ['UL', [1, 0, 0, 0x80], [2147483649]],
    ['SL', [0xfe, 0xff, 0xff, 0xff], [-2]],
    ['FL', [0, 0, 0xc0, 0x3f], [1.5]],
    ['FD', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]],
    ['SV', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-1]],
    ['US', [1, 0, 7], [1]],
    ['US', [], []],
  ])('reads %s in either byte order', (vr, bytes, expected) => {
    const size = numberRules[vr]!.size;
    const swapped = bytes.map((_, index) => bytes[index - (index % size) + size - 1 - (index % size)] ?? 7);
    expect(numbersOf(dataSet([[0x00091001, vr, bytes]]), tag(0x00091001))).toEqual(expected);
    if (bytes.length % size === 0) {
      expect(numbersOf(dataSet([[0x00091001, vr, swapped]], { byteOrder: 'big' }), tag(0x00091001))).toEqual(expected);
    }
  });

  it('reads those written as text, NaN for what is none', () => {
    const some = dataSet([[0x00091001, 'DS', '1.5\\\\x\\-2e3 ']]);
    expect(numbersOf(some, tag(0x00091001))).toEqual([1.5, Number.NaN, Number.NaN, -2000]);
    expect(numberOf(some, tag(0x00091001))).toBe(1.5);
    expect(numberOf(dataSet([[0x00091001, 'IS', '1A']]), tag(0x00091001))).toBeUndefined();
    expect(numberOf(some, tag(0x00091002))).toBeUndefined();
  });

  it.each([
    ['1', 1],
    ['+1.50', 1.5],
    ['-.5', -0.5],
    ['5.', 5],
    ['007', 7],
    ['1E+03', 1000],
    ['1e-3', 0.001],
    ['', undefined],
    ['.', undefined],
    ['0x10', undefined],
    ['1e999', undefined],
    ['Infinity', undefined],
    ['NaN', undefined],
    ['1,5', undefined],
    ['1 2', undefined],
  ])('reads the decimal string %p as %p', (text, expected) => {
    expect(parseDecimal(text)).toBe(expected);
  });

  it('reads 64 bits without loss', () => {
    const bytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(bigintsOf(dataSet([[0x00091001, 'UV', bytes]]), tag(0x00091001))).toEqual([18446744073709551615n]);
    expect(bigintsOf(dataSet([[0x00091001, 'SV', bytes]]), tag(0x00091001))).toEqual([-1n]);
    expect(bigintsOf(dataSet([[0x00091001, 'US', [1, 0]]]), tag(0x00091001))).toEqual([]);
  });

  it('reads Attribute Tags in either byte order', () => {
    const little = dataSet([[0x00091001, 'AT', [0xe0, 0x7f, 0x10, 0, 0xfc, 0xff, 0xfc, 0xff]]]);
    const big = dataSet([[0x00091001, 'AT', [0x7f, 0xe0, 0, 0x10, 0xff, 0xfc, 0xff, 0xfc]]], { byteOrder: 'big' });
    expect(tagsOf(little, tag(0x00091001))).toEqual([0x7fe00010, 0xfffcfffc]);
    expect(tagsOf(big, tag(0x00091001))).toEqual([0x7fe00010, 0xfffcfffc]);
    expect(tagsOf(big, tag(0x00091002))).toEqual([]);
  });

  it('looks at very many digits once', () => {
    expect(parseDecimal(`${'1'.repeat(3_000_000)}x`)).toBeUndefined();
  });
});

describe('the VR of a value', () => {
  const signed: Row = [0x00280103, 'US', [1, 0]];
  const padding: Row = [0x00280120, 'US', [0x30, 0xf8], true];
  const vrIn = (of: DataSet, at: number): Vr => valueVr(of.get(tag(at))!, of);

  it('is SS for US or SS where the VR is not written and the pixels are signed, also around the item', () => {
    const root = dataSet([signed, padding]);
    expect(vrIn(root, 0x00280120)).toBe('SS');
    expect(numbersOf(root, tag(0x00280120))).toEqual([-2000]);
    expect(vrIn(dataSet([padding], { parent: root }), 0x00280120)).toBe('SS');
    expect(vrIn(dataSet([[0x00280103, 'US', [0, 0]], padding], { parent: root }), 0x00280120)).toBe('US');
    expect(vrIn(dataSet([[0x00280103, 'US', [0, 1]], padding], { byteOrder: 'big' }), 0x00280120)).toBe('SS');
  });

  it('stays US without signed pixels, where it is written, and where only US is possible', () => {
    expect(vrIn(dataSet([padding]), 0x00280120)).toBe('US');
    expect(vrIn(dataSet([signed, [0x00280120, 'US', [0x30, 0xf8]]]), 0x00280120)).toBe('US');
    expect(vrIn(dataSet([signed, [0x00280010, 'US', [0, 1], true]]), 0x00280010)).toBe('US');
  });

  it('is what the dictionary says where UN is written, little endian in any case', () => {
    const some = dataSet(
      [
        [0x00280010, 'UN', [0, 2]],
        [0x00100010, 'UN', 'Doe^John'],
        [0x00090010, 'UN', 'ACME'],
        [0x00091001, 'UN', 'x'],
        [0x00081140, 'UN', 'x'],
      ],
      { byteOrder: 'big' },
    );
    expect(numberOf(some, tag(0x00280010))).toBe(512);
    expect(textOf(some, tag(0x00100010))).toBe('Doe^John');
    expect(textOf(some, tag(0x00090010))).toBe('ACME');
    expect(vrIn(some, 0x00091001)).toBe('UN');
    expect(vrIn(some, 0x00081140)).toBe('UN');
  });
});
