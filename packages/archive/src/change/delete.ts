import type { Target } from '@bucky/catalog';
import { BuckyError, type Scope } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { refuseHeld } from './hold.js';
import { writeDecision, writeDeletion } from './facts.js';

/** What a deletion hid, and the receipt by which it is undone. */
export interface Deleted {
  readonly receipt: string;
  readonly instances: number;
  readonly bytes: number;
}

/**
 * Hides a study, series or instance at once, with what is aside in it. The bytes stay until the configured retention has
 * passed. Names exactly what it hides, so that what arrives meanwhile stays. Throws `not-found`,
 * and `conflict` for a study that is held.
 */
export async function deleteTarget(
  archive: Archive,
  target: Target,
  { scope, by }: { readonly scope: Scope; readonly by: string },
): Promise<Deleted> {
  return archive.inTurn(async () => {
    await refuseHeld(archive, target.studyUid);
    const hides: string[] = [];
    let bytes = 0;
    for await (const batch of archive.catalog.locate(target, scope)) {
      for (const { receipt, location } of batch) {
        hides.push(receipt);
        bytes += location.length;
      }
    }
    if (hides.length === 0) throw new BuckyError('not-found', 'There is no such study, series or instance here');
    const instances = hides.length;
    for (const receipt of await archive.catalog.asideReceipts(target)) hides.push(receipt);
    const receipt = archive.receipts.next();
    const deletedAt = new Date().toISOString();
    const deletion = { receipt, ...target, instances, bytes, hides, deletedBy: by, deletedAt };
    await writeDeletion(archive.vault, deletion);
    await archive.catalog.hide(deletion);
    return { receipt, instances, bytes };
  });
}

/** Undoes a deletion. Throws `not-found`, and `conflict` when it was undone or purged already. */
export async function undelete(
  archive: Archive,
  deletion: string,
  { by }: { readonly by: string },
): Promise<{ readonly restored: number; readonly conflicts: number }> {
  return archive.inTurn(async () => {
    const found = await archive.catalog.deletion(deletion);
    if (found === undefined) throw new BuckyError('not-found', 'There is no such deletion');
    if (found.undoneBy !== undefined) throw new BuckyError('conflict', 'This deletion was undone already');
    if (found.purgedAt !== undefined) throw new BuckyError('conflict', 'What this deletion hid is gone for good');
    if (found.purgeBegan !== undefined) {
      throw new BuckyError('conflict', 'What this deletion hid is being removed for good');
    }
    const receipt = archive.receipts.next();
    await writeDecision(archive.vault, { kind: 'undelete', receipt, deletion, by, at: new Date().toISOString() });
    return archive.catalog.unhide({ receipt, deletion });
  });
}
