import { BuckyError } from '../bucky-error.js';
import { dictionaryEntry } from '../dictionary/dictionary.js';
import type { ByteCursor } from '../reader/byte-cursor.js';
import { codingInUn, inFragments } from '../reader/data-set-parser.js';
import { ElementHeader, tagInText, undefinedLength, vrOfBytes, type Coding } from '../reader/element-header.js';
import { itemDelimiterTag, itemTag, sequenceDelimiterTag } from '../reader/encapsulated-parser.js';
import { awaitBytes, passValue, whenThere, type Parsing } from '../reader/pass-value.js';
import { isPixelTag, pixelDataTag } from '../reader/pixel-attributes.js';
import { tag as asTag, type Tag } from '../tag.js';
import { longLength, pixelWordLength, wordLength, type Vr } from '../vr.js';
import type { ElementSink } from './element-sink.js';

const bitsAllocatedTag = asTag(0x00280100);
const pixelRepresentationTag = asTag(0x00280103);

/** Longest value that a 16-bit length can tell of. @see PS3.5 6.2.2 */
const longestShortValue = 0xffff;

/** A Data Set under way: the root, or an item. */
interface Level {
  readonly coding: Coding;
  /** Whether VRs are written. */
  readonly explicitVr: boolean;
  /** Position that nothing of it may pass; unlimited at the root. */
  readonly limit: number;
  readonly delimited: boolean;
  /** Within a UN of undefined length, where some write explicit VRs all the same. */
  readonly inUn: boolean;
  readonly parent?: Level;
  /** What Pixel Representation said here. */
  isSigned?: boolean;
  /** What Bits Allocated said here. */
  bitsAllocated?: number;
}

/** The element under way: {@link ElementHeader} is read anew for each one within it. */
type Element = Readonly<Pick<ElementHeader, 'tag' | 'vr' | 'implied' | 'length'>>;

function isSigned(level: Level | undefined): boolean {
  for (let at = level; at !== undefined; at = at.parent) if (at.isSigned !== undefined) return at.isSigned;
  return false;
}

/**
 * Writes a Data Set anew in another little endian coding while it passes, in bounded memory. Values stay what they are, of
 * odd length too. Sequences and their items get undefined lengths, as theirs are not known ahead; retired group lengths,
 * which would be wrong, are left out. Throws `corrupt`.
 * @see PS3.5 7, PS3.5 A.1, A.2
 */
export class DataSetTranscoder {
  readonly #cursor: ByteCursor;
  readonly #sink: ElementSink;
  readonly #header = new ElementHeader();
  readonly #root: Level;

  constructor(cursor: ByteCursor, coding: Coding, to: { readonly sink: ElementSink; readonly explicitVr: boolean }) {
    this.#cursor = cursor;
    this.#sink = to.sink;
    this.#root = { coding, explicitVr: to.explicitVr, limit: Infinity, delimited: false, inUn: false };
  }

  /** Reads to the end of the bytes. */
  run(): Parsing {
    return this.#passLevel(this.#root);
  }

  *#passLevel(level: Level): Parsing {
    const cursor = this.#cursor;
    const header = this.#header;
    let { coding, inUn: unsure } = level;
    while (cursor.position < level.limit) {
      while (!header.read(cursor, coding)) {
        if (level === this.#root && cursor.ended && cursor.available === 0) return;
        awaitBytes(cursor, 'the header of an element', cursor.has(8) ? 12 : 8);
        yield;
      }
      if (header.tag >= itemTag) {
        if (this.#endsLevel(level)) return;
        yield* this.#skipStray();
        continue;
      }
      if (unsure) {
        const isVr = vrOfBytes(cursor.bytes[cursor.at + 4]!, cursor.bytes[cursor.at + 5]!) !== undefined;
        if (isVr) coding = { byteOrder: 'little', explicitVr: true };
        unsure = false;
        continue;
      }
      if (header.tag === 0) {
        yield* this.#skipToEnd(); // zeros that fill a block up
        return;
      }
      const { tag, vr, implied, length } = header;
      cursor.skip(header.size);
      yield* this.#passElement({ tag, vr, implied, length }, level, coding);
    }
  }

  /** Looks at an item's header or a delimiter ahead; true when the level ends with it. */
  #endsLevel(level: Level): boolean {
    if (!level.delimited) return false;
    if (this.#header.tag === itemDelimiterTag) this.#cursor.skip(8);
    return true;
  }

  *#skipStray(): Parsing {
    const { tag, length } = this.#header;
    this.#cursor.skip(8);
    if (tag === itemTag && length !== undefinedLength) yield* passValue(this.#cursor, length, () => undefined);
  }

  *#skipToEnd(): Parsing {
    while (!this.#cursor.ended || this.#cursor.available > 0) {
      this.#cursor.skip(this.#cursor.available);
      if (!this.#cursor.ended) yield;
    }
  }

  *#passElement(element: Element, level: Level, coding: Coding): Parsing {
    const { tag, vr, length } = element;
    const isUndefined = length === undefinedLength;
    if (isUndefined && (isPixelTag(tag) || inFragments.has(vr))) {
      yield* this.#passFragments(element, level, coding);
    } else if (vr === 'SQ' || (isUndefined && (vr === 'UN' || !coding.explicitVr))) {
      yield* this.#passSequence(element, level, coding);
    } else if (isUndefined) {
      throw new BuckyError('corrupt', `Cannot read ${tagInText(tag)}: VR ${vr} with an undefined length`);
    } else if ((tag & 0xffff) === 0) {
      yield* passValue(this.#cursor, length, () => undefined);
    } else {
      yield* this.#passValue(element, level, coding);
    }
  }

  *#passValue(element: Element, level: Level, coding: Coding): Parsing {
    const { tag, length } = element;
    const cursor = this.#cursor;
    this.#sink.header(tag, length, level.explicitVr ? writtenVr(element, level) : undefined);
    if (length === 2 && (tag === pixelRepresentationTag || tag === bitsAllocatedTag)) {
      yield* whenThere(cursor, length, 'a value');
      this.#remember(tag, level, coding);
    }
    const word = coding.byteOrder === 'big' ? wordOf(element, level) : 1;
    for (let left = length; left > 0;) {
      const ready = Math.min(left, cursor.available);
      const count = ready < left ? ready - (ready % word) : ready;
      if (count === 0) {
        awaitBytes(cursor, 'a value', left);
        yield;
        continue;
      }
      this.#sink.value(cursor.take(count), word);
      left -= count;
    }
  }

  /** Notes a number ahead that says how later values are to be taken. */
  #remember(tag: Tag, level: Level, { byteOrder }: Coding): void {
    const { bytes, at } = this.#cursor;
    const number = byteOrder === 'little' ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
    if (tag === bitsAllocatedTag) level.bitsAllocated = number;
    else level.isSigned = number === 1;
  }

  *#passSequence({ tag, vr, length }: Element, level: Level, outer: Coding): Parsing {
    const cursor = this.#cursor;
    const isUn = vr === 'UN' && outer.explicitVr;
    const coding = isUn ? codingInUn : outer;
    const explicitVr = level.explicitVr && !isUn;
    const delimited = length === undefinedLength;
    const limit = delimited ? level.limit : cursor.position + length;
    const written = length === 0 ? 0 : undefinedLength;
    this.#sink.header(tag, written, level.explicitVr ? (isUn ? 'UN' : 'SQ') : undefined);
    while (cursor.position < limit) {
      while (!this.#header.read(cursor, coding)) {
        awaitBytes(cursor, 'the header of an item', 8);
        yield;
      }
      const { tag: at, length: itemLength } = this.#header;
      if (at < itemTag)
        throw new BuckyError('corrupt', `Cannot read an item at byte ${cursor.position}: ${tagInText(at)} is none`);
      cursor.skip(8);
      if (at === sequenceDelimiterTag && delimited) break;
      if (at !== itemTag) continue;
      const item = { coding, explicitVr, limit, inUn: coding === codingInUn, parent: level };
      yield* this.#passItem(itemLength, item);
    }
    if (written !== 0) this.#sink.header(sequenceDelimiterTag, 0, undefined);
  }

  *#passItem(length: number, around: Omit<Level, 'delimited'>): Parsing {
    const delimited = length === undefinedLength;
    const limit = delimited ? around.limit : this.#cursor.position + length;
    this.#sink.header(itemTag, length === 0 ? 0 : undefinedLength, undefined);
    yield* this.#passLevel({ ...around, limit, delimited });
    if (length !== 0) this.#sink.header(itemDelimiterTag, 0, undefined);
  }

  /** Passes fragments as they are: what is in them is bytes. At the root their delimiter may be missing. @see PS3.5 A.4 */
  *#passFragments({ tag, vr, implied }: Element, level: Level, { byteOrder }: Coding): Parsing {
    const cursor = this.#cursor;
    this.#sink.header(tag, undefinedLength, level.explicitVr ? (implied ? 'OB' : vr) : undefined);
    for (;;) {
      while (!this.#header.read(cursor, { byteOrder, explicitVr: false })) {
        if (cursor.ended && cursor.available === 0) break;
        awaitBytes(cursor, 'an item of encapsulated data', 8);
        yield;
      }
      const { tag: at, length } = this.#header;
      const isItem = at === itemTag && cursor.available > 0;
      if (!isItem) {
        if (at === sequenceDelimiterTag && cursor.available > 0) cursor.skip(8);
        break;
      }
      cursor.skip(8);
      this.#sink.header(itemTag, length, undefined);
      yield* passValue(cursor, length, (part) => {
        this.#sink.value(part);
      });
    }
    this.#sink.header(sequenceDelimiterTag, 0, undefined);
  }
}

/**
 * Tells the VR to write: the one that was written; where none was, the dictionary's, `US or SS` by the Pixel Representation
 * that came before. A value too long for a 16-bit length becomes UN. @see PS3.5 6.2.2, PS3.5 A.1
 */
function writtenVr({ tag, vr, implied, length }: Element, level: Level): Vr {
  if (length > longestShortValue && !longLength.has(vr)) return 'UN';
  if (implied && vr === 'US' && dictionaryEntry(tag)?.vr === 'US or SS' && isSigned(level)) return 'SS';
  return vr;
}

/** Tells how many bytes of a big endian value are one number. UN is little endian whatever is around it. @see PS3.5 6.2.2 */
function wordOf({ tag, vr }: Element, { bitsAllocated = 0 }: Level): number {
  return tag === pixelDataTag ? pixelWordLength(vr, bitsAllocated) : (wordLength[vr] ?? 1);
}
