import { describe, expect, it } from '@jest/globals';
import dicomParser from 'dicom-parser';
import type { Uid } from '../uid.js';
import { DicomdirWriter, type DicomdirInstance } from './dicomdir-writer.js';
import type { DicomJson } from './encode-dicom-json.js';

const ct = '1.2.840.10008.5.1.4.1.1.2' as Uid;

function instance(number: number, more: Partial<DicomdirInstance> = {}): DicomdirInstance {
  const metadata: DicomJson = {
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Example^Ada' }] },
    '00200013': { vr: 'IS', Value: [number] },
    '00280010': { vr: 'US', Value: [1] },
    ...more.metadata,
  };
  return {
    studyUid: '1.2.3' as Uid,
    seriesUid: '1.2.3.4' as Uid,
    instanceUid: `1.2.3.4.${number}` as Uid,
    sopClassUid: ct,
    transferSyntaxUid: '1.2.840.10008.1.2.1' as Uid,
    fileId: ['DICOM', '00000001', String(number).padStart(8, '0')],
    ...more,
    metadata,
  };
}

function write(instances: readonly DicomdirInstance[]): Uint8Array {
  const writer = new DicomdirWriter({ instanceUid: '2.25.1' as Uid });
  for (const one of instances) writer.add(one);
  return writer.finish();
}

interface Node {
  readonly type: string;
  readonly record: dicomParser.DataSet;
  readonly below: readonly Node[];
}

/** Follows the offsets as a reader of media does: by another parser than ours. */
function tree(bytes: Uint8Array): readonly Node[] {
  const directory = dicomParser.parseDicom(bytes);
  // An item's data begin behind its header of eight bytes, which is what offsets point at.
  const items = new Map(
    (directory.elements['x00041220']?.items ?? []).map((item) => [item.dataOffset - 8, item.dataSet!] as const),
  );
  const chain = (offset: number): readonly Node[] => {
    const nodes: Node[] = [];
    for (let at = offset; at !== 0; at = nodes.at(-1)!.record.uint32('x00041400')!) {
      const record = items.get(at)!;
      nodes.push({ type: record.string('x00041430')!, record, below: chain(record.uint32('x00041420')!) });
    }
    return nodes;
  };
  const roots = chain(directory.uint32('x00041200')!);
  const count = (nodes: readonly Node[]): number => nodes.reduce((sum, { below }) => sum + 1 + count(below), 0);
  expect(count(roots)).toBe(items.size);
  return roots;
}

const only = (bytes: Uint8Array): dicomParser.DataSet => tree(bytes)[0]!.below[0]!.below[0]!.below[0]!.record;

describe('DicomdirWriter', () => {
  it('is a Part 10 file of the Media Storage Directory SOP Class (PS3.10 8.6)', () => {
    const directory = dicomParser.parseDicom(write([instance(1)]));
    expect(directory.string('x00020002')).toBe('1.2.840.10008.1.3.10');
    expect(directory.string('x00020010')).toBe('1.2.840.10008.1.2.1');
    expect([directory.string('x00041130'), directory.uint16('x00041212')]).toEqual(['BUCKY', 0]);
  });

  it('links patient, study, series and instances by their offsets (PS3.3 F.2.2)', () => {
    const other = { seriesUid: '1.2.3.5' as Uid };
    const [patient, ...others] = tree(write([instance(1), instance(2), instance(3, other)]));
    expect([patient!.type, others]).toEqual(['PATIENT', []]);
    const [study] = patient!.below;
    expect([study!.type, study!.record.string('x0020000d')]).toEqual(['STUDY', '1.2.3']);
    expect(study!.below.map(({ record }) => record.string('x0020000e'))).toEqual(['1.2.3.4', '1.2.3.5']);
    const leaves = study!.below.map(({ below }) => below.map(({ record }) => record.string('x00041511')));
    expect(leaves).toEqual([['1.2.3.4.1', '1.2.3.4.2'], ['1.2.3.4.3']]);
  });

  it('names the file, class and transfer syntax of an instance (PS3.3 F.3.2.2)', () => {
    const record = only(write([instance(7)]));
    expect(record.string('x00041500')).toBe('DICOM\\00000001\\00000007');
    expect([record.string('x00041510'), record.string('x00041512')]).toEqual([ct, '1.2.840.10008.1.2.1']);
    expect([record.string('x00041430'), record.uint16('x00041410')]).toEqual(['IMAGE', 0xffff]);
  });

  it.each([
    ['1.2.840.10008.5.1.4.1.1.88.22', 'SR DOCUMENT'],
    ['1.2.840.10008.5.1.4.1.1.88.59', 'KEY OBJECT DOC'],
    ['1.2.840.10008.5.1.4.1.1.11.1', 'PRESENTATION'],
    ['1.2.840.10008.5.1.4.1.1.481.2', 'RT DOSE'],
    ['1.2.840.10008.5.1.4.1.1.104.1', 'ENCAP DOC'],
    ['1.2.840.10008.5.1.4.1.1.66.4', 'IMAGE'],
    ['1.2.3.99', 'IMAGE'],
  ])('files SOP Class %s as %s (PS3.3 F.4)', (sopClassUid, type) => {
    expect(only(write([instance(1, { sopClassUid: sopClassUid as Uid })])).string('x00041430')).toBe(type);
  });

  it('files what has neither pixels nor a known class as PRIVATE, with a UID of its own (PS3.3 F.6.1)', () => {
    const { metadata, ...rest } = instance(1, { sopClassUid: '1.2.3.99' as Uid });
    const writer = new DicomdirWriter({ instanceUid: '2.25.1' as Uid });
    const withoutRows = Object.fromEntries(Object.entries(metadata).filter(([tag]) => tag !== '00280010'));
    writer.add({ ...rest, metadata: withoutRows });
    const record = only(writer.finish());
    expect(record.string('x00041430')).toBe('PRIVATE');
    expect(record.string('x00041432')).toMatch(/^2\.25\.\d+$/);
  });

  it('has a value in every key of type 1, whatever the instance lacks (PS3.3 F.5)', () => {
    const [patient] = tree(write([instance(1, { metadata: { '00080021': { vr: 'DA', Value: ['20200102'] } } })]));
    const [study] = patient!.below;
    expect(patient!.record.string('x00100020')).toBe('UNKNOWN');
    expect([study!.record.string('x00080020'), study!.record.string('x00080030')]).toEqual(['20200102', '000000']);
    expect(study!.record.elements['x00080050']?.length).toBe(0); // type 2
    expect([study!.below[0]!.record.string('x00080060'), study!.below[0]!.record.string('x00200011')]).toEqual(['OT', '1']); // prettier-ignore
  });

  it('writes what is beyond ASCII as UTF-8, and says so (PS3.3 C.12.1.1.2)', () => {
    const name = { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' };
    const metadata = { '00080005': { vr: 'CS', Value: ['ISO 2022 IR 87'] }, '00100010': { vr: 'PN', Value: [name] } };
    const [patient] = tree(write([instance(1, { metadata })]));
    const { dataOffset, length } = patient!.record.elements['x00100010']!;
    const text = Buffer.from(patient!.record.byteArray.subarray(dataOffset, dataOffset + length)).toString('utf8');
    expect([patient!.record.string('x00080005'), text.trim()]).toEqual(['ISO_IR 192', 'Yamada^Tarou=山田^太郎']);
    expect(patient!.below[0]!.record.elements['x00080005']).toBeUndefined();
  });

  it('repeats of an SR tree only what modifies its title, and its last verification (PS3.3 F.5.25)', () => {
    const item = (type: string): DicomJson => ({ '0040A010': { vr: 'CS', Value: [type] } });
    const at = (time: string): DicomJson => ({ '0040A030': { vr: 'DT', Value: [time] } });
    const metadata: DicomJson = {
      '0040A493': { vr: 'CS', Value: ['VERIFIED'] },
      '0040A073': { vr: 'SQ', Value: [at('20200101'), at('20210101')] },
      '0040A730': { vr: 'SQ', Value: [item('CONTAINS'), item('HAS CONCEPT MOD')] },
    };
    const record = only(write([instance(1, { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11' as Uid, metadata })]));
    expect(record.elements['x0040a730']?.items?.map(({ dataSet }) => dataSet?.string('x0040a010'))).toEqual([
      'HAS CONCEPT MOD',
    ]);
    expect(record.string('x0040a030')).toBe('20210101');
  });

  it('writes dates and times of ACR-NEMA as DICOM has them (PS3.5 6.2)', () => {
    const metadata = { '00080020': { vr: 'DA', Value: ['1994.11.05'] }, '00080030': { vr: 'TM', Value: ['11:20:00'] } };
    const [study] = tree(write([instance(1, { metadata })]))[0]!.below;
    expect([study!.record.string('x00080020'), study!.record.string('x00080030')]).toEqual(['19941105', '112000']);
  });

  it('is the same for the same instances, and empty for none', () => {
    expect(Buffer.from(write([instance(1)])).equals(write([instance(1)]))).toBe(true);
    expect(tree(write([]))).toEqual([]);
  });
});
