import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseUid, type Uid } from '@bucky/dicom';
import type { ObjectKey, Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { decideConflict } from '../change/decide.js';
import { deleteTarget, undelete } from '../change/delete.js';
import { writeJson } from '../change/facts.js';
import { sealQuiet } from '../seal/seal-series.js';
import { all, exampleArchive, keysOf, storeExample, type ExampleArchive } from './example-archive.js';
import { purge, type PurgeEvent, type PurgeOptions } from './purge.js';
import { rebuild } from './rebuild.js';
import { sweep } from './sweep.js';
import { verify } from './verify.js';

jest.setTimeout(30_000); // several archives each

const scope = { kind: 'everything' } as const;
const dayMs = 86_400_000;
const later = (days: number) => new Date(Date.now() + days * dayMs);

/** A vault that dies at one of its changes, counted from when it was told. */
interface DyingVault extends Vault {
  dieAt(change: number): void;
}

function dyingVault(vault: Vault): DyingVault {
  let left = Infinity;
  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0) throw new Error('the process is dead');
    return work();
  };
  return {
    ...vault,
    dieAt: (count) => {
      left = count;
    },
    putNew: (key, body, options) => change(() => vault.putNew(key, body, options)),
    delete: (key) => change(() => vault.delete(key)),
  };
}

let example: ExampleArchive;
let vault: DyingVault;
let archive: Archive;

beforeEach(async () => {
  example = await exampleArchive((inner) => (vault = dyingVault(inner)));
  archive = await example.open();
});

afterEach(async () => {
  await example.remove();
});

const study = (studyUid: string): { readonly studyUid: Uid } => ({ studyUid: parseUid(studyUid) });

async function purged(options: Partial<PurgeOptions> = {}): Promise<readonly PurgeEvent[]> {
  return all(purge(archive, { trashMs: 30 * dayMs, now: later(31), ...options }));
}

/** All that can be seen of an archive besides deletions. */
async function visible({ catalog }: Archive): Promise<unknown> {
  const query = { matching: [], includeFields: 'all', orderBy: [], limit: 1000, offset: 0 } as const;
  const pages = await Promise.all(
    (['study', 'series', 'instance'] as const).map((level) => catalog.find({ ...query, level }, scope)),
  );
  return [pages.map(({ results }) => results), await catalog.conflicts({ limit: 1000, all: true })];
}

/** A study with conflicts, replaced files and a seal, and another that shares a UID with it; gives the deletion of the first. */
async function deleted(): Promise<string> {
  const one = { studyUid: '1.2.1', seriesUid: '1.2.1.1' };
  await storeExample(archive, { ...one, instanceUid: '1.2.1.1.1' });
  await storeExample(archive, { ...one, instanceUid: '1.2.1.1.2' });
  const conflict = await storeExample(archive, { ...one, instanceUid: '1.2.1.1.2', patientName: 'Other^Ada' });
  const accept = { conflict: 'receipt' in conflict ? conflict.receipt : '', verdict: 'accept', by: 'test' } as const;
  await decideConflict(archive, accept);
  const other = { studyUid: '1.2.2', seriesUid: '1.2.2.1' };
  await storeExample(archive, { ...other, instanceUid: '1.2.1.1.1' });
  await storeExample(archive, { ...other, instanceUid: '1.2.2.1.1' });
  await sealQuiet(archive, { quietMs: -60_000 });
  return (await deleteTarget(archive, study('1.2.1'), { scope, by: 'test' })).receipt;
}

describe('a purge', () => {
  it('removes the files of a deletion whose retention has passed, and its seals; the deletion stays', async () => {
    const deletion = await deleted();
    const other = await keysOf(vault, 'studies/1.2.2/');
    expect(await keysOf(vault, 'studies/1.2.1/')).toHaveLength(4);
    const events = await purged();
    expect(events).toMatchObject([
      { kind: 'progress' },
      { kind: 'purged', deletion, studyUid: '1.2.1', files: 3 },
      { kind: 'ended', deletions: 1, files: 3 },
    ]);
    expect(await keysOf(vault, 'studies/')).toEqual(other);
    expect(await archive.catalog.deletion(deletion)).toMatchObject({ receipt: deletion, purgedAt: expect.any(String) });
    expect(await keysOf(vault, 'deletions/')).toHaveLength(1);
    await expect(undelete(archive, deletion, { by: 'test' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await purged()).toMatchObject([{ kind: 'ended', deletions: 0 }]);
  });

  it('touches nothing before the retention has passed, nor in a dry run, nor what was undeleted', async () => {
    const deletion = await deleted();
    const before = await keysOf(vault);
    expect(await purged({ now: later(29) })).toMatchObject([{ kind: 'ended', deletions: 0 }]);
    expect(await purged({ dryRun: true })).toMatchObject([{ kind: 'due', deletion, files: 3 }, { kind: 'ended' }]);
    expect(await keysOf(vault)).toEqual(before);
    await undelete(archive, deletion, { by: 'test' });
    expect(await purged()).toMatchObject([{ kind: 'ended', deletions: 0 }]);
    expect((await all(verify(archive))).at(-1)).toMatchObject({ files: 5, damaged: 0 });
  });

  it('leaves what came again under the same UIDs', async () => {
    await deleted();
    await storeExample(archive, { studyUid: '1.2.1', seriesUid: '1.2.1.1', instanceUid: '1.2.1.1.1' });
    const before = await visible(archive);
    await purged();
    expect(await visible(archive)).toEqual(before);
    expect((await all(verify(archive))).at(-1)).toMatchObject({ damaged: 0 });
  });

  // Changes of the vault: the record of the purge, one seal, three originals. The last row dies never.
  it.each([0, 1, 2, 3, 4, 5])(
    'killed after %i changes of the vault goes on where it was, and a rebuild answers as before all the while',
    async (changes) => {
      const deletion = await deleted();
      const before = await visible(archive);
      vault.dieAt(changes);
      const dying = purged();
      if (changes < 5) await expect(dying).rejects.toThrow('the process is dead');
      else await dying;
      vault.dieAt(Infinity);
      await expect(undelete(archive, deletion, { by: 'test' })).rejects.toMatchObject({ code: 'conflict' });
      expect(await visible(archive)).toEqual(before);
      expect((await all(verify(archive))).at(-1)).toMatchObject({ damaged: 0 });

      const again = await example.open();
      expect(await rebuild(again)).toMatchObject({ damaged: [], missing: [] });
      expect(await visible(again)).toEqual(before);

      archive = again; // a purge goes on by what a rebuild tells
      await purged();
      expect(await keysOf(vault, 'studies/1.2.1/')).toEqual([]);
      const last = await example.open();
      await rebuild(last);
      expect(await visible(last)).toEqual(before);
      expect(await last.catalog.deletions({ limit: 9 })).toEqual(await archive.catalog.deletions({ limit: 9 }));
    },
  );

  it('leaves records that a rebuild needs to the last', async () => {
    await deleted();
    await purged();
    const before = await keysOf(vault);
    const far = new Date(Date.now() + 1000 * dayMs);
    expect((await all(sweep(archive, { graceMs: dayMs, now: far }))).at(-1)).toMatchObject({ removed: 0 });
    expect(await keysOf(vault)).toEqual(before);
  });

  it('does not bring back what a purged file had replaced', async () => {
    // B of another study is accepted in place of A; then the study of B is deleted and purged.
    await storeExample(archive, { studyUid: '1.2.1', seriesUid: '1.2.1.1', instanceUid: '1.2.9' });
    await storeExample(archive, { studyUid: '1.2.2', seriesUid: '1.2.2.1', instanceUid: '1.2.9' });
    const [conflict] = await archive.catalog.conflicts({ limit: 1 });
    await decideConflict(archive, { conflict: conflict!.receipt, verdict: 'accept', by: 'test' });
    await deleteTarget(archive, study('1.2.2'), { scope, by: 'test' });
    await purged();
    const before = await visible(archive);
    expect(await archive.catalog.counts(scope)).toMatchObject({ instances: 0 });
    const again = await example.open();
    await rebuild(again);
    expect(await visible(again)).toEqual(before);
    expect(await again.catalog.counts(scope)).toMatchObject({ instances: 0 });
  });
});

it('has a damaged record of a purge named by a rebuild', async () => {
  await deleted();
  await purged();
  const [key] = (await keysOf(vault, 'purges/')) as [ObjectKey];
  await vault.delete(key);
  await writeJson(vault, key, { deletion: 'x', at: 'y', files: [{}] });
  const again = await example.open();
  const { damaged } = await rebuild(again);
  expect(damaged).toEqual([key]);
});
