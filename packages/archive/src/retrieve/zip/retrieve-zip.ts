import { crc32 } from 'node:zlib';
import type { Target } from '@bucky/catalog';
import type { ByteRange, Bytes, Scope, Uid } from '@bucky/dicom';
import type { Archive } from '../../archive.js';
import { makeFileSet, type FileOfSet } from './file-set.js';
import { memberOf, ZipLayout, type ZipMember } from './zip-layout.js';

/** A study or series as a ZIP that can be opened anywhere. */
export interface RetrievedZip {
  readonly size: number;
  /** Opaque value for a strong ETag, without quotes. */
  readonly version: string;
  /** Of the Instances inside. */
  readonly transferSyntaxUids: ReadonlySet<Uid>;
  /** Opens a range; damage that shows on the way is thrown (`damaged`) before a false whole has left. */
  open(options: { readonly range: ByteRange; readonly signal?: AbortSignal }): Bytes;
}

/**
 * Lays out a study or series as a ZIP of Part 10 files with a DICOMDIR, entries stored: a file-set. The same Instances
 * give the same bytes, whatever was received in between elsewhere. Throws `not-found`, `limit`, `busy`.
 * @see PS3.18 10.4.4, PS3.10 8
 */
export async function retrieveZip(
  archive: Archive,
  target: Target,
  { scope }: { readonly scope: Scope },
): Promise<RetrievedZip> {
  const { files, dicomdir } = await makeFileSet(archive, target, scope);
  const members = [memberOf('DICOMDIR', dicomdir, crc32(dicomdir))];
  for (const file of files) members.push(await zipMember(file));
  const layout = new ZipLayout(members);
  return {
    size: layout.size,
    version: layout.version,
    transferSyntaxUids: new Set(files.map(({ instance }) => instance.located.transferSyntaxUid)),
    open: ({ range, signal }) => layout.open(range, signal),
  };
}

async function zipMember({ instance, fileId }: FileOfSet): Promise<ZipMember> {
  return {
    name: fileId.join('/'),
    size: instance.size,
    crc32: await instance.crc32(),
    version: instance.version,
    open: (options) => instance.open(options),
  };
}
