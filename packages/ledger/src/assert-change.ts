import { BuckyError } from '@bucky/dicom';
import type { Hold, HoldFact } from './hold.js';

/** Refuses a change of holds that would change nothing. Throws `conflict`, `not-found`. */
export function assertChange({ kind, studyUid }: HoldFact, hold: Hold | undefined): void {
  if (kind === 'hold' && hold !== undefined) throw new BuckyError('conflict', `The study ${studyUid} is held already`);
  if (kind === 'release' && hold === undefined) throw new BuckyError('not-found', `The study ${studyUid} is not held`);
}
