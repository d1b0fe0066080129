import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { everything, exampleCatalog, exampleQuery, exampleRecord, uid, type ExampleCatalog } from './example-record.js';
import type { Query } from './query.js';

let example: ExampleCatalog;

beforeAll(async () => {
  example = await exampleCatalog();
  const study = (n: number, values: Record<string, string>) =>
    exampleRecord({
      study: `1.2.${n}`,
      instance: `1.2.${n}.1.1`,
      values,
      json: { '00181030': { vr: 'LO', Value: ['Körper'] }, '00280103': { vr: 'US', Value: [1] } },
    });
  await example.catalog.commit([
    study(1, { StudyDate: '20200101', StudyTime: '1000', PatientName: 'b' }),
    study(2, { StudyDate: '20200101', StudyTime: '1100', PatientName: 'A' }),
    study(3, { StudyDate: '20210101', PatientName: 'ä' }),
    study(5, {}),
    study(4, {}),
  ]);
});

afterAll(async () => {
  await example.remove();
});

const key = (keyword: string, value: string) => ({ matching: [{ keyword, value }] });
const find = (query: Partial<Query>) => example.catalog.find(exampleQuery(query), everything);

async function order(query: Partial<Query>): Promise<string> {
  return (await find(query)).results.map((study) => String(study['0020000D']?.Value?.[0]).slice(4)).join(' ');
}

it('gives the newest study first, then by UID, and so at each level', async () => {
  expect(await order({})).toBe('3 2 1 4 5');
  expect(await order({ level: 'series' })).toBe('3 2 1 4 5');
  expect(await order({ level: 'instance' })).toBe('3 2 1 4 5');
});

it('orders as asked, and by the default order among equals', async () => {
  expect(await order({ orderBy: [{ keyword: 'StudyDate', descending: false }] })).toBe('4 5 2 1 3');
  expect(await order({ orderBy: [{ keyword: 'PatientName', descending: true }] })).toBe('4 5 1 3 2');
});

it('gives pages that tell whether there is more', async () => {
  expect(await order({ limit: 2, offset: 1 })).toBe('2 1');
  expect((await find({ limit: 2, offset: 1 })).more).toBe(true);
  expect((await find({ limit: 2, offset: 3 })).more).toBe(false);
  expect((await find({ limit: 0 })).more).toBe(true);
});

it('gives all there is without a limit', async () => {
  const all: Query = { level: 'instance', matching: [], includeFields: [], orderBy: [], offset: 0 };
  const { results } = await example.catalog.find(all, everything);
  expect(results).toHaveLength(5);
});

it.each<[string, Partial<Query>, number]>([
  ['studies', {}, 5],
  ['series by what they belong to', { level: 'series' }, 5],
  ['instances by what they belong to', { level: 'instance', ...key('StudyDate', '20200101') }, 2],
  ['instances by the series', { level: 'instance', ...key('SeriesInstanceUID', '1.2.3.1') }, 1],
  ['instances by themselves', { level: 'instance', ...key('InstanceNumber', '1') }, 0],
  ['those below a series', { level: 'instance', studyUid: uid('1.2.2'), seriesUid: uid('1.2.2.1') }, 1],
  ['also past the end', { offset: 99 }, 5],
])('counts %s, whatever the limit', async (_, query, total) => {
  expect(await find({ limit: 1, total: true, ...query })).toMatchObject({ total });
  expect(await find({ limit: 100, total: true, ...query })).toMatchObject({ total });
  expect(await find(query)).not.toHaveProperty('total');
});

it('returns required Attributes also when empty, with their vr alone', async () => {
  const [study] = (await find({ offset: 3, limit: 1 })).results;
  expect(study).toEqual({
    '00080020': { vr: 'DA' },
    '00080030': { vr: 'TM' },
    '00080050': { vr: 'SH' },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00080061': { vr: 'CS', Value: [] },
    '00080090': { vr: 'PN' },
    '00080201': { vr: 'SH' },
    '00081030': { vr: 'LO' },
    '00100010': { vr: 'PN' },
    '00100020': { vr: 'LO' },
    '00100030': { vr: 'DA' },
    '00100040': { vr: 'CS' },
    '0020000D': { vr: 'UI', Value: ['1.2.4'] },
    '00200010': { vr: 'SH' },
    '00201206': { vr: 'IS', Value: [1] },
    '00201208': { vr: 'IS', Value: [1] },
  });
});

it('leaves the study out of results below a study, but for what is asked for', async () => {
  const below = { level: 'series', studyUid: uid('1.2.2') } as const;
  expect((await find(below)).results[0]).not.toHaveProperty('00100010');
  expect((await find({ ...below, includeFields: ['PatientName'] })).results[0]).toHaveProperty('00100010');
  expect((await find({ level: 'series' })).results[0]).toHaveProperty('00100010');
});

it('takes what has no column from the metadata of an Instance, and says that its text is UTF-8', async () => {
  const [some] = (await find({ level: 'instance', includeFields: ['ProtocolName', '00280103'], limit: 1 })).results;
  expect(some?.['00280103']).toEqual({ vr: 'US', Value: [1] });
  const [all] = (await find({ level: 'instance', includeFields: 'all', offset: 1, limit: 1 })).results;
  expect(all?.['00280103']).toEqual({ vr: 'US', Value: [1] });
  expect(all?.['00080005']).toEqual({ vr: 'CS', Value: ['ISO_IR 192'] });
  expect(Object.keys(all ?? {})).toEqual(Object.keys(all ?? {}).sort());
});
