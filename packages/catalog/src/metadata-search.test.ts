import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@bucky/sqlite';
import { everything, exampleCatalog, exampleQuery, exampleRecord, uid, type ExampleCatalog } from './example-record.js';
import type { DicomJsonObject, Query } from './query.js';

let example: ExampleCatalog;

const text = (vr: string, ...Value: readonly unknown[]) => ({ vr, Value });
const item = (step: string, procedure: string, code?: string): DicomJsonObject => ({
  '00400009': text('SH', step),
  '00401001': text('SH', procedure),
  ...(code === undefined ? {} : { '00321064': text('SQ', { '00080100': text('SH', code) }) }),
});

/** Study by its last component, each with what its instances say. */
const studies: Readonly<Record<string, readonly DicomJsonObject[]>> = {
  '1': [
    {
      '00400275': text('SQ', item('S1', 'P1', 'C1'), item('S2', 'P2')),
      '00181400': text('LO', 'Körper'),
      '00180050': text('DS', 2.5),
      '00280301': text('CS', 'NO'),
      '00090010': text('LO', 'ACME'),
      '00091001': text('PN', { Alphabetic: 'Grün^Ida' }),
      '00091002': { vr: 'UN', InlineBinary: 'AAAA' },
    },
    { '00280301': text('CS', 'YES'), '00181400': text('LO', 'Other'), '00280010': text('US', 512) },
  ],
  '2': [
    {
      '00400275': text('SQ', item('S1', 'P2', 'C2')),
      '00102154': text('SH', '0123', '0456'),
      '00189074': text('DT', '20200103120000'),
      '00080201': text('SH', '+0200'),
      '0040A730': text('SQ', {
        '0040A040': text('CS', 'PNAME'),
        '0040A123': text('PN', { Alphabetic: 'Żuk^Ola', Ideographic: '山田' }),
        '0040A121': text('DA', '20200102'),
        '0040A122': text('TM', '1015'),
      }),
      '00280009': text('AT', '00181063'),
      '00189087': text('FD', 1000),
      '00104000': { vr: 'LT', BulkDataURI: '/x' },
    },
  ],
};

beforeAll(async () => {
  example = await exampleCatalog();
  const records = Object.entries(studies).flatMap(([n, instances]) =>
    instances.map((json, index) =>
      exampleRecord({
        study: `1.2.${n}`,
        instance: `1.2.${n}.1.${index}`,
        json,
        values: {
          InstanceNumber: String(index),
          PatientID: `P${n}`,
          ...(json['00280010'] === undefined ? {} : { Rows: '512' }),
          ...(json['00400275'] === undefined
            ? {}
            : { RequestAttributesSequence: JSON.stringify(json['00400275'].Value) }),
        },
      }),
    ),
  );
  await example.catalog.commit(records);
});

afterAll(async () => {
  await example.remove();
});

async function matched(matching: Readonly<Record<string, string>>, more: Partial<Query> = {}): Promise<string> {
  const keys = Object.entries(matching).map(([keyword, value]) => ({ keyword, value }));
  const query = exampleQuery({ level: 'instance', matching: keys, ...more });
  const { results } = await example.catalog.find(query, everything);
  return results.map((one) => String((one['00080018'] ?? one['0020000D'])?.Value?.[0]).slice('1.2.'.length)).join(' ');
}

const request = 'RequestAttributesSequence';

describe('matching inside Sequences', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a keyword below a keyword', { [`${request}.ScheduledProcedureStepID`]: 'S2' }, '1'],
    ['Tags', { '00400275.00400009': 'S1' }, '1 2'],
    [
      'keys of one item (PS3.4 C.2.2.2.6)',
      { [`${request}.00400009`]: 'S1', [`${request}.RequestedProcedureID`]: 'P2' },
      '2',
    ],
    ['no keys of two items', { '00400275.00400009': 'S2', '00400275.00401001': 'P1' }, ''],
    ['wildcards of what is indexed', { '00400275.00400009': '?2' }, '1'],
    ['a key below two Sequences', { [`${request}.RequestedProcedureCodeSequence.CodeValue`]: 'C2' }, '2'],
    ['indexed and other keys of one item', { '00400275.00400009': 'S2', '00400275.00321064.00080100': 'C1' }, ''],
    ['those of the same item', { '00400275.00400009': 'S1', '00400275.00321064.00080100': 'C1' }, '1'],
    ['a name in content', { 'ContentSequence.PersonName': 'zuk*' }, '2'],
    ['an ideographic name in content', { 'ContentSequence.PersonName': '山田' }, '2'],
    ['a range of dates in content', { 'ContentSequence.Date': '20200101-20200102' }, '2'],
    ['a range of times in content', { 'ContentSequence.Time': '10-1030' }, '2'],
    ['several keys in content', { 'ContentSequence.ValueType': 'PNAME', 'ContentSequence.Date': '20200103' }, ''],
    ['everything by an empty key', { 'ContentSequence.Date': '' }, '1 2'],
  ])('finds the study by %s', async (_, matching, expected) => {
    expect(await matched(matching, { level: 'study' })).toBe(expected);
  });
});

describe('matching any Attribute', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a code', { BurnedInAnnotation: 'YES' }, '1.1.1'],
    ['codes', { BurnedInAnnotation: 'YES,NO' }, '1.1.0 1.1.1'],
    ['a text without regard to case and accents by wildcards', { '00181400': 'KOR*' }, '1.1.0'],
    ['a text exactly', { AcquisitionDeviceProcessingDescription: 'Körper', BurnedInAnnotation: 'NO' }, '1.1.0'],
    ['a decimal whatever its zeros', { SliceThickness: '2.50' }, '1.1.0'],
    ['a float', { DiffusionBValue: '1000' }, '2.1.0'],
    ['one of several values', { PatientTelephoneNumbers: '0456' }, '2.1.0'],
    ['a Tag as value', { FrameIncrementPointer: '00181063' }, '2.1.0'],
    ['an instant by the offset of the instance', { FrameAcquisitionDateTime: '20200103100000+0000' }, '2.1.0'],
    ['civil time', { FrameAcquisitionDateTime: '202001031200' }, '2.1.0'],
    ['no civil time of another place', { FrameAcquisitionDateTime: '202001031000' }, ''],
    ['a private name by its Tag', { '00091001': 'gru*' }, '1.1.0'],
    ['not what is only bytes', { '00091002': '*A*' }, ''],
    ['not what was left in the file', { PatientComments: '*A*' }, ''],
    ['a column of instances', { Rows: '512' }, '1.1.1'],
    ['a column and metadata', { Rows: '512', BurnedInAnnotation: 'NO' }, ''],
  ])('finds %s', async (_, matching, expected) => {
    expect(await matched(matching)).toBe(expected);
  });

  it('finds words of a name when matching is fuzzy', async () => {
    expect(await matched({ '00091001': 'ida gr' }, { fuzzy: true })).toBe('1.1.0');
    expect(await matched({ '00091001': 'ida gr' })).toBe('');
  });

  it('takes a study for each key that any of its instances matches', async () => {
    const both = { BurnedInAnnotation: 'YES', SliceThickness: '2.5' };
    expect(await matched(both, { level: 'study' })).toBe('1');
    expect(await matched(both)).toBe('');
    expect(await matched({ Rows: '512' }, { level: 'study' })).toBe('1');
  });

  it('gives pages and counts of what it found', async () => {
    const matching = [{ keyword: 'BurnedInAnnotation', value: '*S,N*' }];
    const found = await example.catalog.find(
      exampleQuery({ level: 'instance', matching, limit: 1, total: true }),
      everything,
    );
    expect(found).toMatchObject({ more: true, total: 2, results: [{ '00080018': { Value: ['1.2.1.1.0'] } }] });
    expect(await matched({ BurnedInAnnotation: '*S,N*' }, { offset: 1 })).toBe('1.1.1');
    expect(await matched({ BurnedInAnnotation: '*S,N*' }, { studyUid: uid('1.2.2') })).toBe('');
  });

  it('keeps to its scope', async () => {
    const query = exampleQuery({ matching: [{ keyword: 'BurnedInAnnotation', value: 'YES' }] });
    const { results } = await example.catalog.find(query, { kind: 'studies', studyUids: [uid('1.2.2')] });
    expect(results).toEqual([]);
  });

  it('takes a time in proportion to the text, whatever the wildcards', async () => {
    const json = { '00104000': text('LT', 'a'.repeat(20_000)) };
    await example.catalog.commit([exampleRecord({ study: '1.2.9', instance: '1.2.9.1', json })]);
    expect(await matched({ PatientComments: `${'*a'.repeat(40)}*b` }, { studyUid: uid('1.2.9') })).toBe('');
  });
});

describe('more instances than can be looked into', () => {
  let crowded: ExampleCatalog;

  beforeAll(async () => {
    crowded = await exampleCatalog();
    const json = { '00280301': text('CS', 'YES') };
    const values = { PatientID: 'P1' };
    await crowded.catalog.commit([exampleRecord({ study: '1.2.1', instance: '1.2.1.1', json, values })]);
    await crowded.catalog.commit([exampleRecord({ study: '1.2.2', instance: '1.2.2.1', json })]);
    const database = new Database({ file: crowded.file });
    database.exec(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
      INSERT INTO instances (series, sop_instance_uid, sop_class_uid, available_transfer_syntax_uid, receipt,
        location_key, location_offset, location_length, sha256, crc32, deflated, oddities, source, received_at)
      SELECT i.series, '1.3.' || n, i.sop_class_uid, i.available_transfer_syntax_uid, 'r' || n, '', 0, 0, '', 0, 0, '', '', ''
      FROM numbers, instances i WHERE i.sop_instance_uid = '1.2.2.1'`);
    database.close();
  });

  afterAll(async () => {
    await crowded.remove();
  });

  const find = (query: Partial<Query>) => crowded.catalog.find(exampleQuery(query), everything);
  const annotation = { keyword: 'BurnedInAnnotation', value: 'YES' };

  it.each<[string, Partial<Query>, string]>([
    ['an Attribute without an index', { matching: [annotation] }, 'Cannot search by BurnedInAnnotation'],
    ['a column without an index', { level: 'instance', matching: [{ keyword: 'Rows', value: '1' }] }, 'by Rows'],
    ['an order without an index', { level: 'instance', orderBy: [{ keyword: 'Rows', descending: true }] }, 'by Rows'],
  ])('refuses %s, and names what is searchable', async (_, query, message) => {
    const error: unknown = await find(query).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining(message) });
    expect(error).toMatchObject({ message: expect.stringMatching(/10000 instances.*PatientID/) });
  });

  it('answers when a key with an index or the path leaves few of them', async () => {
    const narrowed = await find({ matching: [annotation, { keyword: 'PatientID', value: 'P1' }] });
    expect(narrowed.results).toMatchObject([{ '0020000D': { Value: ['1.2.1'] } }]);
    const below = await find({ level: 'instance', studyUid: uid('1.2.1'), matching: [annotation] });
    expect(below.results).toHaveLength(1);
    const rows = { level: 'instance', studyUid: uid('1.2.2'), matching: [{ keyword: 'Rows', value: '1' }] } as const;
    expect((await find(rows)).results).toEqual([]);
  });
});

describe('including any Attribute', () => {
  const included = async (level: Query['level'], ...includeFields: readonly string[]) =>
    (await example.catalog.find(exampleQuery({ level, includeFields, studyUid: uid('1.2.1') }), everything)).results;

  it('takes that of a study or series from its first instance', async () => {
    const expected = { '00280301': { vr: 'CS', Value: ['NO'] } };
    expect(await included('study', 'BurnedInAnnotation')).toMatchObject([expected]);
    expect(await included('series', 'BurnedInAnnotation')).toMatchObject([expected]);
    expect(await included('instance', 'BurnedInAnnotation')).toMatchObject([
      expected,
      { '00280301': { Value: ['YES'] } },
    ]);
  });

  it('returns a private Attribute with its creator', async () => {
    expect(await included('study', '00091001')).toMatchObject([
      { '00090010': { Value: ['ACME'] }, '00091001': { Value: [{ Alphabetic: 'Grün^Ida' }] } },
    ]);
  });

  it('returns no Attribute of a level below (PS3.18 10.6.3.3)', async () => {
    expect((await included('study', 'Modality', 'Rows'))[0]).not.toHaveProperty('00080060');
  });
});
