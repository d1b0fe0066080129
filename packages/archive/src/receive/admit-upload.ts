import { BuckyError } from '@bucky/dicom';
import type { Archive } from '../archive.js';

/**
 * Decides whether a new upload may begin. Throws `busy` while the budget is full, `full` while the vault or the data
 * folder has less free than the policy reserves: before a byte is read, as the sender still has everything.
 */
export async function admitUpload(archive: Archive): Promise<void> {
  if (archive.budget.isFull) throw new BuckyError('busy', 'Too many uploads are under way, try again in a moment');
  await archive.space.check();
}
