import { Part10Reader } from '../part10-reader.js';
import type { DataSet } from '../data-set.js';
import type { Part10 } from '../part10.js';
import { tagText } from '../tag.js';
import type { ReaderLimits } from './reader-limits.js';

/** Reads a file for a test, cut into pieces of `cut` bytes, or of what `cut` gives each time. */
export function readInPieces(
  bytes: Uint8Array,
  options: { readonly cut?: number | (() => number); readonly limits?: Partial<ReaderLimits> } = {},
): Part10 {
  const { cut = bytes.length } = options;
  const reader = new Part10Reader(options.limits);
  for (let at = 0; at < bytes.length;) {
    const length = Math.max(1, typeof cut === 'number' ? cut : cut());
    // A copy that is wiped afterwards shows whether the reader holds on to what it was given.
    const piece = Uint8Array.prototype.slice.call(bytes, at, at + length);
    reader.push(piece);
    piece.fill(0xee);
    at += length;
  }
  return reader.finish();
}

/** Everything that a Part 10 file was read as, as plain values that can be compared. */
export function plainly(part10: Part10): unknown {
  return {
    ...part10,
    dataSet: plainDataSet(part10.dataSet),
    meta: part10.meta && plainDataSet(part10.meta),
    frameTable: part10.frameTable && {
      kind: part10.frameTable.kind,
      frames: Array.from({ length: part10.frameTable.numberOfFrames }, (_, index) =>
        part10.frameTable!.frame(index + 1),
      ),
    },
  };
}

function plainDataSet(dataSet: DataSet): unknown {
  return [...dataSet].map(({ tag, vr, bytes, items, bulk }) => ({
    tag: tagText(tag),
    vr,
    byteOrder: dataSet.byteOrder,
    bytes: bytes && Buffer.from(bytes).toString('hex'),
    items: items?.map(plainDataSet),
    bulk,
  }));
}

/** A small generator of numbers from 0 up to 1, for tests that print their seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
