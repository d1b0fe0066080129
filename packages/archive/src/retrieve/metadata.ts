import type { Bytes, Scope } from '@bucky/dicom';
import type { Target } from '@bucky/catalog';
import type { Archive } from '../archive.js';

export interface RetrievedMetadata {
  /** Opaque value for a strong ETag, without quotes; differs by coding. */
  readonly version: string;
  /** A JSON array of DICOM JSON objects; as exactly one gzip member when that coding was asked. */
  open(options?: { readonly signal?: AbortSignal }): Bytes;
}

/** Metadata of a study, series or instance. Throws `not-found`. @see PS3.18 10.4.1.1.2 */
export async function retrieveMetadata(
  archive: Archive,
  target: Target,
  options: { readonly scope: Scope; readonly coding: 'gzip' | 'identity' },
): Promise<RetrievedMetadata> {
  throw new Error('being written');
}
