import { BuckyError, type Bytes } from '@bucky/dicom';
import { ZipReader, type ZipFileEntry } from '@bucky/vault';
import type { Found } from './found-file.js';

export interface ZipToOpen {
  readonly path: string;
  readonly size: number;
  readonly identity: readonly (string | number)[];
}

/** What a ZIP may inflate to, whatever its size. */
const harmlessBytes = 64 * 2 ** 20;

/**
 * Finds the files in a ZIP, in its order. Nothing is written anywhere: entries are read where they lie, their names are for
 * people only. All of them together may inflate to `inflatedRatio` times the ZIP, once that is over 64 MiB.
 */
export async function* zipEntries(
  zip: ZipToOpen,
  options: { readonly inflatedRatio: number; readonly onMore: (files: number) => void },
): AsyncIterable<Found> {
  let reader: ZipReader | undefined;
  try {
    reader = await ZipReader.open(zip.path);
    options.onMore(reader.entryCount - 1); // in place of the ZIP itself
    const limit = Math.max(harmlessBytes, options.inflatedRatio * zip.size);
    const spend = spending(limit);
    for await (const entry of reader.entries()) {
      if (entry.isFolder) options.onMore(-1);
      else yield found(entry, { zip, reader, spend });
    }
  } catch (error) {
    if (!(error instanceof BuckyError)) throw error;
    yield { kind: 'failed', path: zip.path, reason: error.message };
  } finally {
    reader?.release();
  }
}

function found(
  entry: ZipFileEntry,
  from: { readonly zip: ZipToOpen; readonly reader: ZipReader; readonly spend: (bytes: number) => void },
): Found {
  const { zip, reader, spend } = from;
  const path = `${zip.path}!${entry.name}`;
  if (entry.obstacle !== undefined) return { kind: 'failed', path, reason: `ZIP entry is ${entry.obstacle}` };
  reader.hold();
  return {
    kind: 'file',
    path,
    size: entry.size,
    identity: [...zip.identity, entry.offset, entry.size, entry.crc32],
    open: () => spent(entry.open(), spend),
    release: () => {
      reader.release();
    },
  };
}

/** Counts what a ZIP inflates to: entries may lie over each other, so that a small one says it holds a world. */
function spending(limit: number): (bytes: number) => void {
  let left = limit;
  return (bytes) => {
    left -= bytes;
    if (left < 0) throw new BuckyError('limit', 'The ZIP inflates to more than inflatedRatio allows');
  };
}

async function* spent(bytes: Bytes, spend: (bytes: number) => void): Bytes {
  for await (const chunk of bytes) {
    spend(chunk.length);
    yield chunk;
  }
}
