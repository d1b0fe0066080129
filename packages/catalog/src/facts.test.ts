import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  everything,
  exampleCatalog,
  exampleQuery,
  exampleRecord,
  nextReceipt,
  uid,
  type ExampleCatalog,
} from './example-record.js';
import type { Deletion, InstanceRecord } from './instance-record.js';
import type { Catalog } from './catalog.js';

let example: ExampleCatalog;
let catalog: Catalog;

beforeEach(async () => {
  example = await exampleCatalog();
  ({ catalog } = example);
});

afterEach(async () => {
  await example.remove();
});

function deletionOf(records: readonly InstanceRecord[], more: Partial<Deletion> = {}): Deletion {
  const hides = records.map(({ receipt }) => receipt);
  const deletedAt = '2026-11-04T10:00:00.000Z';
  const [instances, bytes] = [records.length, 1000 * records.length];
  return {
    receipt: nextReceipt(),
    studyUid: uid('1.2'),
    instances,
    bytes,
    hides,
    deletedBy: 'test',
    deletedAt,
    ...more,
  };
}

/** All that a search and a metadata request show of the archive. */
async function shown(): Promise<unknown> {
  const levels = ['study', 'series', 'instance'] as const;
  const pages = await Promise.all(
    levels.map((level) => catalog.find(exampleQuery({ level, includeFields: 'all' }), everything)),
  );
  return { pages: pages.map(({ results }) => results), counts: await catalog.counts(everything) };
}

const early = {
  PatientName: 'First^F',
  PatientID: 'P',
  StudyDescription: 'early',
  Modality: 'MR',
  SeriesDescription: 'one',
};
const late = { PatientName: 'Second^S', PatientID: 'P', StudyDescription: 'late', Modality: 'CT', StudyID: 'S' };

describe('a deletion', () => {
  it('hides what it names at once, with its counts, values, modalities and texts, and is undone without a trace', async () => {
    const frameTable = Uint8Array.of(1, 2, 3);
    const bulkEntries = [{ path: '7FE00010', vr: 'OW', offset: 300, length: 700, crc32: 7 }];
    const first = exampleRecord({ series: '1.2.1', instance: '1.2.1.1', values: early, frameTable, bulkEntries });
    const second = exampleRecord({
      series: '1.2.2',
      instance: '1.2.2.1',
      values: late,
      sopClass: '1.2.840.10008.5.1.4.1.1.4',
    });
    await catalog.commit([second]);
    const without = await shown();
    await catalog.commit([first]);
    const before = await shown();
    const target = { studyUid: first.studyUid, seriesUid: first.seriesUid, instanceUid: first.instanceUid };
    const kept = await catalog.frameTable(target, everything);
    const version = await catalog.metadataVersion({ studyUid: first.studyUid }, everything);

    const deletion = deletionOf([first]);
    await catalog.hide(deletion);
    expect(await shown()).toEqual(without);
    expect(await catalog.known(first.instanceUid)).toBeUndefined();
    expect(await catalog.metadataVersion({ studyUid: first.studyUid }, everything)).not.toBe(version);
    const query = exampleQuery({ matching: [{ keyword: 'StudyDescription', value: '*early*' }] });
    expect((await catalog.find(query, everything)).results).toEqual([]);
    expect(await catalog.deletions({ limit: 9 })).toMatchObject([
      { receipt: deletion.receipt, instances: 1, bytes: 1000 },
    ]);

    expect(await catalog.unhide({ receipt: nextReceipt(), deletion: deletion.receipt })).toEqual({
      restored: 1,
      conflicts: 0,
    });
    expect(await shown()).toEqual(before);
    expect((await catalog.find(query, everything)).results).toHaveLength(1);
    expect(await catalog.frameTable(target, everything)).toEqual(kept);
    expect(await catalog.bulkEntry(target, '7FE00010', everything)).toMatchObject({ offset: 300, length: 700 });
    await expect(catalog.unhide({ receipt: nextReceipt(), deletion: deletion.receipt })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('leaves nothing of a study whose last instance it hides, conflicts included', async () => {
    const record = exampleRecord({ instance: '1.2.1.1', values: early });
    const other = exampleRecord({ instance: '1.2.1.1', sha256: 'other' });
    const nothing = await shown();
    await catalog.commit([record, other]);
    const before = await shown();
    const aside = await catalog.asideReceipts({ studyUid: uid('1.2') });
    expect(aside).toEqual([other.receipt]);
    const deletion = deletionOf([record, other]);
    await catalog.hide(deletion);
    expect(await shown()).toEqual(nothing);
    expect(await catalog.conflicts({ limit: 9, all: true })).toEqual([]);
    await catalog.unhide({ receipt: nextReceipt(), deletion: deletion.receipt });
    expect(await shown()).toEqual(before);
    expect(await catalog.conflicts({ limit: 9 })).toMatchObject([{ receipt: other.receipt, state: 'conflict' }]);
  });

  it('makes a conflict of a hidden instance whose UID was taken by other bytes when it is undone', async () => {
    const record = exampleRecord({ instance: '1.2.1.1' });
    await catalog.commit([record]);
    const deletion = deletionOf([record]);
    await catalog.hide(deletion);
    const newer = exampleRecord({ instance: '1.2.1.1', sha256: 'other' });
    expect(await catalog.commit([newer])).toEqual([{ kind: 'stored', differs: [] }]);
    expect(await catalog.unhide({ receipt: nextReceipt(), deletion: deletion.receipt })).toEqual({
      restored: 0,
      conflicts: 1,
    });
    expect(await catalog.known(record.instanceUid)).toMatchObject({ receipt: newer.receipt });
    expect(await catalog.conflicts({ limit: 9 })).toMatchObject([
      { receipt: record.receipt, againstReceipt: newer.receipt },
    ]);
  });

  it('cannot be undone once it is purged, and knows until then where the bytes lie', async () => {
    const record = exampleRecord({ instance: '1.2.1.1' });
    await catalog.commit([record]);
    const deletion = deletionOf([record]);
    await catalog.hide(deletion);
    const hidden = { deletion: deletion.receipt, limit: 9 };
    const { receipt, location, studyUid, seriesUid, instanceUid, sha256 } = record;
    const file = { receipt, key: location.key, studyUid, seriesUid, instanceUid, sha256 };
    expect(await catalog.hiddenLocations(hidden)).toEqual([file]);
    await catalog.purged({ deletion: deletion.receipt, at: '2026-12-04T10:00:00.000Z' });
    expect(await catalog.hiddenLocations(hidden)).toEqual([]);
    await expect(catalog.unhide({ receipt: nextReceipt(), deletion: deletion.receipt })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(catalog.unhide({ receipt: nextReceipt(), deletion: 'none' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a decision', () => {
  it('has the other bytes count in place of the first when they are accepted, wherever they belong, and is undone', async () => {
    const first = exampleRecord({ instance: '1.2.1.1', values: early });
    const other = exampleRecord({ study: '1.3', instance: '1.2.1.1', sha256: 'other', values: late });
    await catalog.commit([first, other]);
    const before = await shown();
    const decide = (verdict: 'accept' | 'discard' | 'reopen') =>
      catalog.decide({ receipt: nextReceipt(), conflict: other.receipt, verdict });

    await decide('accept');
    expect(await catalog.known(first.instanceUid)).toMatchObject({ receipt: other.receipt, studyUid: '1.3' });
    expect(await catalog.counts(everything)).toMatchObject({ studies: 1, instances: 1, conflicts: 0 });
    expect(await catalog.conflicts({ limit: 9, all: true })).toMatchObject([
      { receipt: first.receipt, state: 'replaced' },
    ]);
    await decide('reopen');
    expect(await shown()).toEqual(before);

    await decide('discard');
    expect(await catalog.conflicts({ limit: 9 })).toEqual([]);
    expect(await catalog.keptAside(other)).toMatchObject({ receipt: other.receipt });
    await expect(decide('discard')).rejects.toMatchObject({ code: 'conflict' });
    await decide('reopen');
    expect(await shown()).toEqual(before);
    await expect(decide('reopen')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('needs a file that is aside', async () => {
    const decision = { receipt: nextReceipt(), conflict: 'none', verdict: 'accept' } as const;
    await expect(catalog.decide(decision)).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('tells of a study whose instances do not agree on whose they are, until those that disagree are gone', async () => {
  const first = exampleRecord({ instance: '1.2.1.1', values: { PatientID: 'P', PatientSex: 'F' } });
  const silent = exampleRecord({ instance: '1.2.1.2', values: {} });
  const other = exampleRecord({ instance: '1.2.1.3', values: { PatientID: 'Q', PatientSex: 'F' } });
  expect(await catalog.commit([first, silent, other])).toEqual([
    { kind: 'stored', differs: [] },
    { kind: 'stored', differs: [] },
    { kind: 'stored', differs: ['PatientID'] },
  ]);
  expect(await catalog.attention({ limit: 9 })).toEqual([
    { studyUid: '1.2', keyword: 'PatientID', receipt: other.receipt, againstReceipt: first.receipt },
  ]);
  const deletion = deletionOf([other]);
  await catalog.hide(deletion);
  expect(await catalog.attention({ limit: 9 })).toEqual([]);
  await catalog.unhide({ receipt: nextReceipt(), deletion: deletion.receipt });
  expect(await catalog.attention({ limit: 9 })).toHaveLength(1);
});

it('tells of a study when a decision brings another patient into it', async () => {
  const first = exampleRecord({ instance: '1.2.1.1', values: { PatientID: 'P' } });
  const second = exampleRecord({ instance: '1.2.1.2', values: { PatientID: 'P' } });
  const other = exampleRecord({ instance: '1.2.1.1', sha256: 'other', values: { PatientID: 'Q' } });
  await catalog.commit([first, second, other]);
  expect(await catalog.attention({ limit: 9 })).toEqual([]);
  await catalog.decide({ receipt: nextReceipt(), conflict: other.receipt, verdict: 'accept' });
  expect(await catalog.attention({ limit: 9 })).toMatchObject([{ keyword: 'PatientID', receipt: other.receipt }]);
  expect((await catalog.changes({ after: 0, limit: 99 })).map(({ kind }) => kind)).toContain('attention');
  await catalog.decide({ receipt: nextReceipt(), conflict: other.receipt, verdict: 'reopen' });
  expect(await catalog.attention({ limit: 9 })).toEqual([]);
});

it('takes no part in a conflict for a hidden file that came again', async () => {
  const record = exampleRecord({ instance: '1.2.1.1' });
  await catalog.commit([record]);
  const deletion = deletionOf([record]);
  await catalog.hide(deletion);
  const again = exampleRecord({ instance: '1.2.1.1' });
  await catalog.commit([again]);
  expect(await catalog.unhide({ receipt: nextReceipt(), deletion: deletion.receipt })).toEqual({
    restored: 1,
    conflicts: 0,
  });
  expect(await catalog.conflicts({ limit: 9, all: true })).toEqual([]);
  const reopen = { receipt: nextReceipt(), conflict: again.receipt, verdict: 'reopen' } as const;
  await expect(catalog.decide(reopen)).rejects.toMatchObject({ code: 'conflict' });
});

it('keeps a feed of all that changed, in order, in pages', async () => {
  const record = exampleRecord({ instance: '1.2.1.1' });
  const other = exampleRecord({ instance: '1.2.1.1', sha256: 'other' });
  await catalog.commit([record, record, other]);
  const decision = { receipt: nextReceipt(), conflict: other.receipt, verdict: 'discard' } as const;
  await catalog.decide(decision);
  const deletion = deletionOf([record]);
  await catalog.hide(deletion);
  const undo = nextReceipt();
  await catalog.unhide({ receipt: undo, deletion: deletion.receipt });
  const feed = await catalog.changes({ after: 0, limit: 100 });
  expect(feed.map(({ number, kind, receipt }) => [number, kind, receipt])).toEqual([
    [1, 'stored', record.receipt],
    [2, 'conflict', other.receipt],
    [3, 'decided', decision.receipt],
    [4, 'deleted', deletion.receipt],
    [5, 'undeleted', undo],
  ]);
  expect(await catalog.changes({ after: 3, limit: 1 })).toEqual(feed.slice(3, 4));
  expect(await catalog.newestReceipt()).toBe(undo);
});
