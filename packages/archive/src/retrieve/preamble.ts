import type { Bytes } from '@bucky/dicom';

/** Bytes in front of `DICM`. @see PS3.10 7.1 */
export const preambleLength = 128;

/** First bytes of programs that an operating system would run. TIFF, the preamble's honest use, is not among them. */
const executables: readonly (readonly number[])[] = [
  [0x4d, 0x5a], // MZ: DOS and Windows
  [0x7f, 0x45, 0x4c, 0x46], // ELF
  [0xfe, 0xed, 0xfa, 0xce], // Mach-O 32-bit
  [0xfe, 0xed, 0xfa, 0xcf], // Mach-O 64-bit
  [0xce, 0xfa, 0xed, 0xfe], // the same, little endian
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe], // Mach-O for several processors
];

/** Longest beginning that {@link isExecutable} looks at. */
export const magicLength = 4;

/** Tells whether a file's first bytes would make it a program. @see PS3.10 7.5 */
export function isExecutable(head: Uint8Array): boolean {
  return executables.some((magic) => magic.every((byte, index) => head[index] === byte));
}

/** Zeroes what of a chunk, whose first byte stands at `position` in the file, belongs to the preamble. */
function withoutPreamble(chunk: Uint8Array, position: number): Uint8Array {
  if (position >= preambleLength) return chunk;
  const copy = Uint8Array.from(chunk);
  copy.fill(0, 0, preambleLength - position);
  return copy;
}

/**
 * Passes a file's bytes on from `start`, an executable preamble as zeros. Whether it is one shows in the first bytes, which
 * are held until they tell, unless `start` lies behind them.
 */
export async function* harmless(bytes: Bytes, known: { start: number; executable?: boolean } = { start: 0 }): Bytes {
  let { start: position, executable } = known;
  let held: Uint8Array = new Uint8Array(0);
  for await (const next of bytes) {
    const chunk = held.length === 0 ? next : Buffer.concat([held, next]);
    if (executable === undefined && chunk.length < magicLength) {
      held = chunk;
      continue;
    }
    held = new Uint8Array(0);
    executable ??= isExecutable(chunk);
    yield executable ? withoutPreamble(chunk, position) : chunk;
    position += chunk.length;
  }
  if (held.length > 0) yield held;
}
