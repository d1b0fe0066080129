import type { ByteRange, Bytes, Scope } from '@bucky/dicom';
import type { LocatedInstance, Target } from '@bucky/catalog';
import type { Archive } from '../archive.js';

/** One Instance as it leaves by DICOMweb: a Part 10 file with a harmless preamble and its File Meta Information. */
export interface RetrievedInstance {
  readonly located: LocatedInstance;
  /** Bytes that {@link open} gives without a range. */
  readonly size: number;
  /** Opaque value for a strong ETag, without quotes. */
  readonly version: string;
  /** Opens the bytes; the whole is checked against its CRC-32 before the last of them leaves (`damaged`). */
  open(options?: { readonly range?: ByteRange; readonly signal?: AbortSignal }): Promise<Bytes>;
}

/** Walks the Instances of a target in order; nothing when there is none in the scope. */
export async function* retrieveInstances(
  archive: Archive,
  target: Target,
  scope: Scope,
): AsyncIterable<RetrievedInstance> {
  throw new Error('being written');
}
