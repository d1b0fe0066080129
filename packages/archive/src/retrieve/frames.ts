import type { Bytes, Scope, Uid } from '@bucky/dicom';
import type { Target } from '@bucky/catalog';
import type { Archive } from '../archive.js';

export interface RetrievedFrame {
  readonly frameNumber: number;
  readonly length: number;
  /** Opens the Frame's bytes, which were checked against their CRC-32 before the first is given (`damaged`). */
  open(options?: { readonly signal?: AbortSignal }): Promise<Bytes>;
}

export interface RetrievedFrames {
  readonly transferSyntaxUid: Uid;
  readonly version: string;
  readonly frames: readonly RetrievedFrame[];
}

/** Frames as stored, by number from 1, in the order asked. Throws `not-found`. @see PS3.18 10.4.1.1.6 */
export async function retrieveFrames(
  archive: Archive,
  target: Required<Target>,
  options: { readonly scope: Scope; readonly frameNumbers: readonly number[] },
): Promise<RetrievedFrames> {
  throw new Error('being written');
}
