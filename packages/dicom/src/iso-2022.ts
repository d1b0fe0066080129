import { designations, type Repertoire } from './repertoire.js';

const escape = 0x1b;

/** How a value begins, and which bytes end a run of its text. */
export interface Iso2022Options {
  /** The half above 127 at the start; undefined: such a byte is no character before an escape sequence says so. */
  readonly right: Repertoire | undefined;
  /** Bytes, as ASCII, at which the character sets of the start are taken up again; control characters always do. */
  readonly delimiters: string;
}

/** Measures an escape sequence from its ESC on: one or two bytes from 20 to 2F, then a final one. @see PS3.5 6.1.2.5.1 */
function escapeEnd(bytes: Uint8Array, start: number): number {
  const final = runEnd(bytes.subarray(0, start + 3), start + 1, [0x20, 0x2f]);
  return Math.min(final + 1, bytes.length);
}

/** Measures a run of bytes from `start` on that lie in `low` to `high`. */
function runEnd(bytes: Uint8Array, start: number, [low, high]: readonly [number, number]): number {
  let end = start;
  while (end < bytes.length && bytes[end]! >= low && bytes[end]! <= high) end++;
  return end;
}

/**
 * Decodes text that switches between character sets by escape sequences, which may also name sets that were not declared.
 *
 * Returns to the sets of the start at control characters and delimiters, as senders must. A right half that the start
 * does not have is kept, as some senders name it but once. Inside pairs of bytes no byte is a delimiter.
 * @see PS3.5 6.1.2.5.3
 */
export function decodeIso2022(bytes: Uint8Array, options: Iso2022Options): string {
  let text = '';
  let pairs: Repertoire | undefined;
  let right = options.right;
  for (let at = 0, end; at < bytes.length; at = end) {
    const byte = bytes[at]!;
    if (byte === escape) {
      end = escapeEnd(bytes, at);
      const designation = designations[String.fromCharCode(...bytes.subarray(at + 1, end))];
      if (designation?.half === 'left') pairs = designation.pairs;
      else if (designation?.half === 'right') right = designation.set;
      else text += '\ufffd';
    } else if (byte >= 0x80) {
      end = runEnd(bytes, at, [0x80, 0xff]);
      const run = bytes.subarray(at, end);
      text += right === undefined ? '\ufffd'.repeat(run.length) : right(run);
    } else if (pairs !== undefined && byte > 0x20 && byte < 0x7f) {
      end = runEnd(bytes, at, [0x21, 0x7e]);
      text += pairs(bytes.subarray(at, end));
    } else {
      end = at + 1;
      const character = String.fromCharCode(byte);
      text += character;
      if (byte < 0x20 || (pairs === undefined && options.delimiters.includes(character))) {
        pairs = undefined;
        right = options.right ?? right;
      }
    }
  }
  return text;
}
