import { BuckyError } from '@bucky/dicom';
import { conflictKey } from '@bucky/vault';
import type { InstanceRecord } from '@bucky/catalog';
import type { Archive } from '../archive.js';
import { writeJson } from '../change/facts.js';

/** Why a file was kept aside instead of becoming an Instance. */
export type ConflictReason = 'other-bytes' | 'other-study-or-series';

/** The Instance that holds a SOP Instance UID already. */
export interface Holder {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sha256: string;
  readonly receipt: string;
}

/** Compares a file with the Instance that holds its UID: the same bytes in the same place, or why not. */
export function compare(
  file: Pick<Holder, 'studyUid' | 'seriesUid' | 'sha256'>,
  holder: Holder,
): 'same' | ConflictReason {
  if (file.studyUid !== holder.studyUid || file.seriesUid !== holder.seriesUid) return 'other-study-or-series';
  return file.sha256 === holder.sha256 ? 'same' : 'other-bytes';
}

/** Writes beside the bytes kept aside what they are, so that the vault alone tells of the conflict. */
export async function recordConflict(
  archive: Archive,
  record: InstanceRecord,
  { reason, against }: { readonly reason: ConflictReason; readonly against: string },
): Promise<void> {
  const { receipt, studyUid, seriesUid, instanceUid, location, sha256 } = record;
  const fact = { receipt, studyUid, seriesUid, instanceUid, key: location.key, sha256, reason, against };
  await writeJson(archive.vault, conflictKey(receipt), fact).catch((error: unknown) => {
    if (!(error instanceof BuckyError && error.code === 'exists')) throw error; // it is recorded already
  });
}
