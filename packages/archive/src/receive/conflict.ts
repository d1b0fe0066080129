import { BuckyError } from '@bucky/dicom';
import { conflictKey } from '@bucky/vault';
import type { ConflictRecord } from '@bucky/catalog';
import type { Archive } from '../archive.js';
import { writeJson } from '../change/facts.js';

/** Why a file was kept aside instead of becoming an Instance. */
export type ConflictReason = ConflictRecord['reason'];

/** What of a file the vault is told when it is kept aside. */
type AsideFile = Pick<ConflictRecord, 'receipt' | 'studyUid' | 'seriesUid' | 'instanceUid' | 'location' | 'sha256'>;

/** Writes beside the bytes kept aside what they are, so that the vault alone tells of the conflict. */
export async function recordConflict(
  archive: Archive,
  record: AsideFile,
  { reason, against }: { readonly reason: ConflictReason; readonly against: string },
): Promise<void> {
  const { receipt, studyUid, seriesUid, instanceUid, location, sha256 } = record;
  const fact = { receipt, studyUid, seriesUid, instanceUid, key: location.key, sha256, reason, against };
  await writeJson(archive.vault, conflictKey(receipt), fact).catch((error: unknown) => {
    if (!(error instanceof BuckyError && error.code === 'exists')) throw error; // it is recorded already
  });
}

/** Tells the vault of a conflict that only the catalog knows: that failed after a lost race, and the sender asks again. */
export async function restoreConflict(archive: Archive, aside: ConflictRecord): Promise<void> {
  // What an accepted file has replaced came as an Instance, and a rebuild must take it as one.
  if (aside.state !== 'conflict' && aside.state !== 'discarded') return;
  if ((await archive.vault.stat(conflictKey(aside.receipt))) !== undefined) return;
  await recordConflict(archive, aside, { reason: aside.reason, against: aside.againstReceipt });
}
