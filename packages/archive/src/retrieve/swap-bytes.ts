import { swapWords, type Bytes } from '@bucky/dicom';

/** Turns the bytes of each word round: big endian to little. A word may be cut by the chunks; 1 leaves all as it is. */
export async function* swapped(bytes: Bytes, word: number): Bytes {
  if (word === 1) {
    yield* bytes;
    return;
  }
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const joined = Buffer.concat([rest, chunk]);
    const end = joined.length - (joined.length % word);
    rest = joined.subarray(end);
    if (end > 0) yield swapWords(joined.subarray(0, end), word);
  }
  if (rest.length > 0) yield rest;
}
