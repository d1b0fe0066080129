import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCatalog, type Query } from '@bucky/catalog';
import { parseUid } from '@bucky/dicom';
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
  const archive = await openArchive({ vault, catalog, folder });
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
    const { open: openMetadata } = await retrieveMetadata(archive, { studyUid }, { scope, coding: 'identity' });
    whole.push(Buffer.from(await joined(openMetadata())).toString());
    for await (const instance of retrieveInstances(archive, { studyUid }, scope)) {
      whole.push([instance.located.receipt, Buffer.from(await joined(await instance.open())).toString('base64')]);
    }
  }
  const conflicts = await archive.catalog.conflicts({ limit: 1000, all: true });
  const deletions = await archive.catalog.deletions({ limit: 1000 });
  const attention = await archive.catalog.attention({ limit: 1000 });
  return { pages: pages.map(({ results }) => results), whole, conflicts, deletions, studies: attention.map(({ studyUid }) => studyUid) }; // prettier-ignore
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
  switch (random(8)) {
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
    case 2:
    case 3: {
      const conflicts = await archive.catalog.conflicts({ limit: 1000, all: true });
      const one = conflicts[random(conflicts.length)];
      const verdict = (['accept', 'discard', 'reopen'] as const)[random(3)]!;
      if (one !== undefined)
        await unlessRefused(decideConflict(archive, { conflict: one.receipt, verdict, by: 'test' }));
      return;
    }
    default:
      await storeSome(archive, random);
  }
}

describe('a rebuild', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    `gives the same answers after random stores, resends, conflicts, decisions, deletions and undoings (seed ${seed} + %i)`,
    async (run) => {
      const random = randomOf(seed + run);
      const archive = await open();
      for (let step = 0; step < 60; step += 1) await changeSomething(archive, random);
      const before = await shown(archive);
      const again = await open();
      const report = await rebuild(again);
      expect(report).toMatchObject({ damaged: [], missing: [], newConflicts: [] });
      expect(await shown(again)).toEqual(before);
    },
  );

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
