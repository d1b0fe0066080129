import type { Bytes } from '@bucky/dicom';

/** Shorter chunks are copied together: each that is kept costs some hundred bytes besides its own. */
const smallChunk = 4096;
const blockLength = 4 * smallChunk;

/** Passes a body on, its small chunks joined: a sender who sends byte by byte must not multiply what is held. */
export async function* inBlocks(bytes: Bytes): Bytes {
  let block: Buffer | undefined;
  let used = 0;
  // A copy, as the rest of the block would be held along with it.
  const begun = (): Uint8Array => {
    const copy = new Uint8Array(block!.subarray(0, used));
    used = 0;
    return copy;
  };
  for await (const chunk of bytes) {
    if (used > 0 && (chunk.length >= smallChunk || used + chunk.length > blockLength)) yield begun();
    if (chunk.length >= smallChunk) {
      yield chunk;
      continue;
    }
    block ??= Buffer.allocUnsafeSlow(blockLength);
    block.set(chunk, used);
    used += chunk.length;
  }
  if (used > 0) yield begun();
}
