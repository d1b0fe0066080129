import type { ByteRange, Bytes, Scope, Uid } from '@bucky/dicom';
import type { Target } from '@bucky/catalog';
import type { Archive } from '../archive.js';

export interface RetrievedBulkData {
  readonly vr: string;
  /** `application/octet-stream`, or what the Instance says its document is (0042,0012). */
  readonly mediaType: string;
  readonly transferSyntaxUid: Uid;
  readonly length: number;
  readonly version: string;
  open(options?: { readonly range?: ByteRange; readonly signal?: AbortSignal }): Promise<Bytes>;
}

/** A value that metadata left out, by its path there (`54000100/0/54001010`). Throws `not-found`. @see PS3.18 10.4.1.1.5 */
export async function retrieveBulkData(
  archive: Archive,
  target: Required<Target>,
  options: { readonly scope: Scope; readonly path: string },
): Promise<RetrievedBulkData> {
  throw new Error('being written');
}
