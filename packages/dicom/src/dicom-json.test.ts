import { describe, expect, it } from '@jest/globals';
import { DataSet, type Attribute } from './data-set.js';
import { dicomJsonPieces, writeDicomJson } from './dicom-json.js';
import { tag, type Tag } from './tag.js';
import { vrs, type Vr } from './vr.js';

const options = { bulkDataUri: (path: string): string => `../bulkdata/${path}` };

function element(at: number, vr: Vr, value: string | readonly number[]): Attribute {
  return { tag: tag(at), vr, bytes: typeof value === 'string' ? Buffer.from(value, 'latin1') : Uint8Array.from(value) };
}

function dataSet(attributes: readonly Attribute[], byteOrder: 'little' | 'big' = 'little'): DataSet {
  return new DataSet(new Map(attributes.map((attribute) => [attribute.tag, attribute])), byteOrder);
}

function json(attributes: readonly Attribute[], byteOrder: 'little' | 'big' = 'little'): unknown {
  return JSON.parse(writeDicomJson(dataSet(attributes, byteOrder), options));
}

function sequence(
  at: number,
  items: readonly ((parent: DataSet) => DataSet)[],
): { attribute: Attribute; root: DataSet } {
  const attributes = new Map<Tag, Attribute>();
  const root = new DataSet(attributes, 'little');
  const attribute: Attribute = { tag: tag(at), vr: 'SQ', items: items.map((make) => make(root)) };
  attributes.set(attribute.tag, attribute);
  return { attribute, root };
}

function valueOf(vr: Vr, value: string | readonly number[], byteOrder: 'little' | 'big' = 'little'): unknown {
  const object = json([element(0x00091001, vr, value)], byteOrder) as Record<string, unknown>;
  return object['00091001'];
}

describe('the DICOM JSON of a Data Set', () => {
  it('orders Attributes by tag, in upper-case digits, each with its VR', () => {
    const text = writeDicomJson(
      dataSet([element(0x7fe10010, 'LO', 'ACME'), element(0x0020000d, 'UI', '1.2\0'), element(0x00080060, 'CS', 'CT')]),
      options,
    );
    expect(text).toBe(
      '{"00080060":{"vr":"CS","Value":["CT"]},"0020000D":{"vr":"UI","Value":["1.2"]},"7FE10010":{"vr":"LO","Value":["ACME"]}}',
    );
  });

  it('comes in pieces no larger than an Attribute or an item of the root', () => {
    const one = (parent: DataSet): DataSet => new DataSet(new Map([[tag(0x00080060), element(0x00080060, 'CS', 'CT')]]), 'little', parent); // prettier-ignore
    const { root } = sequence(0x00081115, [one, (parent) => new DataSet(new Map(), 'little', parent), one]);
    const pieces = [...dicomJsonPieces(root, options)];
    expect(pieces).toContain(',{}');
    expect(pieces).toHaveLength(6); // the head, three items, two ends
    expect(pieces.join('')).toBe(writeDicomJson(root, options));
    const ct = { '00080060': { vr: 'CS', Value: ['CT'] } };
    expect(JSON.parse(pieces.join(''))).toEqual({ '00081115': { vr: 'SQ', Value: [ct, {}, ct] } });
  });

  it('leaves out group lengths, File Meta Information and padding', () => {
    expect(
      json([
        element(0x00020010, 'UI', '1.2'),
        element(0x00080000, 'UL', [4, 0, 0, 0]),
        element(0x00090000, 'UL', [4, 0, 0, 0]),
        element(0xfffcfffc, 'OB', [0, 0]),
      ]),
    ).toEqual({});
  });

  it.each<[Vr, string | readonly number[], unknown]>([
    ['LO', '', undefined],
    ['LO', '  ', undefined],
    ['LO', 'bar\\\\foo', ['bar', null, 'foo']],
    ['SH', '\\', [null, null]],
    ['LO', 'say "a"\t', ['say "a"\t']],
    ['ST', 'a\\b', ['a\\b']],
    ['AS', '012Y', ['012Y']],
    ['DA', '19931124', ['19931124']],
    ['UR', 'http://a/b ', ['http://a/b']],
    ['IS', '12\\-3 \\ +4', [12, -3, 4]],
    ['IS', '007', [7]],
    ['IS', '1A', ['1A']],
    ['IS', '1\\\\', [1, null, null]],
    ['DS', '1.50\\-.5\\5.\\1E+03', [1.5, -0.5, 5, 1000]],
    ['DS', 'NaN\\1e999\\x', ['NaN', '1e999', 'x']],
    ['US', [1, 0, 255, 255], [1, 65535]],
    ['SS', [255, 255], [-1]],
    ['UL', [255, 255, 255, 255], [4294967295]],
    ['SL', [255, 255, 255, 255], [-1]],
    [
      'FL',
      [0, 0, 0xc0, 0x3f, 0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0x7f, 0, 0, 0x80, 0xff],
      [1.5, 'NaN', 'Infinity', '-Infinity'],
    ],
    ['FD', [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f], [0.1]],
    ['SV', [1, 0, 0, 0, 0, 0, 0, 0], [1]],
    ['SV', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0], [Number.MAX_SAFE_INTEGER]],
    ['SV', [0, 0, 0, 0, 0, 0, 0x20, 0], ['9007199254740992']],
    ['UV', [255, 255, 255, 255, 255, 255, 255, 255], ['18446744073709551615']],
    ['SV', [0, 0, 0, 0, 0, 0, 0, 0x80], ['-9223372036854775808']],
    ['AT', [0xe0, 0x7f, 0x10, 0], ['7FE00010']],
    ['US', [], undefined],
  ])('writes %s %p', (vr, value, expected) => {
    expect(valueOf(vr, value)).toEqual(expected === undefined ? { vr } : { vr, Value: expected });
  });

  it('keeps the digits of a decimal string', () => {
    const text = writeDicomJson(dataSet([element(0x00181050, 'DS', '0.12345678901234567890')]), options);
    expect(text).toContain('"Value":[0.12345678901234567890]');
  });

  it('writes the component groups of Person Names', () => {
    const value = Buffer.from('Yamada^Tarou=山田^太郎=やまだ^たろう\\\\=李', 'utf8');
    const names = { tag: tag(0x00101001), vr: 'PN', bytes: value } as const;
    expect(json([element(0x00080005, 'CS', 'ISO_IR 192'), names])).toMatchObject({
      '00101001': {
        vr: 'PN',
        Value: [
          { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
          null,
          { Ideographic: '李' },
        ],
      },
    });
    expect(valueOf('PN', '')).toEqual({ vr: 'PN' });
    expect(valueOf('PN', '==')).toEqual({ vr: 'PN' });
  });

  it('keeps (0008,0005) of the source, and follows another one in an item', () => {
    const { root } = sequence(0x00400275, [
      (parent) =>
        new DataSet(
          new Map([element(0x00080005, 'CS', 'ISO_IR 144'), element(0x00321060, 'LO', '\xbb')].map((a) => [a.tag, a])),
          'little',
          parent,
        ),
      (parent) => new DataSet(new Map([[tag(0x00321060), element(0x00321060, 'LO', '\xe9')]]), 'little', parent),
    ]);
    const text = writeDicomJson(root, options);
    expect(JSON.parse(text)).toEqual({
      '00400275': {
        vr: 'SQ',
        Value: [
          { '00080005': { vr: 'CS', Value: ['ISO_IR 144'] }, '00321060': { vr: 'LO', Value: ['Л'] } },
          { '00321060': { vr: 'LO', Value: ['é'] } },
        ],
      },
    });
  });

  it('reads undeclared bytes by the default character set', () => {
    const bare = dataSet([element(0x00101001, 'PN', '\xbb')]);
    const text = writeDicomJson(bare, { ...options, defaultCharacterSet: 'ISO_IR 144' });
    expect(text).toBe('{"00101001":{"vr":"PN","Value":[{"Alphabetic":"Л"}]}}');
  });

  it('writes Sequences, empty items and the path of bulk data within them', () => {
    const bulk = { offset: 100, length: 5000, crc32: 1 };
    const pixels: Attribute = { tag: tag(0x7fe00010), vr: 'OW', bulk };
    const waveform: Attribute = { tag: tag(0x54001010), vr: 'OW', bulk };
    const { attribute } = sequence(0x54000100, [
      (parent) => new DataSet(new Map(), 'little', parent),
      (parent) => new DataSet(new Map([[waveform.tag, waveform]]), 'little', parent),
    ]);
    expect(json([attribute, pixels])).toEqual({
      '54000100': {
        vr: 'SQ',
        Value: [{}, { '54001010': { vr: 'OW', BulkDataURI: '../bulkdata/54000100/1/54001010' } }],
      },
      '7FE00010': { vr: 'OW', BulkDataURI: '../bulkdata/7FE00010' },
    });
    expect(json([{ tag: tag(0x00081140), vr: 'SQ', items: [] }])).toEqual({ '00081140': { vr: 'SQ' } });
  });

  it.each<[Vr, 'little' | 'big', readonly number[]]>([
    ['OB', 'little', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OB', 'big', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['UN', 'big', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OW', 'little', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['OW', 'big', [2, 1, 4, 3, 6, 5, 8, 7]],
    ['OF', 'big', [4, 3, 2, 1, 8, 7, 6, 5]],
    ['OL', 'big', [4, 3, 2, 1, 8, 7, 6, 5]],
    ['OD', 'big', [8, 7, 6, 5, 4, 3, 2, 1]],
    ['OV', 'big', [8, 7, 6, 5, 4, 3, 2, 1]],
  ])('writes %s of a %s endian Data Set as little endian InlineBinary', (vr, byteOrder, expected) => {
    const written = valueOf(vr, [1, 2, 3, 4, 5, 6, 7, 8], byteOrder);
    expect(written).toEqual({ vr, InlineBinary: Buffer.from(expected).toString('base64') });
  });

  it('does not change the bytes it was given', () => {
    const bytes = Uint8Array.of(1, 2);
    writeDicomJson(dataSet([{ tag: tag(0x00091001), vr: 'OW', bytes }], 'big'), options);
    expect([...bytes]).toEqual([1, 2]);
  });

  it('leaves out an empty binary value', () => {
    expect(valueOf('OB', [])).toEqual({ vr: 'OB' });
  });

  it('takes UN of a known Attribute for what it is, and else for bytes', () => {
    expect(json([element(0x00181050, 'UN', '1.5 '), element(0x00091001, 'UN', 'ab')])).toEqual({
      '00091001': { vr: 'UN', InlineBinary: 'YWI=' },
      '00181050': { vr: 'DS', Value: [1.5] },
    });
  });

  it.each(vrs.filter((vr) => vr !== 'SQ'))('is JSON and UTF-8 whatever the bytes of %s are', (vr) => {
    const characterSets = ['', 'ISO_IR 192', 'GB18030', '\\ISO 2022 IR 87\\ISO 2022 IR 149', 'ISO_IR 13'];
    for (let length = 0; length < 300; length += length < 20 ? 1 : 31) {
      const noise = Uint8Array.from({ length }, (_, index) => (index * 167 + length * 59) % 256);
      const characters = element(0x00080005, 'CS', characterSets[length % characterSets.length]!);
      const text = writeDicomJson(dataSet([characters, { tag: tag(0x00091001), vr, bytes: noise }]), options);
      expect(JSON.parse(text)).toHaveProperty('00091001.vr', vr);
      expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
    }
  });
});
