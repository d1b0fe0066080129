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
  /** A study that is held: nothing of it goes. */
  | { readonly kind: 'held'; readonly deletion: string; readonly studyUid: string }
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
const filesOfPage = 100;
const deletesAtOnce = 8;

/**
 * Removes for good what was deleted so long ago that its retention has passed. For each deletion: the catalog is told that
 * it cannot be undone any more; the vault is told which files go, so that a rebuild knows of them; seals that tell of them
 * go, then their objects, then their rows. Whatever ends it, the next purge goes on where it was. The deletion stays. A
 * study that is held is passed by, also when the hold comes in the middle.
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
      const isHeld = (await archive.ledger.hold(studyUid)) !== undefined;
      const one = { deletion, files: hidden, at: now.toISOString(), signal };
      let outcome: Outcome = isHeld ? 'held' : 'purged';
      if (!isHeld && !dryRun) outcome = yield* purgeOne(archive, one, files);
      if (outcome === 'held') yield { kind: 'held', deletion: receipt, studyUid };
      if (outcome !== 'purged') continue;
      deletions += 1;
      files += hidden.length;
      yield { kind: dryRun ? 'due' : 'purged', deletion: receipt, studyUid, files: hidden.length };
    }
    if (due.length < deletionsOfPage) break;
  }
  yield { kind: 'ended', deletions, files };
}

type Outcome = 'purged' | 'held' | 'undone';

interface OnePurge {
  readonly deletion: DeletionRecord;
  readonly files: readonly PurgedFile[];
  readonly at: string;
  readonly signal: AbortSignal | undefined;
}

/** Purges what one deletion hid, after so many files of others. Objects that are gone already are no error. */
async function* purgeOne(archive: Archive, purge: OnePurge, before: number): AsyncGenerator<PurgeEvent, Outcome> {
  const { catalog, vault } = archive;
  const { receipt, studyUid } = purge.deletion;
  const began = await archive.inTurn(() => begin(archive, purge));
  if (began === 'held' || began === 'undone') return began;
  // In turn with whoever sets a hold: once it is set, nothing goes any more.
  const unlessHeld = (work: () => Promise<void>): Promise<boolean> =>
    archive.inTurn(async () => {
      if ((await archive.ledger.hold(studyUid)) !== undefined) return false;
      await work();
      return true;
    });
  if (!(await unlessHeld(() => removeSeals(archive, purge)))) return 'held';
  let count = before;
  for (let after = ''; ;) {
    purge.signal?.throwIfAborted();
    const page = await catalog.hiddenLocations({ deletion: receipt, after, limit: filesOfPage });
    const last = page.at(-1);
    if (last === undefined) break;
    // Locations hold only keys that the vault's layout has made.
    const remove = () => atOnce(page, deletesAtOnce, ({ key }) => vault.delete(key as ObjectKey));
    if (!(await unlessHeld(remove))) return 'held';
    after = last.receipt;
    count += page.length;
    yield { kind: 'progress', files: count };
  }
  await catalog.purged({ deletion: receipt, at: began.at });
  return 'purged';
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
 * has gone yet, and a rebuild does not know of the purge.
 */
async function begin(
  { catalog, vault, ledger }: Archive,
  { deletion: { receipt, studyUid }, files, at }: OnePurge,
): Promise<'held' | 'undone' | { readonly at: string }> {
  if ((await ledger.hold(studyUid)) !== undefined) return 'held';
  try {
    const began = await catalog.beginPurge({ deletion: receipt, at });
    await writePurge(vault, { deletion: receipt, studyUid, at: began, files });
    return { at: began };
  } catch (error) {
    if (error instanceof BuckyError && error.code === 'conflict') return 'undone';
    throw error;
  }
}

/** Removes seals made before the deletion: they tell of what it hid, and no answer uses them since. */
async function removeSeals({ vault }: Archive, { deletion, files }: OnePurge): Promise<void> {
  for (const prefix of new Set(files.map(sealPrefix))) {
    for await (const { key } of vault.list(prefix)) {
      const seal = parseSealKey(key);
      if (seal !== undefined && seal.receipt < deletion.receipt) await vault.delete(key);
    }
  }
}
