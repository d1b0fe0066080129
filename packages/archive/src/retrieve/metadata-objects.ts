import { constants, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import type { DicomJsonObject, Target } from '@bucky/catalog';
import { BuckyError, type Scope } from '@bucky/dicom';
import type { Archive } from '../archive.js';

const inflate = promisify<Uint8Array, { finishFlush: number }, Buffer>(inflateRaw);

/** Metadata that is read, for who writes it in another form. */
export interface MetadataObjects {
  /** Opaque value for a strong ETag, without quotes, of what is read. */
  readonly version: string;
  /** One object an Instance, in order; a few at a time. */
  readonly read: () => AsyncIterable<readonly DicomJsonObject[]>;
}

/** Reads the metadata of a study, series or instance. Throws `not-found`. @see PS3.18 10.4.1.1.2 */
export async function readMetadataObjects(archive: Archive, target: Target, scope: Scope): Promise<MetadataObjects> {
  const state = await archive.catalog.metadataVersion(target, scope);
  if (state === undefined) throw new BuckyError('not-found', 'There is no such study, series or instance here');
  return { version: state.version, read: () => objects(archive, target, scope) };
}

async function* objects(archive: Archive, target: Target, scope: Scope): AsyncGenerator<readonly DicomJsonObject[]> {
  for await (const batch of archive.catalog.metadata(target, scope)) {
    for (const { deflated } of batch) {
      const text = await inflate(deflated, { finishFlush: constants.Z_SYNC_FLUSH });
      yield [JSON.parse(text.toString('utf8')) as DicomJsonObject]; // written by us
    }
  }
}
