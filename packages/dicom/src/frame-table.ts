import { BuckyError } from './bucky-error.js';
import { decodeEncapsulatedFrames, encapsulatedKind, groupedKind } from './frames/encapsulated-frames.js';
import { decodeNativeFrames, nativeKind } from './frames/native-frames.js';

/** A run of bytes that holds a Frame's value, or a part of it. */
export interface Fragment {
  readonly offset: number;
  readonly length: number;
}

/** Where one Frame lies. */
export interface FrameLocation {
  /** From the first byte of the first fragment to past the last byte of the last one, item headers between included. */
  readonly start: number;
  readonly end: number;
  /** The parts that joined make the Frame's value; one when native. */
  readonly fragments: readonly Fragment[];
  /** CRC-32 of the joined fragments. */
  readonly crc32: number;
  /** Native Frames of 1-bit pixels may begin within a byte: how many low bits of the first byte belong to the one before. */
  readonly bitOffset: number;
  /** Length of the Frame in bits: 8 × length but for 1-bit pixels. */
  readonly bitLength: number;
}

/** Where each Frame of an Instance lies. */
export interface FrameTable {
  readonly kind: 'native' | 'encapsulated';
  readonly numberOfFrames: number;
  /** Gets a Frame's place by its number, from 1. Throws `not-found` past the last. */
  frame(frameNumber: number): FrameLocation;
  /** Packs the table for storage; `decodeFrameTable` is its inverse. */
  encode(): Uint8Array;
}

/**
 * Unpacks what {@link FrameTable.encode} gave; the bytes are not copied, so that one Frame of many is found without
 * reading the rest. Throws `damaged`.
 */
export function decodeFrameTable(bytes: Uint8Array): FrameTable {
  const [kind] = bytes;
  if (kind === nativeKind) return decodeNativeFrames(bytes);
  if (kind === encapsulatedKind || kind === groupedKind) return decodeEncapsulatedFrames(bytes);
  throw new BuckyError('damaged', 'Cannot decode a frame table: its first byte is of no known kind');
}
