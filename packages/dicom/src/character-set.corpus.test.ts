import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { textOf, textsOf } from './attribute-values.js';
import type { DataSet } from './data-set.js';
import { writeDicomJson } from './dicom-json.js';
import { Part10Reader } from './part10-reader.js';
import { formatPersonName, type PersonName } from './person-name.js';
import { tag } from './tag.js';

interface CorpusFile {
  readonly path: string;
  readonly patientNameUtf8?: string | null;
  readonly specificCharacterSet?: readonly string[];
}

const corpus = new URL(
  process.env['BUCKY_CORPUS'] === undefined
    ? '../../../../shared/corpus/'
    : `file://${process.env['BUCKY_CORPUS'].replace(/\/?$/, '/')}`,
  import.meta.url,
);
const isThere = existsSync(new URL('index.json', corpus));
const files = isThere
  ? (JSON.parse(readFileSync(new URL('index.json', corpus), 'utf8')) as { files: CorpusFile[] }).files
  : [];
const named = files.filter(({ patientNameUtf8 }) => typeof patientNameUtf8 === 'string' && patientNameUtf8 !== '');

const patientName = tag(0x00100010);
const specificCharacterSet = tag(0x00080005);

/** Identity, for files that are only a Data Set; it may come last. */
const identity = Buffer.concat(
  [0x00080016, 0x00080018, 0x0020000d, 0x0020000e].map((at) => {
    const header = Buffer.from([0, 0, 0, 0, 0x55, 0x49, 4, 0]); // UI, 4 bytes
    header.writeUInt16LE(at >>> 16, 0);
    header.writeUInt16LE(at & 0xffff, 2);
    return Buffer.concat([header, Buffer.from('1.2\0')]);
  }),
);

function read(path: string, options: { append?: Uint8Array } = {}): DataSet {
  const reader = new Part10Reader();
  reader.push(readFileSync(new URL(path, corpus)));
  if (options.append !== undefined) reader.push(options.append);
  return reader.finish().dataSet;
}

(isThere ? describe : describe.skip)(
  'the character sets of the corpus (skipped where ../shared/corpus is absent)',
  () => {
    it('has names in all of them', () => {
      expect(named.length).toBeGreaterThan(20);
    });

    it.each(named)(
      'reads the name in $path, $specificCharacterSet',
      ({ path, patientNameUtf8, specificCharacterSet: terms }) => {
        const dataSet = read(path);
        expect(textOf(dataSet, patientName)).toBe(patientNameUtf8);
        const json = JSON.parse(writeDicomJson(dataSet, { bulkDataUri: (at) => at })) as Record<
          string,
          { Value: PersonName[] }
        >;
        expect(formatPersonName(json['00100010']!.Value[0]!)).toBe(patientNameUtf8);
        expect(textsOf(dataSet, specificCharacterSet)).toEqual(terms);
      },
    );

    it('reads an item in its own character set', () => {
      const dataSet = read('charsets/other-sequence-item-charset.dcm', { append: identity });
      const item = dataSet.get(tag(0x00321064))!.items![0]!;
      expect(textOf(item, patientName)).toBe('ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう');
      expect(writeDicomJson(dataSet, { bulkDataUri: (at) => at })).toContain('"Ideographic":"山田^太郎"');
    });

    it('takes the VR of Smallest Image Pixel Value from the pixels where it is not written', () => {
      const json = writeDicomJson(read('images/mr-ile-small-64.dcm'), { bulkDataUri: (at) => at });
      expect(json).toContain('"00280106":{"vr":"SS","Value":[0]}');
    });
  },
);
