import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Database } from '@bucky/sqlite';
import {
  collect,
  everything,
  exampleCatalog,
  exampleQuery,
  exampleRecord,
  uid,
  type ExampleCatalog,
} from './example-record.js';
import { openCatalog } from './open-catalog.js';

let example: ExampleCatalog;

beforeEach(async () => {
  example = await exampleCatalog();
});

afterEach(async () => {
  await example.remove();
});

it('stores an Instance once, calls the same bytes a duplicate and others a conflict, within one call too', async () => {
  const { catalog } = example;
  const first = exampleRecord({ instance: '1.2.1.1' });
  const again = exampleRecord({ instance: '1.2.1.1' });
  const other = exampleRecord({ instance: '1.2.1.1', sha256: 'other' });
  const elsewhere = exampleRecord({ instance: '1.2.1.1', study: '1.3' });
  expect(await catalog.commit([first, again, other, elsewhere])).toEqual([
    { kind: 'stored', differs: [] },
    { kind: 'duplicate', receipt: first.receipt },
    { kind: 'conflict', receipt: first.receipt, reason: 'other-bytes' },
    { kind: 'conflict', receipt: first.receipt, reason: 'other-study-or-series' },
  ]);
  expect(await catalog.commit([again])).toEqual([{ kind: 'duplicate', receipt: first.receipt }]);
  expect(await catalog.counts(everything)).toEqual({ studies: 1, series: 1, instances: 1, bytes: 1000, conflicts: 2 });
  const found = await catalog.conflicts({ limit: 10 });
  expect(found).toMatchObject([
    { receipt: other.receipt, reason: 'other-bytes', againstReceipt: first.receipt, location: other.location },
    { receipt: elsewhere.receipt, reason: 'other-study-or-series', studyUid: '1.3' },
  ]);
  expect(await catalog.conflicts({ limit: 10, after: other.receipt })).toEqual(found.slice(1));
  expect(await catalog.keptAside({ ...other })).toMatchObject({
    receipt: other.receipt,
    reason: 'other-bytes',
    location: other.location,
  });
  expect(await catalog.keptAside({ ...other, sha256: 'unseen' })).toBeUndefined();
  expect(await catalog.newestReceipt()).toBe(elsewhere.receipt);
});

it('keeps every field of a record', async () => {
  const { catalog } = example;
  const frameTable = new Uint8Array(Buffer.from('frames, in a larger buffer').buffer, 8, 4);
  const bulk = { path: '7FE00010', vr: 'OW', offset: 300, length: 700, crc32: 0xfffffffe };
  const made = { ...exampleRecord({ instance: '1.2.1.1', frameTable, bulkEntries: [bulk] }), deflated: true };
  const record = { ...made, bareDataSetOffset: 0, searchable: { NumberOfFrames: '3' } };
  const target = { studyUid: record.studyUid, seriesUid: record.seriesUid, instanceUid: record.instanceUid };
  await catalog.commit([record]);
  const { receipt, sha256, crc32, location, sopClassUid, transferSyntaxUid } = record;
  const kept = { ...target, receipt, sha256, crc32, location, sopClassUid, transferSyntaxUid };
  const instance = {
    ...kept,
    deflated: true,
    executable: false,
    misdeclared: false,
    bareDataSetOffset: 0,
    numberOfFrames: 3,
  };
  expect(await collect(catalog.locate(target, everything))).toEqual([instance]);
  expect(await catalog.frameTable(target, everything)).toEqual({ instance, frameTable: Uint8Array.from(frameTable) });
  expect(await catalog.bulkEntry(target, '7FE00010', everything)).toMatchObject({
    instance,
    vr: 'OW',
    offset: 300,
    length: 700,
    crc32: 0xfffffffe,
  });
  expect(await catalog.bulkEntry(target, '7FE00011', everything)).toBeUndefined();
  const { deflated, ...size } = record.metadata;
  expect(await collect(catalog.metadata(target, everything))).toEqual([
    { deflated: Uint8Array.from(deflated), ...size },
  ]);
  expect(await catalog.known(record.instanceUid)).toEqual({
    studyUid: record.studyUid,
    seriesUid: record.seriesUid,
    sha256,
    receipt,
    location: record.location,
  });
  expect(await catalog.known(uid('9.9'))).toBeUndefined();
});

it('takes the first value that is not empty in the order of receipts, whatever the order of commits', async () => {
  const { catalog } = example;
  const value = (study: string, receipt: string, values: Record<string, string>) =>
    exampleRecord({ study, instance: `${study}.${Number(receipt)}`, receipt, values });
  const early = { PatientName: '', StudyDescription: 'early', SeriesDescription: 'early', Modality: 'MR' };
  const middle = { PatientName: 'Middle^M', StudyDescription: 'middle', PatientID: 'M' };
  const late = {
    PatientName: 'Late^L',
    StudyDescription: 'late',
    PatientID: 'L',
    Modality: 'CT',
    StudyDate: '20200101',
  };
  const [a, b, c] = ['0000000101', '0000000102', '0000000103'] as const;
  await catalog.commit([value('1.1', a, early), value('1.1', b, middle), value('1.1', c, late)]);
  await catalog.commit([value('1.2', `${c}0`, late)]);
  await catalog.commit([value('1.2', `${b}0`, middle)]);
  await catalog.commit([value('1.2', `${a}0`, early)]);
  await catalog.commit([value('1.3', `${b}1`, middle), value('1.3', `${c}1`, late)]);
  await catalog.commit([value('1.3', `${a}1`, early)]);
  const { results } = await catalog.find(exampleQuery(), everything);
  const withoutUid = results.map((study) => ({ ...study, '0020000D': undefined }));
  expect(withoutUid).toEqual([withoutUid[0], withoutUid[0], withoutUid[0]]);
  expect(results[0]).toMatchObject({
    '00081030': { Value: ['early'] },
    '00100010': { Value: [{ Alphabetic: 'Middle^M' }] },
    '00100020': { Value: ['M'] },
    '00080020': { Value: ['20200101'] },
    '00080061': { Value: ['MR'] }, // of the Series, whose Modality is that of its first Instance
  });
  const early3 = await catalog.find(
    exampleQuery({ matching: [{ keyword: 'StudyDescription', value: '*early*' }] }),
    everything,
  );
  expect(early3.results).toHaveLength(3);
  const late0 = await catalog.find(
    exampleQuery({ matching: [{ keyword: 'StudyDescription', value: '*late*' }] }),
    everything,
  );
  expect(late0.results).toEqual([]);
});

it('counts series, instances, modalities and SOP Classes as they come in', async () => {
  const { catalog } = example;
  await catalog.commit([exampleRecord({ instance: '1.2.1.1', values: { Modality: 'CT' } })]);
  await catalog.commit([
    exampleRecord({ instance: '1.2.1.2', values: { Modality: 'CT' } }),
    exampleRecord({ instance: '1.2.2.1', series: '1.2.2', values: { Modality: 'SR' }, sopClass: '1.2.3' }),
    exampleRecord({ instance: '1.2.2.1', series: '1.2.2', values: { Modality: 'SR' } }),
  ]);
  const studies = await catalog.find(exampleQuery({ includeFields: ['SOPClassesInStudy'] }), everything);
  expect(studies.results).toMatchObject([
    {
      '00080061': { Value: ['CT', 'SR'] },
      '00080062': { Value: ['1.2.3', '1.2.840.10008.5.1.4.1.1.2'] },
      '00201206': { Value: [2] },
      '00201208': { Value: [3] },
    },
  ]);
  const series = await catalog.find(exampleQuery({ level: 'series' }), everything);
  expect(series.results).toMatchObject([{ '00201209': { Value: [2] } }, { '00201209': { Value: [1] } }]);
});

it('tells a new version of the metadata of study, series and instance when it changes, and only then', async () => {
  const { catalog } = example;
  const study = { studyUid: uid('1.2') };
  const series = { ...study, seriesUid: uid('1.2.1') };
  const instance = { ...series, instanceUid: uid('1.2.1.1') };
  const versions = () => Promise.all([study, series, instance].map((one) => catalog.metadataVersion(one, everything)));
  expect(await versions()).toEqual([undefined, undefined, undefined]);
  await catalog.commit([exampleRecord({ instance: '1.2.1.1' })]);
  const before = await versions();
  await catalog.commit([exampleRecord({ instance: '1.2.1.1' })]);
  expect(await versions()).toEqual(before);
  await catalog.commit([exampleRecord({ instance: '1.2.2.1', series: '1.2.2', receipt: '0' })]);
  const after = await versions();
  expect(after[0]).not.toBe(before[0]);
  expect(after.slice(1)).toEqual(before.slice(1));
});

it('gives Instances in the order of the search, in batches, also where a page ends inside a series', async () => {
  const { catalog } = example;
  const records = Array.from({ length: 1203 }, (_, n) => {
    const series = n % 3; // the third has no number, and comes last
    const values = { InstanceNumber: String(5000 - n), ...(series === 2 ? {} : { SeriesNumber: String(9 - series) }) };
    return exampleRecord({ instance: `1.2.${series}.${n}`, series: `1.2.${series}`, values });
  });
  await catalog.commit(records);
  const target = { studyUid: uid('1.2') };
  const batches = [];
  for await (const batch of catalog.locate(target, everything)) batches.push(batch.length);
  expect(batches).toEqual([500, 500, 203]);
  const located = await collect(catalog.locate(target, everything));
  const search = await catalog.find(exampleQuery({ level: 'instance', limit: 2000, ...target }), everything);
  expect(located.map(({ instanceUid }) => instanceUid)).toEqual(
    search.results.map((result) => result['00080018']?.Value?.[0]),
  );
  expect(located[0]?.instanceUid).toBe('1.2.1.1201');
  expect(located.at(-1)?.instanceUid).toBe('1.2.2.2');
  expect(await collect(catalog.metadata(target, everything))).toHaveLength(1203);
});

it('refuses a batch as a whole when one record cannot be stored', async () => {
  const { catalog } = example;
  const good = exampleRecord({ instance: '1.2.1.1' });
  const sameReceipt = exampleRecord({ instance: '1.2.1.2', receipt: good.receipt });
  await expect(catalog.commit([good, sameReceipt])).rejects.toThrow();
  expect(await catalog.counts(everything)).toMatchObject({ studies: 0, series: 0, instances: 0 });
  expect(await catalog.commit([good])).toEqual([{ kind: 'stored', differs: [] }]);
});

it('is sound, and gives after it was closed and opened what it gave before', async () => {
  const { catalog, file } = example;
  const values = { PatientName: 'Müller^Änne', RequestAttributesSequence: '[{"00400009":{"vr":"SH","Value":["S1"]}}]' };
  await catalog.commit([exampleRecord({ instance: '1.2.1.1', values })]);
  expect(await catalog.isSound()).toBe(true);
  const query = exampleQuery({ level: 'series' });
  const before = await catalog.find(query, everything);
  expect(before.results[0]?.['00400275']).toEqual({ vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: ['S1'] } }] });
  await catalog.close();
  const again = await openCatalog({ file });
  expect(await again.find(query, everything)).toEqual(before);
  await again.close();
});

it.each(['user_version = 99', 'application_id = 1'])('refuses a catalog of another version: %s', async (setting) => {
  const { catalog, file } = example;
  await catalog.close();
  const database = new Database({ file });
  database.exec(`PRAGMA ${setting}`);
  database.close();
  await expect(openCatalog({ file })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(/^Cannot use the catalog .*\. Run bucky rebuild/) as unknown,
  });
});
