import { createHash } from 'node:crypto';
import type { LocatedInstance, Target } from '@bucky/catalog';
import {
  BuckyError,
  decodeFrameTable,
  oneChunk,
  type ByteRange,
  type Bytes,
  type FrameLocation,
  type Scope,
  type Uid,
} from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { alignBits } from './one-bit-frame.js';
import { readCounted } from './data-set-bytes.js';
import { bigEndianPixels, readLittleEndian, type BigEndianPixels } from './little-endian.js';
import { checked, drain, joined, type OpenOptions } from './stored-bytes.js';

export interface RetrievedFrame {
  readonly frameNumber: number;
  readonly length: number;
  /**
   * Opens the Frame's bytes, which were checked against their CRC-32 before the first is given (`damaged`). A part of them
   * is read from where it lies and not checked.
   */
  open(options?: OpenOptions): Promise<Bytes>;
}

export interface RetrievedFrames {
  readonly transferSyntaxUid: Uid;
  readonly sopClassUid: Uid;
  /** Opaque value for a strong ETag, without quotes. */
  readonly version: string;
  readonly frames: readonly RetrievedFrame[];
  /** The same Frames, native pixels that are big endian in the file turned round. */
  littleEndian(): Promise<readonly RetrievedFrame[]>;
}

/** A longer Frame is read twice: to be checked, then to be sent. So the memory of an answer does not grow with its Frames. */
const heldFrameBytes = 2 * 2 ** 20;

/** Frames as stored, by number from 1, in the order asked; all of them without numbers. Throws `not-found`. @see PS3.18 10.4.1.1.6 */
export async function retrieveFrames(
  archive: Archive,
  target: Required<Target>,
  options: { readonly scope: Scope; readonly frameNumbers?: readonly number[] },
): Promise<RetrievedFrames> {
  const found = await archive.catalog.frameTable(target, options.scope);
  if (found === undefined) throw new BuckyError('not-found', 'There is no such instance here');
  if (found.frameTable === undefined) throw new BuckyError('not-found', 'The instance has no Pixel Data');
  const table = decodeFrameTable(found.frameTable);
  const numbers = options.frameNumbers ?? Array.from({ length: table.numberOfFrames }, (_, index) => index + 1);
  const { instance } = found;
  const places = numbers.map((frameNumber) => ({ frameNumber, place: table.frame(frameNumber) }));
  return {
    transferSyntaxUid: instance.transferSyntaxUid,
    sopClassUid: instance.sopClassUid,
    version: `${instance.sha256.slice(0, 32)}-frames-${digest(numbers)}`,
    frames: places.map((one) => retrieved(archive, instance, one)),
    async littleEndian() {
      const pixels = await bigEndianPixels(archive, instance, options.scope);
      return places.map((one) => retrieved(archive, instance, { ...one, pixels }));
    },
  };
}

function retrieved(
  archive: Archive,
  instance: LocatedInstance,
  { frameNumber, place, pixels }: { frameNumber: number; place: FrameLocation; pixels?: BigEndianPixels | undefined },
): RetrievedFrame {
  const what = `frame ${frameNumber} of instance ${instance.instanceUid}`;
  const read = (signal?: AbortSignal): Promise<Bytes> => readCounted(archive, instance, { range: place, signal });
  return {
    frameNumber,
    length: lengthOf(place),
    async open({ signal, range } = {}) {
      if (
        range !== undefined &&
        range.end - range.start < lengthOf(place) &&
        pixels === undefined &&
        isWholeBytes(place)
      ) {
        const within = fileRange(place, range);
        const part = await readCounted(archive, instance, { range: within, signal });
        return withoutItems(part, { ...place, start: within.start });
      }
      const value = checked(withoutItems(await read(signal), place), { crc32: place.crc32, what });
      let held: Uint8Array | undefined;
      if (place.end - place.start > heldFrameBytes) await drain(value);
      else held = await joined(value);
      if (pixels !== undefined) {
        return alignBits(await readLittleEndian(archive, instance, { pixels, range: place, signal }), place);
      }
      return alignBits(held === undefined ? withoutItems(await read(signal), place) : oneChunk(held), place);
    },
  };
}

function isWholeBytes({ bitOffset, bitLength }: FrameLocation): boolean {
  return bitOffset === 0 && bitLength % 8 === 0;
}

/** Finds where a part of a Frame's value lies in the file, item headers between its fragments included. */
function fileRange({ fragments }: FrameLocation, { start, end }: ByteRange): ByteRange {
  let before = 0;
  let range: ByteRange | undefined;
  for (const { offset, length } of fragments) {
    const from = Math.max(start, before);
    const to = Math.min(end, before + length);
    if (from < to) range = { start: range?.start ?? offset + from - before, end: offset + to - before };
    before += length;
  }
  return range ?? { start: 0, end: 0 };
}

function lengthOf(place: FrameLocation): number {
  if (!isWholeBytes(place)) return Math.ceil(place.bitLength / 8);
  return place.fragments.reduce((sum, { length }) => sum + length, 0);
}

/** Leaves out the item headers between the fragments of a Frame, whose bytes begin at `place.start`. @see PS3.5 A.4 */
async function* withoutItems(bytes: Bytes, place: FrameLocation): Bytes {
  let position = place.start;
  let index = 0;
  for await (const chunk of bytes) {
    const end = position + chunk.length;
    for (let part = place.fragments[index]; part !== undefined && part.offset < end; part = place.fragments[index]) {
      const from = Math.max(part.offset, position);
      const to = Math.min(part.offset + part.length, end);
      if (from < to) yield chunk.subarray(from - position, to - position);
      if (part.offset + part.length > end) break;
      index += 1;
    }
    position = end;
  }
}

/** Names a list of Frames in a few letters: there may be thousands, and an ETag comes back in a header. */
function digest(numbers: readonly number[]): string {
  return createHash('sha256').update(numbers.join()).digest('hex').slice(0, 16);
}
