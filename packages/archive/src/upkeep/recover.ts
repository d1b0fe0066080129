import { BuckyError } from '@bucky/dicom';
import { conflictKey, factPrefixes, parseOriginalKey, type ObjectKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { readConflict, readDecision, readDeletion } from '../change/facts.js';
import { playFact } from '../change/play-fact.js';
import { recordConflict } from '../receive/conflict.js';
import { readOriginal } from './read-original.js';

/** What a crash had left half done. */
export interface Recovered {
  /** Originals that were whole in the vault and not in the catalog: they are now. */
  readonly originals: number;
  /** Deletions and decisions carried out once more. */
  readonly facts: number;
}

/**
 * Finishes what a crash left half done, by the keys that were written before it, so that a rebuild would answer the same.
 * Nothing is removed: an original that is whole is taken in, as its sender may believe that it was.
 */
export async function recover(archive: Archive, keys: readonly ObjectKey[]): Promise<Recovered> {
  let [originals, facts] = [0, 0];
  for (const key of keys) {
    const name = parseOriginalKey(key);
    if (name !== undefined && (await takeIn(archive, { key, receipt: name.receipt }))) originals += 1;
    if (key.startsWith(factPrefixes.deletion) || key.startsWith(factPrefixes.decision)) {
      if (await playAgain(archive, key)) facts += 1;
    }
  }
  return { originals, facts };
}

async function takeIn(
  archive: Archive,
  { key, receipt }: { readonly key: ObjectKey; readonly receipt: string },
): Promise<boolean> {
  const { catalog, vault } = archive;
  if ((await catalog.has(receipt)) || (await catalog.isSwept(receipt))) return false;
  if ((await vault.stat(key)) === undefined) return false;
  const record = await readOriginal(archive, { key, receipt, source: 'recovery' });
  if ((await vault.stat(conflictKey(receipt))) !== undefined) {
    await catalog.enterConflict(record, await readConflict(vault, conflictKey(receipt)));
    return true;
  }
  const outcome = await archive.commits.commit(record);
  if (outcome.kind === 'conflict') {
    await recordConflict(archive, record, { reason: outcome.reason, against: outcome.receipt });
  }
  return outcome.kind !== 'duplicate';
}

async function playAgain(archive: Archive, key: ObjectKey): Promise<boolean> {
  if ((await archive.vault.stat(key)) === undefined) return false;
  const read = key.startsWith(factPrefixes.deletion) ? readDeletion : readDecision;
  const fact = await read(archive.vault, key).catch((error: unknown) => {
    if (error instanceof BuckyError && error.code === 'damaged') return undefined; // a rebuild names it
    throw error;
  });
  return fact !== undefined && (await playFact(archive.catalog, fact));
}
