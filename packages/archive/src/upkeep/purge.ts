import type { DeletionRecord } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { parseSealKey, sealPrefix, type ObjectKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { writePurge, type PurgedFile } from '../change/facts.js';
import { atOnce } from './at-once.js';

/** What a purge tells while it goes on; `ended` comes last. */
export type PurgeEvent =
  | {
      /** Files removed for good; `due` in a dry run. */
      readonly kind: 'purged' | 'due';
      readonly deletion: string;
      readonly studyUid: string;
      readonly files: number;
    }
  | { readonly kind: 'progress'; readonly files: number }
  | { readonly kind: 'ended'; readonly deletions: number; readonly files: number };

export interface PurgeOptions {
  /** How long what was deleted can be brought back. */
  readonly trashMs: number;
  readonly now?: Date;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

const deletionsOfPage = 100;
const filesOfPage = 200;
const deletesAtOnce = 8;

/**
 * Removes for good what was deleted so long ago that its retention has passed. For each deletion: the catalog is told that
 * it cannot be undone any more; the vault is told which files go, so that a rebuild knows of them; seals that tell of them
 * go, then their objects, then their rows. Whatever ends it, the next purge goes on where it was. The deletion stays.
 */
export async function* purge(archive: Archive, options: PurgeOptions): AsyncGenerator<PurgeEvent, void> {
  const { trashMs, now = new Date(), dryRun = false, signal } = options;
  const before = new Date(now.getTime() - trashMs).toISOString();
  let [deletions, files, after] = [0, 0, ''];
  for (;;) {
    const due = await archive.catalog.duePurges({ before, after, limit: deletionsOfPage });
    for (const deletion of due) {
      signal?.throwIfAborted();
      const { receipt, studyUid } = deletion;
      after = receipt;
      const hidden = await hiddenFiles(archive, receipt);
      if (!dryRun) {
        const began = await begin(archive, { deletion, files: hidden, at: now.toISOString() });
        if (began === undefined) continue;
        await removeSeals(archive, deletion, hidden);
        for await (const count of removeObjects(archive, { deletion, signal }))
          yield { kind: 'progress', files: files + count };
        await archive.catalog.purged({ deletion: receipt, at: began });
      }
      deletions += 1;
      files += hidden.length;
      yield { kind: dryRun ? 'due' : 'purged', deletion: receipt, studyUid, files: hidden.length };
    }
    if (due.length < deletionsOfPage) break;
  }
  yield { kind: 'ended', deletions, files };
}

/** All that a deletion hid and that has not been purged. */
async function hiddenFiles({ catalog }: Archive, deletion: string): Promise<readonly PurgedFile[]> {
  const files: PurgedFile[] = [];
  for (let after = ''; ; after = files.at(-1)!.receipt) {
    const page = await catalog.hiddenLocations({ deletion, after, limit: filesOfPage });
    for (const { receipt, studyUid, seriesUid, instanceUid, sha256 } of page) {
      files.push({ receipt, studyUid, seriesUid, instanceUid, sha256 });
    }
    if (page.length < filesOfPage) return files;
  }
}

/**
 * Says in catalog and vault, in this order, that a purge has begun; gives since when. After a crash between the two nothing
 * has gone yet, and a rebuild does not know of the purge. Undefined when the deletion was undone meanwhile.
 */
async function begin(
  archive: Archive,
  {
    deletion,
    files,
    at,
  }: { readonly deletion: DeletionRecord; readonly files: readonly PurgedFile[]; readonly at: string },
): Promise<string | undefined> {
  return archive.inTurn(async () => {
    try {
      const began = await archive.catalog.beginPurge({ deletion: deletion.receipt, at });
      const { receipt, studyUid } = deletion;
      await writePurge(archive.vault, { deletion: receipt, studyUid, at: began, files });
      return began;
    } catch (error) {
      if (error instanceof BuckyError && error.code === 'conflict') return undefined;
      throw error;
    }
  });
}

/** Removes the objects of what a deletion hid; tells how many so far. Those that are gone already are no error. */
async function* removeObjects(
  archive: Archive,
  { deletion, signal }: { readonly deletion: DeletionRecord; readonly signal: AbortSignal | undefined },
): AsyncIterable<number> {
  let count = 0;
  for (let after = ''; ;) {
    signal?.throwIfAborted();
    const page = await archive.catalog.hiddenLocations({ deletion: deletion.receipt, after, limit: filesOfPage });
    // Locations hold only keys that the vault's layout has made.
    await atOnce(page, deletesAtOnce, ({ key }) => archive.vault.delete(key as ObjectKey));
    count += page.length;
    yield count;
    const last = page.at(-1);
    if (last === undefined || page.length < filesOfPage) return;
    after = last.receipt;
  }
}

/** Removes seals made before the deletion: they tell of what it hid, and no answer uses them since. */
async function removeSeals({ vault }: Archive, deletion: DeletionRecord, files: readonly PurgedFile[]): Promise<void> {
  for (const prefix of new Set(files.map(sealPrefix))) {
    for await (const { key } of vault.list(prefix)) {
      const seal = parseSealKey(key);
      if (seal !== undefined && seal.receipt < deletion.receipt) await vault.delete(key);
    }
  }
}
