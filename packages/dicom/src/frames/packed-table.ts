import { BuckyError } from '../bucky-error.js';

/** Views a packed frame table of exactly the length that `lengthOf` reads from it. Throws `damaged`. */
export function viewOfTable(bytes: Uint8Array, headLength: number, lengthOf: (view: DataView) => number): DataView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headLength || bytes.length !== lengthOf(view)) {
    throw new BuckyError('damaged', `Cannot decode a frame table: ${bytes.length} bytes are not what it says it has`);
  }
  return view;
}

/** Refuses a frame number that the table does not have. Throws `not-found`. */
export function checkFrameNumber(frameNumber: number, numberOfFrames: number): void {
  if (Number.isInteger(frameNumber) && frameNumber >= 1 && frameNumber <= numberOfFrames) return;
  throw new BuckyError('not-found', `There is no frame ${frameNumber}: the instance has ${numberOfFrames}`);
}
