import { BuckyError } from '@bucky/dicom';
import type { ObjectKey } from './vault.js';

/** Makes the error of a key that is taken. */
export function takenError(key: ObjectKey): BuckyError {
  return new BuckyError('exists', `Cannot store ${key}: the key is taken`);
}
