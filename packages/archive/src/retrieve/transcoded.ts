import type { LocatedInstance } from '@bucky/catalog';
import { transcodePart10, type Bytes, type Uid } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { checked, readStored } from './stored-bytes.js';

/**
 * Opens an Instance as a Part 10 file in another native Transfer Syntax (one of `transcodableTo`), made while it flows.
 * The stored bytes are checked against their CRC-32 before the last of them leaves (`damaged`). @see PS3.18 8.7.3.5.2
 */
export async function openTranscoded(
  archive: Archive,
  located: LocatedInstance,
  options: { readonly transferSyntaxUid: Uid; readonly signal?: AbortSignal },
): Promise<Bytes> {
  const { sopClassUid, instanceUid, transferSyntaxUid: stored, crc32 } = located;
  const { transferSyntaxUid: target, signal } = options;
  const bytes = await readStored(archive, located, signal === undefined ? {} : { signal });
  const { limits } = archive.policies;
  return transcodePart10(checked(bytes, { crc32, what: `instance ${instanceUid}` }), {
    sopClassUid,
    instanceUid,
    stored,
    target,
    limits,
  });
}
