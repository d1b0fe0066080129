import type { Uid } from '@bucky/dicom';
import type { ObjectKey } from './vault.js';

/** The only file that builds or takes apart a key. @see docs/bucket-format.md */

/** Key of an original: a receipt makes it one that cannot exist yet. */
export function instanceKey(
  identity: { readonly studyUid: Uid; readonly seriesUid: Uid; readonly instanceUid: Uid },
  receipt: string,
): ObjectKey {
  return `studies/${identity.studyUid}/${identity.seriesUid}/${identity.instanceUid}.${receipt}.dcm` as ObjectKey;
}

/** Key of the record that names the bytes kept aside under a SOP Instance UID that is taken. */
export function conflictKey(receipt: string): ObjectKey {
  return `conflicts/${receipt}.json` as ObjectKey;
}

/** Key of the text that tells how to read the bucket. */
export const formatKey = 'FORMAT.md' as ObjectKey;
