import { BuckyError } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { writeDecision, type Verdict } from './facts.js';

/**
 * Decides about a file that is aside: `accept` has it count in place of what holds its UID, `discard` closes the conflict,
 * `reopen` undoes either. No bytes are lost by it. Throws `not-found` and `conflict`.
 */
export async function decideConflict(
  archive: Archive,
  decision: { readonly conflict: string; readonly verdict: Verdict; readonly by: string },
): Promise<void> {
  const { conflict, verdict, by } = decision;
  await archive.inTurn(async () => {
    if ((await archive.catalog.record(conflict)) === undefined) {
      throw new BuckyError('not-found', 'There is no such conflict');
    }
    const receipt = archive.receipts.next();
    const at = new Date().toISOString();
    await writeDecision(archive.vault, { kind: 'conflict', receipt, conflict, verdict, by, at });
    await archive.catalog.decide({ receipt, conflict, verdict });
  });
}
