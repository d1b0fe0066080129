import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Scope } from '@bucky/dicom';
import { collect, exampleCatalog, exampleQuery, exampleRecord, uid, type ExampleCatalog } from './example-record.js';

const scope: Scope = { kind: 'studies', studyUids: [uid('1.2.1')] };
const nothing: Scope = { kind: 'studies', studyUids: [] };
const inside = { studyUid: uid('1.2.1'), seriesUid: uid('1.2.1.1'), instanceUid: uid('1.2.1.1.1') };
const outside = { studyUid: uid('1.2.2'), seriesUid: uid('1.2.2.1'), instanceUid: uid('1.2.2.1.1') };
/** A real Instance, asked for under a study that may be seen. */
const misplaced = { ...outside, studyUid: inside.studyUid };

let example: ExampleCatalog;

beforeAll(async () => {
  example = await exampleCatalog();
  const bulkEntries = [{ path: '7FE00010', vr: 'OW', offset: 0, length: 1, crc32: 1 }];
  const record = (study: string, sha256: string) =>
    exampleRecord({ study, instance: `${study}.1.1`, sha256, bulkEntries, frameTable: new Uint8Array(4) });
  await example.catalog.commit([record('1.2.1', 'a'), record('1.2.2', 'b'), record('1.2.2', 'other')]);
});

afterAll(async () => {
  await example.remove();
});

it.each(['study', 'series', 'instance'] as const)(
  'finds at %s level only what the scope lets through',
  async (level) => {
    const find = async (of: Scope, value: string) =>
      (await example.catalog.find(exampleQuery({ level, matching: [{ keyword: 'StudyInstanceUID', value }] }), of))
        .results;
    expect(await find(scope, '')).toMatchObject([{ '0020000D': { Value: ['1.2.1'] } }]);
    expect(await find(scope, '1.2.2')).toEqual([]);
    expect(await find(nothing, '')).toEqual([]);
  },
);

it('gives nothing of a target outside the scope, or under a wrong study or series', async () => {
  const { catalog } = example;
  const all = async (target: typeof inside, of: Scope) => [
    ...(await collect(catalog.locate({ studyUid: target.studyUid }, of))),
    ...(await collect(catalog.locate({ studyUid: target.studyUid, seriesUid: target.seriesUid }, of))),
    ...(await collect(catalog.locate(target, of))),
    ...(await collect(catalog.metadata(target, of))),
    await catalog.metadataVersion({ studyUid: target.studyUid, seriesUid: target.seriesUid }, of),
    await catalog.metadataVersion(target, of),
    await catalog.frameTable(target, of),
    await catalog.bulkEntry(target, '7FE00010', of),
  ];
  expect((await all(inside, scope)).filter((one) => one !== undefined)).toHaveLength(8);
  for (const of of [scope, nothing]) {
    expect((await all(outside, of)).filter((one) => one !== undefined)).toEqual([]);
    const wrong = (await all(misplaced, of)).filter((one) => one !== undefined);
    expect(JSON.stringify(wrong)).not.toContain(outside.instanceUid);
  }
  const everything: Scope = { kind: 'everything' };
  expect(await collect(catalog.locate(misplaced, everything))).toEqual([]);
  expect(await catalog.frameTable(misplaced, everything)).toBeUndefined();
});

it('counts only what the scope lets through', async () => {
  const { catalog } = example;
  const one = { studies: 1, series: 1, instances: 1, bytes: 1000, conflicts: 0 };
  expect(await catalog.counts(scope)).toEqual(one);
  expect(await catalog.counts({ kind: 'studies', studyUids: [outside.studyUid] })).toEqual({ ...one, conflicts: 1 });
  expect(await catalog.counts(nothing)).toEqual({ studies: 0, series: 0, instances: 0, bytes: 0, conflicts: 0 });
});
