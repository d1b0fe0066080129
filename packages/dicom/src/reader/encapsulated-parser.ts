import { BuckyError } from '../bucky-error.js';
import { combineCrc32, crc32 } from '../crc32.js';
import { tag, type Tag } from '../tag.js';
import { ElementHeader, tagInText, uint32, undefinedLength } from './element-header.js';
import type { ByteCursor } from './byte-cursor.js';
import type { FragmentCollector } from './fragment-collector.js';
import { awaitBytes, passValue, whenThere, type Parsing } from './pass-value.js';
import { pixelDataTag } from './pixel-attributes.js';
import type { ReaderBudget } from './reader-limits.js';

/** Begins an item of a sequence, or a fragment. @see PS3.5 7.5 */
export const itemTag = tag(0xfffee000);
/** Ends an item of undefined length. @see PS3.5 7.5 */
export const itemDelimiterTag = tag(0xfffee00d);
/** Ends a sequence, or the fragments of a value, of undefined length. @see PS3.5 7.5 */
export const sequenceDelimiterTag = tag(0xfffee0dd);

/** What the fragments of one value were, as they passed by. */
export interface PassedFragments {
  /** Of all items, headers and delimiter included. */
  readonly crc32: number;
  readonly basicOffsets: readonly number[];
  readonly delimited: boolean;
}

/** Where fragments are read from, and who looks at them. */
export interface FragmentSource {
  readonly cursor: ByteCursor;
  readonly budget: ReaderBudget;
  readonly byteOrder: 'little' | 'big';
  /** Looks at Pixel Data at the root; other values in fragments have no Frames. */
  readonly collector?: FragmentCollector | undefined;
}

/**
 * Reads a value in fragments up to its delimiter. At the root it may also end with the file or before a later element,
 * as some writers forget the delimiter. Throws `corrupt` and `limit`.
 * @see PS3.5 A.4
 */
export function* passFragments(source: FragmentSource): Parsing<PassedFragments> {
  const { cursor, collector } = source;
  const header = new ElementHeader();
  let sum = 0;
  let basicOffsets: readonly number[] | undefined;
  const add = (part: Uint8Array): void => {
    sum = crc32(part, sum);
  };
  for (;;) {
    while (!header.read(cursor, { byteOrder: source.byteOrder, explicitVr: false })) {
      if (collector !== undefined && cursor.ended && cursor.available === 0) {
        return { crc32: sum, basicOffsets: basicOffsets ?? [], delimited: false };
      }
      awaitBytes(cursor, 'an item of encapsulated data', 8);
      yield;
    }
    if (header.tag !== itemTag && header.tag !== sequenceDelimiterTag) {
      if (collector === undefined || !isLaterElement(header.tag)) throw noItem(cursor, header);
      return { crc32: sum, basicOffsets: basicOffsets ?? [], delimited: false };
    }
    add(cursor.take(8));
    if (header.tag === sequenceDelimiterTag) {
      return { crc32: sum, basicOffsets: basicOffsets ?? [], delimited: true };
    }
    if (header.length === undefinedLength) throw noItem(cursor, header);
    if (basicOffsets === undefined) {
      const table = yield* readBasicOffsets(source, header.length, add);
      basicOffsets = table ?? [];
      if (table !== undefined) continue;
    }
    const { length } = header;
    sum = combineCrc32(sum, yield* passFragment(source, length), length);
  }
}

/** Tells whether a Tag can follow Pixel Data at the root. */
function isLaterElement(at: Tag): boolean {
  return at > pixelDataTag && at >>> 16 !== itemTag >>> 16;
}

/** Reads the first item; nothing when it is no Basic Offset Table, whose first entry is always 0, but a fragment. */
function* readBasicOffsets(
  { cursor, budget, byteOrder }: FragmentSource,
  length: number,
  add: (part: Uint8Array) => void,
): Parsing<readonly number[] | undefined> {
  if (length === 0) return [];
  if (length % 4 !== 0) return undefined;
  yield* whenThere(cursor, 4, 'a Basic Offset Table');
  if (uint32(cursor.bytes, cursor.at, true) !== 0) return undefined;
  budget.spend(length / 4, length);
  yield* whenThere(cursor, length, 'a Basic Offset Table');
  const bytes = cursor.take(length);
  add(bytes);
  const offsets: number[] = [];
  for (let at = 0; at < length; at += 4) offsets.push(uint32(bytes, at, byteOrder === 'little'));
  return offsets;
}

/** Lets a fragment pass by; gives its CRC-32. */
function* passFragment({ cursor, collector }: FragmentSource, length: number): Parsing<number> {
  collector?.begin(cursor.position);
  let sum = 0;
  yield* passValue(cursor, length, (part) => {
    sum = crc32(part, sum);
    collector?.push(part);
  });
  collector?.end(length, sum);
  return sum;
}

function noItem(cursor: ByteCursor, header: ElementHeader): BuckyError {
  return new BuckyError(
    'corrupt',
    `Cannot read an item of encapsulated data at byte ${cursor.position}: ${tagInText(header.tag)} with length ${header.length} is none`,
  );
}
