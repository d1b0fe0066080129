import type { BuckyError, Bytes, InstanceIdentity, Oddity, Uid } from '@bucky/dicom';
import type { Archive } from '../archive.js';

/** What became of one received file. */
export type ReceiveOutcome =
  | {
      readonly kind: 'stored' | 'duplicate';
      readonly identity: InstanceIdentity;
      readonly receipt: string;
      readonly size: number;
      readonly oddities: readonly Oddity[];
    }
  /** Other bytes, or another study, under a SOP Instance UID that is taken: kept aside under `receipt`. */
  | {
      readonly kind: 'conflict';
      readonly identity: InstanceIdentity;
      readonly receipt: string;
      readonly reason: 'other-bytes' | 'other-study-or-series';
    }
  | { readonly kind: 'failed'; readonly identity: Partial<InstanceIdentity>; readonly error: BuckyError };

export interface ReceiveOptions {
  /** Free of patient data: `stow`, `import`. */
  readonly source: string;
  /** The study of the request's path: another in the file fails as `mismatch`. @see PS3.18 10.5.1 */
  readonly studyUid?: Uid;
  readonly signal?: AbortSignal;
}

/** A file whose bytes have been read; whether they are kept shows in `outcome`, which never rejects. */
export interface TakenInstance {
  readonly outcome: Promise<ReceiveOutcome>;
}

/**
 * Reads one Part 10 file to its end and sees to its storing.
 *
 * Resolves when the body has been consumed, so that the next part can be read while this one is made durable; rejects
 * only with what reading `body` itself threw. A file that fails is read to its end all the same.
 */
export async function takeInstance(archive: Archive, body: Bytes, options: ReceiveOptions): Promise<TakenInstance> {
  throw new Error('being written');
}
