import { BuckyError } from '../bucky-error.js';
import type { ByteCursor } from './byte-cursor.js';

/** A step of a parser that stops, by `yield`, wherever the bytes at hand run out. */
export type Parsing<Result = void> = Generator<void, Result, void>;

/** Refuses to wait for bytes that will not come: the file was cut. Throws `corrupt`. */
export function awaitBytes(cursor: ByteCursor, what: string, needed: number): void {
  if (!cursor.ended) return;
  throw new BuckyError(
    'corrupt',
    `Cannot read ${what} at byte ${cursor.position}: ${cursor.available} bytes left, ${needed} needed`,
  );
}

/** Waits until `count` bytes are at hand. Throws `corrupt`. */
export function* whenThere(cursor: ByteCursor, count: number, what: string): Parsing {
  while (!cursor.has(count)) {
    awaitBytes(cursor, what, count);
    yield;
  }
}

/** Lets a value pass by without keeping it: `look` sees each part once, and must not hold it. Throws `corrupt`. */
export function* passValue(cursor: ByteCursor, length: number, look: (part: Uint8Array) => void): Parsing {
  let left = length;
  while (left > 0) {
    if (cursor.available === 0) {
      awaitBytes(cursor, 'a value', left);
      yield;
      continue;
    }
    const part = cursor.take(Math.min(left, cursor.available));
    look(part);
    left -= part.length;
  }
}
