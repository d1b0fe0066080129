import type { BuckyError, InstanceIdentity, Oddity, Uid } from '@bucky/dicom';
import type { ConflictReason } from './conflict.js';

/** What became of one received file. */
export type ReceiveOutcome =
  | {
      readonly kind: 'stored' | 'duplicate';
      readonly identity: InstanceIdentity;
      readonly receipt: string;
      readonly size: number;
      readonly oddities: readonly Oddity[];
      /** Keywords by which the Instance does not agree with its Study on whose it is. */
      readonly differs: readonly string[];
      /** Receipt of the same bytes, which the vault had lost: these took their place. */
      readonly repairs?: string;
    }
  /** Other bytes, or another study, under a SOP Instance UID that is taken: kept aside under `receipt`. */
  | {
      readonly kind: 'conflict';
      readonly identity: InstanceIdentity;
      readonly receipt: string;
      readonly reason: ConflictReason;
      readonly repairs?: string;
    }
  | { readonly kind: 'failed'; readonly identity: Partial<InstanceIdentity>; readonly error: BuckyError };

export interface ReceiveOptions {
  /** Free of patient data: `stow`, `import`. */
  readonly source: string;
  /** The study of the request's path: another in the file fails as `mismatch`. @see PS3.18 10.5.1 */
  readonly studyUid?: Uid;
  readonly signal?: AbortSignal;
}
