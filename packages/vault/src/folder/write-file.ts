import { open, type FileHandle } from 'node:fs/promises';
import type { Bytes } from '@bucky/dicom';

/** How much is gathered for one write: a body comes in pieces of 16 to 64 KiB, and each write is a trip to a thread. */
const gatherLength = 512 * 1024;

/** Writes a body to a new file and syncs it; tells its length. Holds at most {@link gatherLength} and one chunk of it. */
export async function writeFile(path: string, body: Bytes): Promise<number> {
  const handle = await open(path, 'wx', 0o600);
  try {
    let size = 0;
    let gathered: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
      gathered.push(chunk);
      length += chunk.length;
      if (length < gatherLength) continue;
      await writeAll(handle, gathered);
      size += length;
      gathered = [];
      length = 0;
    }
    await writeAll(handle, gathered);
    await handle.sync();
    return size + length;
  } finally {
    await handle.close();
  }
}

/** Writes all chunks. A system call may write less than it was given, as when the disk fills up: then the rest follows. */
async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = chunks;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest);
    rest = without(rest, bytesWritten);
  }
}

function without(chunks: readonly Uint8Array[], length: number): readonly Uint8Array[] {
  let left = length;
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...chunks.slice(index + 1)];
    left -= chunk.length;
  }
  return [];
}
