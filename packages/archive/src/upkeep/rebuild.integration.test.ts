import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCatalog, type Query, type Target } from '@bucky/catalog';
import { parseUid, type Uid } from '@bucky/dicom';
import { memoryVault, type Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { decideConflict } from '../change/decide.js';
import { deleteTarget, undelete } from '../change/delete.js';
import { exampleFile } from '../example-file.js';
import { openArchive } from '../open-archive.js';
import { takeInstance } from '../receive/receive-instance.js';
import { retrieveInstances } from '../retrieve/instance.js';
import { retrieveMetadata } from '../retrieve/metadata.js';
import { joined } from '../retrieve/stored-bytes.js';
import { sealQuiet } from '../seal/seal-series.js';
import { purge } from './purge.js';
import { rebuild } from './rebuild.js';

const scope = { kind: 'everything' } as const;
const seed = Number(process.env['BUCKY_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let folder: string;
let vault: Vault;
let opened: Archive[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-rebuild-'));
  vault = memoryVault();
  opened = [];
});

afterEach(async () => {
  for (const { catalog } of opened) await catalog.close();
  await vault.close();
  await rm(folder, { recursive: true });
});

/** An archive over the one vault, with an empty catalog of its own. */
async function open(): Promise<Archive> {
  const catalog = await openCatalog({ file: join(folder, `catalog-${opened.length}.sqlite`) });
  const archive = await openArchive({ vault, catalog, folder, recovers: false });
  opened.push(archive);
  return archive;
}

/** All that searches, metadata and retrieves show, and what is aside. */
async function shown(archive: Archive): Promise<unknown> {
  const query = { matching: [], includeFields: 'all', orderBy: [], limit: 1000, offset: 0 } as const;
  const levels: readonly Query['level'][] = ['study', 'series', 'instance'];
  const pages = await Promise.all(levels.map((level) => archive.catalog.find({ ...query, level }, scope)));
  const studies = pages[0]!.results.map((study) => parseUid(String(study['0020000D']?.Value?.[0])));
  const whole = [];
  for (const studyUid of studies) {
    for (const series of await seriesOf(archive, studyUid)) {
      const zipped = await retrieveMetadata(archive, series, { scope, coding: 'gzip' });
      whole.push(gunzipSync(await joined(zipped.open())).toString());
      const { open: openPlain } = await retrieveMetadata(archive, series, { scope, coding: 'identity' });
      expect(Buffer.from(await joined(openPlain())).toString()).toBe(whole.at(-1));
    }
    for await (const instance of retrieveInstances(archive, { studyUid }, scope)) {
      whole.push([instance.located.receipt, Buffer.from(await joined(await instance.open())).toString('base64')]);
    }
  }
  const conflicts = await archive.catalog.conflicts({ limit: 1000, all: true });
  const deletions = await archive.catalog.deletions({ limit: 1000 });
  const attention = await archive.catalog.attention({ limit: 1000 });
  return { pages: pages.map(({ results }) => results), whole, conflicts, deletions, studies: attention.map(({ studyUid }) => studyUid) }; // prettier-ignore
}

/** The study itself, and its series. */
async function seriesOf(archive: Archive, studyUid: Uid): Promise<readonly Target[]> {
  const query = { matching: [], includeFields: [], orderBy: [], limit: 1000, offset: 0, level: 'series' } as const;
  const { results } = await archive.catalog.find({ ...query, studyUid }, scope);
  const uids = results.map((one) => parseUid(String(one['0020000E']?.Value?.[0])));
  return [{ studyUid }, ...uids.map((seriesUid) => ({ studyUid, seriesUid }))];
}

function randomOf(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

/** Stores a file of one of a few UIDs, studies and contents, so that all that can clash does. */
async function storeSome(archive: Archive, random: (below: number) => number): Promise<void> {
  const study = random(8) === 0 ? '1.2.9' : `1.2.${random(3)}`;
  const instanceUid = `${study}.${random(2)}.${random(4)}`;
  const pixels = Uint8Array.of(1, 2, 3, random(6) === 0 ? 9 : 4);
  const patientName = ['Example^Ada', 'Example^Ada', 'Example^Ada', 'Müller^Jürgen'][random(4)]!;
  const bytes = exampleFile({ studyUid: study, seriesUid: `${study}.${random(2)}`, instanceUid, pixels, patientName });
  await (
    await takeInstance(archive, Readable.from([bytes]), { source: 'test' })
  ).outcome;
}

async function someTarget(archive: Archive, random: (below: number) => number) {
  const query = { matching: [], includeFields: [], orderBy: [], limit: 1000, offset: 0 } as const;
  const { results } = await archive.catalog.find({ ...query, level: 'instance' }, scope);
  const one = results[random(results.length)];
  if (one === undefined) return undefined;
  const [studyUid, seriesUid, instanceUid] = ['0020000D', '0020000E', '00080018'].map((tag) => parseUid(String(one[tag]?.Value?.[0]))); // prettier-ignore
  const targets = [{ studyUid: studyUid! }, { studyUid: studyUid!, seriesUid: seriesUid! }, { studyUid: studyUid!, seriesUid: seriesUid!, instanceUid: instanceUid! }]; // prettier-ignore
  return targets[random(3)];
}

/** What may be refused: to decide again what is decided. */
async function unlessRefused(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!['conflict', 'not-found'].includes((error as { code: string }).code)) throw error;
  });
}

async function changeSomething(archive: Archive, random: (below: number) => number): Promise<void> {
  switch (random(10)) {
    case 0: {
      const target = await someTarget(archive, random);
      if (target !== undefined) await deleteTarget(archive, target, { scope, by: 'test' });
      return;
    }
    case 1: {
      const deletions = await archive.catalog.deletions({ limit: 1000 });
      const one = deletions[random(deletions.length)];
      if (one !== undefined) await unlessRefused(undelete(archive, one.receipt, { by: 'test' }));
      return;
    }
    case 9: {
      // What the first half of a purge does, or all of it.
      const events = purge(archive, { trashMs: 0, now: new Date('2100-01-01') });
      for await (const { kind } of events) if (kind === 'progress' && random(3) === 0) break;
      return;
    }
    case 2:
    case 3: {
      const conflicts = await archive.catalog.conflicts({ limit: 1000, all: true });
      const one = conflicts[random(conflicts.length)];
      const verdict = (['accept', 'discard', 'reopen'] as const)[random(3)]!;
      if (one !== undefined)
        await unlessRefused(decideConflict(archive, { conflict: one.receipt, verdict, by: 'test' }));
      return;
    }
    case 4:
      await sealQuiet(archive, { quietMs: -60_000 });
      return;
    default:
      await storeSome(archive, random);
  }
}

/** Goes on with purges that have begun, and begins none. */
async function finishPurges(archive: Archive): Promise<void> {
  for await (const event of purge(archive, { trashMs: 0, now: new Date('1900-01-01') }))
    expect(event.kind).not.toBe('due');
}

describe('a rebuild', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    `gives the same answers after random stores, resends, conflicts, decisions, deletions, undoings, seals and purges (seed ${seed} + %i)`,
    async (run) => {
      const random = randomOf(seed + run);
      const archive = await open();
      for (let step = 0; step < 60; step += 1) await changeSomething(archive, random);
      const before = await shown(archive);
      const again = await open();
      const report = await rebuild(again);
      expect(report).toMatchObject({ damaged: [], missing: [], newConflicts: [] });
      const visible = (all: unknown) => ({ ...(all as object), deletions: [] });
      expect(visible(await shown(again))).toEqual(visible(before));
      await finishPurges(again);
      await finishPurges(archive);
      expect(await shown(again)).toEqual(await shown(archive));
    },
  );

  it('takes a sealed series as the seal tells, and has it count as sealed', async () => {
    const archive = await open();
    for (const number of [1, 2, 3]) {
      const bytes = exampleFile({ instanceUid: `1.2.3.4.${number}` });
      await (
        await takeInstance(archive, Readable.from([bytes]), { source: 'sender' })
      ).outcome;
    }
    const series = { studyUid: parseUid('1.2.3'), seriesUid: parseUid('1.2.3.4') };
    expect(await sealQuiet(archive, { quietMs: -60_000 })).toBe(1);
    expect(await sealQuiet(archive, { quietMs: -60_000 })).toBe(0);
    const before = await shown(archive);
    const state = await archive.catalog.metadataVersion(series, scope);
    expect(state?.seal?.key).toMatch(/^studies\/1\.2\.3\/1\.2\.3\.4\/metadata\.[0-9a-z]{26}\.json\.gz$/);

    const again = await open();
    await rebuild(again);
    expect((await again.catalog.metadataVersion(series, scope))?.seal).toEqual(state?.seal);
    expect(await shown(again)).toEqual(before);
    const [receipt] = (await again.catalog.changes({ after: 0, limit: 1 })).map((change) => change.receipt);
    expect(await again.catalog.record(receipt!)).toMatchObject({ source: 'sender' }); // only a seal knows that

    const late = exampleFile({ instanceUid: '1.2.3.4.9' });
    await (
      await takeInstance(again, Readable.from([late]), { source: 'sender' })
    ).outcome;
    expect((await again.catalog.metadataVersion(series, scope))?.seal).toBeUndefined();
  });

  it('names what is damaged and what is missing, and goes on', async () => {
    const archive = await open();
    const send = async (instanceUid: string, patientName: string) =>
      (await takeInstance(archive, Readable.from([exampleFile({ instanceUid, patientName })]), { source: 'test' }))
        .outcome;
    await send('1.2.3.4.1', 'Example^Ada');
    await send('1.2.3.4.1', 'Other^Ada');
    await send('1.2.3.4.2', 'Example^Ada');
    const [conflict] = await archive.catalog.conflicts({ limit: 1 });
    await vault.delete(conflict!.location.key as Parameters<Vault['delete']>[0]);
    const key = 'studies/1.2.3/1.2.3.4/1.2.3.4.3.01kax3v2m4c8y5k0r3d9q7w1ze.dcm' as Parameters<Vault['putNew']>[0];
    await vault.putNew(key, Readable.from([Buffer.from('no DICOM at all')]));
    const again = await open();
    const report = await rebuild(again);
    expect(report).toMatchObject({ instances: 2, conflicts: 0, damaged: [key], missing: [conflict!.receipt] });
  });
});
