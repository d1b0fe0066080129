import { createInflateRaw } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import type { LocatedInstance } from '@bucky/catalog';
import type { ByteRange, Bytes } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { readStored, slice } from './stored-bytes.js';

/**
 * Opens a range of an Instance as frame tables and bulk entries count it: bytes of the file, or of File Meta
 * Information and the inflated Data Set when it is deflated (which is then inflated from its beginning).
 */
export async function readCounted(
  archive: Archive,
  located: Pick<LocatedInstance, 'location' | 'deflated' | 'bareDataSetOffset'>,
  { range, signal }: { readonly range: ByteRange; readonly signal?: AbortSignal | undefined },
): Promise<Bytes> {
  const abort = signal === undefined ? {} : { signal };
  if (!located.deflated) return readStored(archive, located, { range, ...abort });
  const skipped = located.bareDataSetOffset ?? 0;
  const deflated = await readStored(archive, located, {
    range: { start: skipped, end: located.location.length },
    ...abort,
  });
  return slice(inflated(deflated), { start: range.start - skipped, end: range.end - skipped });
}

async function* inflated(deflated: Bytes): Bytes {
  const output = new PassThrough();
  const finished = pipeline(deflated, createInflateRaw(), output);
  // A reader that has enough leaves early; what the pipeline then says of it is no failure of anybody.
  const outcome = finished.catch((error: unknown) => error);
  try {
    yield* output as AsyncIterable<Buffer>;
  } finally {
    output.destroy();
    await outcome;
  }
}
