import { itemHeaderLength } from '../frames/encapsulated-frames.js';

/** What tells the Frames of encapsulated Pixel Data apart. */
export interface BoundaryHints {
  readonly numberOfFrames: number;
  /** All fragments are one stream. @see PS3.5 8.2.5 */
  readonly video: boolean;
  readonly lengths: readonly number[];
  /** Whether a fragment begins, or ends, as an image of some codec does. */
  readonly starts: readonly boolean[];
  readonly ends: readonly boolean[];
  /** Offsets of Frames from the first item after the Basic Offset Table; empty when there are none. */
  readonly basicOffsets: readonly number[];
  readonly extendedOffsets: readonly number[];
}

/**
 * Tells which fragment is each Frame's first, by index; nothing when there is no way to know.
 *
 * Offset tables count only when each entry hits an item and there are as many as Frames. Else as many fragments as Frames
 * mean one each; else Frames end where a fragment ends with an end-of-image marker, or begin where one begins an image.
 * @see PS3.5 A.4, PS3.3 C.7.6.3.1.8
 */
export function findFrames(hints: BoundaryHints): readonly number[] | undefined {
  const { numberOfFrames, lengths } = hints;
  if (lengths.length === 0) return [];
  if (hints.video) return [0];
  const extended = fragmentsAt(hints.extendedOffsets, lengths);
  if (extended?.length === numberOfFrames) return extended;
  const basic = fragmentsAt(hints.basicOffsets, lengths);
  if (basic?.length === numberOfFrames) return basic;
  if (numberOfFrames === 1) return [0];
  if (lengths.length <= numberOfFrames) return lengths.map((_, fragment) => fragment);
  const ended = indicesWhere(lengths.length, (fragment) => fragment === 0 || hints.ends[fragment - 1] === true);
  if (ended.length === numberOfFrames) return ended;
  const started = indicesWhere(lengths.length, (fragment) => hints.starts[fragment] === true);
  return started.length === numberOfFrames && started[0] === 0 ? started : undefined;
}

/** Turns offsets of items into indices of fragments; nothing unless all hit one, in ascending order from the first. */
function fragmentsAt(offsets: readonly number[], lengths: readonly number[]): readonly number[] | undefined {
  if (offsets.length === 0) return undefined;
  const found: number[] = [];
  let offset = 0;
  for (let fragment = 0; fragment < lengths.length && found.length < offsets.length; fragment += 1) {
    if (offset === offsets[found.length]) found.push(fragment);
    else if (fragment === 0) return undefined;
    offset += lengths[fragment]! + itemHeaderLength;
  }
  return found.length === offsets.length ? found : undefined;
}

function indicesWhere(count: number, holds: (index: number) => boolean): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) if (holds(index)) found.push(index);
  return found;
}

/** Bytes at the beginning of a fragment that {@link beginsImage} looks at. */
export const startLength = 8;
/** Bytes at the end of a fragment that {@link endsImage} looks at. */
export const endLength = 4;

/** Tells whether bytes begin as a JPEG, JPEG-LS, JPEG 2000 or JPEG XL codestream or an RLE header does. @see PS3.5 G.5 */
export function beginsImage(head: Uint8Array): boolean {
  if (head[0] === 0xff) {
    if (head[1] === 0xd8) return head[2] === 0xff; // SOI and another marker
    if (head[1] === 0x4f) return head[2] === 0xff && head[3] === 0x51; // SOC, SIZ
    return head[1] === 0x0a; // JPEG XL
  }
  // RLE: the number of segments, up to 15, and that the first begins at byte 64
  const [count, second, third, fourth, first, ...rest] = head;
  return (
    count! >= 1 &&
    count! <= 15 &&
    second === 0 &&
    third === 0 &&
    fourth === 0 &&
    first === 64 &&
    rest.every((b) => b === 0)
  );
}

/** Tells whether bytes end with EOI of JPEG and JPEG-LS, or EOC of JPEG 2000, which is the same, but for pad bytes. */
export function endsImage(tail: Uint8Array): boolean {
  let last = tail.length - 1;
  while (last > 1 && (tail[last] === 0 || tail[last] === 0xff)) last -= 1;
  return tail[last] === 0xd9 && tail[last - 1] === 0xff;
}
