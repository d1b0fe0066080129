import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everything, exampleCatalog, exampleQuery, exampleRecord, uid, type ExampleCatalog } from './example-record.js';
import type { Query, QueryLevel } from './query.js';
import { searchableAttributes } from './searchable.js';

let example: ExampleCatalog;

/** Study by its last component. */
const studies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '1': {
    PatientName: 'MÜLLER^Anna Łucja^^Dr.',
    PatientID: 'Abc-100%',
    AccessionNumber: 'ACC_1',
    StudyDate: '20200101',
    StudyTime: '101530.5',
    StudyDescription: 'CT Thorax ÄBC',
    ReferringPhysicianName: 'Groß^Øystein',
    Modality: 'CT',
  },
  '2': {
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    PatientID: 'abc-100%',
    AccessionNumber: 'ACCx1',
    StudyDate: '20200102',
    StudyTime: '0930',
    StudyDescription: 'MR Knee',
    Modality: 'MR',
    PhysiciansOfRecord: 'One^A\\Two^B',
  },
  '3': {
    PatientName: 'Muller^Anna',
    PatientID: 'abc-200',
    StudyDate: '20200103',
    StudyTime: '18',
    Modality: 'CT',
    BodyPartExamined: 'CHEST',
    ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
    InstanceNumber: '01',
    SeriesNumber: '7',
    Rows: '512',
    AcquisitionDateTime: '20200103120000+0200',
  },
  '4': {
    TimezoneOffsetFromUTC: '-0200',
    AcquisitionDateTime: '20200104080000',
    Modality: 'US',
    PatientName: '"Quoted" O\'Neil^*',
    PatientWeight: '70.5',
  },
};

beforeAll(async () => {
  example = await exampleCatalog();
  const records = Object.entries(studies).map(([n, values]) =>
    exampleRecord({ study: `1.2.${n}`, instance: `1.2.${n}.1.1`, values }),
  );
  await example.catalog.commit([
    ...records,
    exampleRecord({ study: '1.2.2', series: '1.2.2.2', instance: '1.2.2.2.1', values: { Modality: 'SR' } }),
  ]);
});

afterAll(async () => {
  await example.remove();
});

/** Last component of the studies that match, in order of that. */
async function matched(matching: Readonly<Record<string, string>>, more: Partial<Query> = {}): Promise<string> {
  const keys = Object.entries(matching).map(([keyword, value]) => ({ keyword, value }));
  const { results } = await example.catalog.find(exampleQuery({ matching: keys, ...more }), everything);
  const uids = results.map((result) => String(result['0020000D']?.Value?.[0]).slice('1.2.'.length));
  return uids.sort().join(' ');
}

const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['everything by no key', {}, '1 2 3 4'],
  ['everything by an empty key', { PatientName: '' }, '1 2 3 4'],
  ['everything by nothing but separators', { PatientID: '\\', ModalitiesInStudy: ',\\ ,' }, '1 2 3 4'],
  ['everything by a star', { PatientName: '*', StudyDescription: '**' }, '1 2 3 4'],
  ['a name without regard to case, accents and empty components', { PatientName: 'müller^anna lucja^^dr.^' }, '1'],
  ['a name without accents', { PatientName: 'Muller^Anna' }, '3'],
  ['not a part of a name', { PatientName: 'Muller' }, ''],
  ['the beginning of a name', { PatientName: 'Mül*' }, '1 3'],
  ['a name as people write it', { PatientName: 'Muller, Anna*' }, '1 3'],
  ['the middle of a name', { PatientName: '*uller*' }, '1 3'],
  ['the middle of a name, too short for the index', { PatientName: '*mü*' }, '1 3'],
  ['two runs of a name', { PatientName: '*ller*lucja*' }, '1'],
  ['runs in that order only', { PatientName: '*lucja*ller*' }, ''],
  ['the end of a name', { PatientName: '*anna' }, '3'],
  ['any one character', { PatientName: 'm?ller^anna' }, '3'],
  ['the alphabetic group', { PatientName: 'yamada^tarou' }, '2'],
  ['the ideographic group', { PatientName: '山田^太郎' }, '2'],
  ['the phonetic group', { PatientName: 'やまだ*' }, '2'],
  ['two groups', { PatientName: 'yamada*=山田*' }, '2'],
  ['only when both groups match', { PatientName: 'yamada*=鈴木*' }, ''],
  ['no run over the border of groups', { PatientName: '*tarou*山田*' }, ''],
  ['letters that are not taken apart', { ReferringPhysicianName: 'gross^oystein' }, '1'],
  ['one of several names', { PhysiciansOfRecord: 'two^b' }, '2'],
  ['no run over the border of values', { PhysiciansOfRecord: 'one*b' }, ''],
  ['a name with quotes', { PatientName: '*"quoted" o\'n*' }, '4'],
  ['an identifier exactly', { PatientID: 'abc-100%' }, '2'],
  ['an identifier with capitals exactly', { PatientID: 'Abc-100%' }, '1'],
  ['an identifier by wildcards, without regard to case', { PatientID: 'ABC-1*' }, '1 2'],
  ['a percent sign as itself', { PatientID: '*00%' }, '1 2'],
  ['an underscore as itself', { AccessionNumber: 'ACC_*' }, '1'],
  ['a star that is not SQL', { AccessionNumber: '*%*' }, ''],
  ['an accession number exactly', { AccessionNumber: 'acc_1' }, ''],
  ['a description by its middle', { StudyDescription: '*thorax äb*' }, '1'],
  ['a date', { StudyDate: '20200102' }, '2'],
  ['a date in the old form', { StudyDate: '2020.01.02' }, '2'],
  ['a range of dates', { StudyDate: '20200102-20200103' }, '2 3'],
  ['dates up to one, those without a date not', { StudyDate: '-20200102' }, '1 2'],
  ['dates from one on', { StudyDate: '20200102-' }, '2 3'],
  ['a time of less precision', { StudyTime: '09' }, '2'],
  ['a range of times, none without a time', { StudyTime: '-1015' }, '1 2'],
  ['times from one on', { StudyTime: '101530.5-' }, '1 3'],
  ['one point of date and time', { StudyDate: '20200101-20200103', StudyTime: '1100-1000' }, '2'],
  ['date and time both as ranges', { StudyDate: '20200101-20200102', StudyTime: '101530-0930' }, '1 2'],
  ['a date and a range of times', { StudyDate: '20200101', StudyTime: '09-10' }, '1'],
  ['a modality among several', { ModalitiesInStudy: 'SR' }, '2'],
  ['several modalities', { ModalitiesInStudy: 'SR\\US' }, '2 4'],
  ['several modalities with commas', { ModalitiesInStudy: 'CT,US' }, '1 3 4'],
  ['a modality by wildcard', { ModalitiesInStudy: '?R' }, '2'],
  ['modalities by a list of wildcards and values', { ModalitiesInStudy: 'U*,SR' }, '2 4'],
  ['modalities by wildcards with backslashes', { ModalitiesInStudy: 'M?\\U?' }, '2 4'],
  ['every modality when one of the list is a star', { ModalitiesInStudy: 'MR,*' }, '1 2 3 4'],
  ['a modality of any of its series', { Modality: 'SR' }, '2'],
  ['a body part of any of its series', { BodyPartExamined: 'CH*' }, '3'],
  ['a number of any of its instances', { InstanceNumber: '1' }, '3'],
  ['a SOP Instance of its own', { SOPInstanceUID: '1.2.2.2.1' }, '2'],
  ['a UID', { StudyInstanceUID: '1.2.3' }, '3'],
  ['UIDs joined by commas', { StudyInstanceUID: '1.2.3,1.2.4,1.9' }, '3 4'],
  ['UIDs joined by backslashes', { StudyInstanceUID: '1.2.3\\1.2.1' }, '1 3'],
  ['a SOP Class in the study', { SOPClassesInStudy: '1.2.840.10008.5.1.4.1.1.2' }, '1 2 3 4'],
  ['a number', { NumberOfStudyRelatedInstances: '2' }, '2'],
  ['a fraction', { PatientWeight: '70.50' }, '4'],
  ['all keys together', { PatientName: '*muller*', StudyDate: '20200102-' }, '3'],
];

describe('studies', () => {
  it.each(cases)('matches %s', async (_, matching, expected) => {
    expect(await matched(matching)).toBe(expected);
  });
});

it('takes nothing from counts and modalities by matching one of them', async () => {
  const matching = [{ keyword: 'ModalitiesInStudy', value: 'SR,XX' }];
  const { results } = await example.catalog.find(exampleQuery({ matching }), everything);
  expect(results).toMatchObject([
    { '00080061': { Value: ['MR', 'SR'] }, '00201206': { Value: [2] }, '00201208': { Value: [2] } },
  ]);
});

describe('fuzzy matching of names', () => {
  it.each([
    ['words in any order', { PatientName: 'anna muller' }, '1 3'],
    ['words as far as they were typed', { PatientName: 'mul an' }, '1 3'],
    ['a word behind a hyphen or space', { PatientName: 'lucja' }, '1'],
    ['a short word', { PatientName: 'dr' }, '1'],
    ['words of several component groups', { PatientName: '太郎 yamada' }, '2'],
    ['not the middle of a word', { PatientName: 'uller' }, ''],
    ['wildcards as ever', { PatientName: '*uller*' }, '1 3'],
    ['other Attributes as ever', { PatientID: 'abc-2' }, ''],
    ['one of several names', { PhysiciansOfRecord: 'b tw' }, '2'],
  ])('matches %s', async (_, matching, expected) => {
    expect(await matched(matching, { fuzzy: true })).toBe(expected);
  });
});

describe('series and instances', () => {
  const instances: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['an integer whatever its zeros', { InstanceNumber: '1' }, '3'],
    ['an integer with a zero', { InstanceNumber: '001' }, '3'],
    ['one of several values', { ImageType: 'PRIMARY' }, '3'],
    ['a value by wildcard', { ImageType: 'PRIM*' }, '3'],
    ['no wildcard over values', { ImageType: 'ORIG*AXIAL' }, ''],
    ['a code by wildcard', { BodyPartExamined: 'CH*T' }, '3'],
    ['an unsigned number', { Rows: '512' }, '3'],
    ['a point in time as an instant', { AcquisitionDateTime: '20200103100000+0000' }, '3'],
    ['a range of instants', { AcquisitionDateTime: '20200103095900+0000-20200103120001+0200' }, '3'],
    ['a point in time as civil time', { AcquisitionDateTime: '202001031200' }, '3'],
    ['no other civil time of the same instant', { AcquisitionDateTime: '202001031000' }, ''],
    ['a point in time by the offset of its instance', { AcquisitionDateTime: '20200104100000+0000' }, '4'],
    ['that point in time as civil time', { AcquisitionDateTime: '20200104' }, '4'],
    ['an Attribute of the study', { PatientName: '*yama*' }, '2 2'],
    ['a SOP Instance UID', { SOPInstanceUID: '1.2.2.2.1' }, '2'],
  ];

  it.each(instances)('matches %s', async (_, matching, expected) => {
    expect(await matched(matching, { level: 'instance' })).toBe(expected);
  });

  it('stays below the study and series of the path', async () => {
    expect(await matched({}, { level: 'series', studyUid: uid('1.2.2') })).toBe('2 2');
    expect(await matched({ Modality: 'SR' }, { level: 'series', studyUid: uid('1.2.2') })).toBe('2');
    const below = { level: 'instance', studyUid: uid('1.2.2'), seriesUid: uid('1.2.2.2') } as const;
    expect(await matched({}, below)).toBe('2');
    expect(await matched({}, { ...below, studyUid: uid('1.2.3') })).toBe('');
  });
});

describe('refusals', () => {
  const refused: readonly (readonly [string, QueryLevel, string, string, string])[] = [
    ['an Attribute that is not searchable', 'study', 'PixelData', 'secret', 'Cannot match PixelData'],
    ['an unknown keyword', 'study', 'PatientNme', 'secret', 'Cannot search by PatientNme'],
    ['what is below no Sequence', 'study', 'PatientName.PatientID', 'secret', 'Cannot match PatientName.PatientID'],
    ['an unknown keyword in a Sequence', 'study', 'ReferencedStudySequence.Foo', 'secret', 'Cannot search by Ref'],
    ['a date that is none in a Sequence', 'study', '00081110.StudyDate', 'secret', 'Cannot match Ref'],
    ['a date that is none', 'study', 'StudyDate', 'secret', 'Cannot match StudyDate'],
    ['a day that is none', 'study', 'StudyDate', '20200230', 'Cannot match StudyDate'],
    ['a time that is none', 'study', 'StudyTime', '2500', 'Cannot match StudyTime'],
    ['a UID that is none', 'study', 'StudyInstanceUID', '1.2,secret', 'Cannot match StudyInstanceUID'],
    ['a number that is none', 'instance', 'InstanceNumber', 'secret', 'Cannot match InstanceNumber'],
    ['a Sequence', 'series', 'RequestAttributesSequence', 'secret', 'Cannot match RequestAttributesSequence'],
    ['a value that is too long', 'study', 'PatientID', 'secret'.repeat(5000), 'more than 16384 characters'],
    ['a name that is too long', 'study', 'PatientName', 'secret'.repeat(200), 'more than 1024 characters'],
    ['a pattern that is too long', 'study', 'PatientID', `${'secret'.repeat(200)}*`, 'more than 1024 characters'],
    ['too many wildcards', 'study', 'StudyDescription', `*${'secret?'.repeat(64)}`, 'more than 64 wildcards'],
    ['too many patterns', 'study', 'Modality', 'secret?,'.repeat(65), 'more than 64 patterns'],
    ['too many groups of a name', 'study', 'PatientName', 'secret='.repeat(65), 'more than 64 patterns'],
    ['a NUL in a name', 'study', 'PatientName', 'secret\0abc', 'Cannot match PatientName: the value has a NUL'],
    ['a NUL in a pattern', 'study', 'PatientID', '*secret\0*', 'Cannot match PatientID: the value has a NUL'],
    ['a NUL at the end of a value', 'study', 'PatientID', 'secret\0', 'Cannot match PatientID: the value has a NUL'],
  ];

  it.each(refused)('refuses %s, naming the keyword and not the value', async (_, level, keyword, value, message) => {
    const asked = example.catalog.find(exampleQuery({ level, matching: [{ keyword, value }] }), everything);
    const error: unknown = await asked.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining(message) });
    expect(String(error)).not.toContain('secret');
  });

  it('refuses to order by what it has no column for, and to include what it does not know', async () => {
    const find = (query: Partial<Query>) => example.catalog.find(exampleQuery(query), everything);
    await expect(find({ orderBy: [{ keyword: 'Rows', descending: true }] })).rejects.toMatchObject({ code: 'invalid' });
    await expect(find({ includeFields: ['PatientNme'] })).rejects.toMatchObject({ code: 'invalid' });
  });
});

it('takes any text as a value of every Attribute without an error of SQL', async () => {
  const values = [`'`, `"`, `*"*'*`, `a"b*`, `*\\*`, `*%_*`, '***', '???', '"""*', `*AND OR NOT*`, '\0*abc', '*:*)*('];
  for (const { keyword, level } of searchableAttributes) {
    for (const value of values) {
      const asked = example.catalog.find(exampleQuery({ level, matching: [{ keyword, value }] }), everything);
      const outcome: unknown = await asked.catch((thrown: unknown) => (thrown as { code?: string }).code);
      if (typeof outcome === 'string' || outcome === undefined) expect(outcome).toBe('invalid');
    }
  }
});
