import { BuckyError } from '../bucky-error.js';
import { crc32 } from '../crc32.js';
import { DataSet, type Attribute } from '../data-set.js';
import type { FrameTable } from '../frame-table.js';
import type { BulkEntry, Oddity } from '../part10.js';
import { tag as asTag, tagText, type Tag } from '../tag.js';
import type { TransferSyntax } from '../transfer-syntax.js';
import type { Vr } from '../vr.js';
import type { ByteCursor } from './byte-cursor.js';
import { ElementHeader, tagInText, undefinedLength, vrOfBytes, type Coding } from './element-header.js';
import { itemDelimiterTag, itemTag, passFragments, sequenceDelimiterTag } from './encapsulated-parser.js';
import { awaitBytes, passValue, whenThere, type Parsing } from './pass-value.js';
import { extendedOffsetTableTag, isPixelTag } from './pixel-attributes.js';
import { PixelWatch } from './pixel-watch.js';
import { overLimit, type ReaderBudget } from './reader-limits.js';

/** VRs whose values are left in the file when they are long; others are text or items. @see PS3.5 6.2 */
const binary: ReadonlySet<Vr> = new Set<Vr>([
  'AT', 'FD', 'FL', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SL', 'SS', 'SV', 'UL', 'UN', 'US', 'UV',
]); // prettier-ignore

/** VRs that a value in fragments may have. @see PS3.5 A.4 */
export const inFragments: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OW', 'OF', 'OD', 'OL', 'OV']);

/** Elements that a bulk entry counts for beside its own: it is a row of its own wherever it is kept. */
const bulkCost = 8;

/** Padding at the end of a Data Set, without meaning. @see PS3.10 7.2 */
const trailingPaddingTag = asTag(0xfffcfffc);

/** CP-246: the items of a UN of undefined length are in Implicit VR Little Endian. @see PS3.5 6.2.2 note 2 */
export const codingInUn: Coding = { byteOrder: 'little', explicitVr: false };

const noAttributes: ReadonlyMap<Tag, Attribute> = new Map();

/** A Data Set under way: the root, or an item. */
interface Level {
  readonly dataSet: DataSet;
  readonly attributes: Map<Tag, Attribute>;
  readonly coding: Coding;
  /** Position that nothing of it may pass; unlimited at the root. */
  readonly limit: number;
  readonly delimited: boolean;
  /** Tags and item numbers from the root, each with a slash behind it. */
  readonly path: string;
  readonly depth: number;
  /** False within what stands twice: the first counts. */
  readonly kept: boolean;
  /** Within a UN of undefined length, where some write explicit VRs all the same. */
  readonly inUn: boolean;
}

function keptAttribute({ tag, vr, implied }: ElementHeader, bytes: Uint8Array): Attribute {
  return implied ? { tag, vr, implied, bytes } : { tag, vr, bytes };
}

/** Reads a Data Set in one pass, whatever its size: small values are kept, large ones noted. @see PS3.5 7 */
export class DataSetParser {
  readonly bulkEntries: BulkEntry[] = [];
  readonly #cursor: ByteCursor;
  readonly #budget: ReaderBudget;
  readonly #oddities: Set<Oddity>;
  readonly #header = new ElementHeader();
  readonly #root: Level;
  readonly #pixels: PixelWatch;

  constructor(
    cursor: ByteCursor,
    coding: Coding,
    about: { readonly budget: ReaderBudget; readonly oddities: Set<Oddity>; readonly syntax: TransferSyntax },
  ) {
    this.#cursor = cursor;
    this.#budget = about.budget;
    this.#oddities = about.oddities;
    const attributes = new Map<Tag, Attribute>();
    const dataSet = new DataSet(attributes, coding.byteOrder);
    this.#pixels = new PixelWatch(dataSet, about);
    const rest = { path: '', depth: 0, limit: Infinity, delimited: false, kept: true, inUn: false };
    this.#root = { dataSet, attributes, coding, ...rest };
  }

  /** The root, growing while bytes come. */
  get dataSet(): DataSet {
    return this.#root.dataSet;
  }

  /** True once Pixel Data at the root has begun: what comes before it is known. */
  get isPastHeader(): boolean {
    return this.#pixels.hasBegun;
  }

  get frameTable(): FrameTable | undefined {
    return this.#pixels.frameTable;
  }

  /** Reads to the end of the bytes. Throws `corrupt` and `limit`. */
  run(): Parsing {
    return this.#readLevel(this.#root);
  }

  *#readLevel(level: Level): Parsing {
    const cursor = this.#cursor;
    const header = this.#header;
    const { attributes } = level;
    let { coding } = level;
    let unsure = level.inUn;
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
      if (unsure && vrOfBytes(cursor.bytes[cursor.at + 4]!, cursor.bytes[cursor.at + 5]!) !== undefined) {
        coding = { byteOrder: 'little', explicitVr: true };
      }
      if (unsure) {
        unsure = false;
        continue;
      }
      const { tag, vr, length } = header;
      if (tag === 0) {
        yield* this.#passZeros(level);
        return;
      }
      cursor.skip(header.size);
      this.#checkFits(level.limit, header);
      if (length === undefinedLength || vr === 'SQ' || this.#isBulk(level, header)) {
        this.#budget.spend(1, header.size);
        yield* this.#readLarge(level, coding);
        continue;
      }
      if (length > this.#budget.limits.valueBytes) throw overLimit('valueBytes', this.#budget.limits.valueBytes);
      this.#budget.spend(1, header.size + length);
      while (!cursor.has(length)) {
        awaitBytes(cursor, 'a value', length);
        yield;
      }
      if (attributes.has(tag) || tag === trailingPaddingTag) cursor.skip(length);
      else attributes.set(tag, keptAttribute(header, cursor.copy(length)));
    }
    this.#checkEnd(level.limit);
  }

  /** Some files are filled up with zeros to a whole block, which read as (0000,0000): nothing else may follow. */
  *#passZeros(level: Level): Parsing {
    const cursor = this.#cursor;
    const { position } = cursor;
    for (;;) {
      if (level !== this.#root || cursor.take(cursor.available).some((byte) => byte !== 0)) {
        throw new BuckyError('corrupt', `Cannot read an element at byte ${position}: (0000,0000) is none`);
      }
      if (cursor.ended) break;
      yield;
    }
    this.#oddities.add('trailing-zeros');
  }

  #isBulk(level: Level, { tag, vr, length }: ElementHeader): boolean {
    if (level === this.#root && isPixelTag(tag)) return true;
    return length > this.#budget.limits.inlineBytes && binary.has(vr);
  }

  /** Refuses an element that goes past the item that holds it. The cursor is past the header. */
  #checkFits(limit: number, { tag, length }: ElementHeader): void {
    const { position } = this.#cursor;
    if (position + (length === undefinedLength ? 0 : length) <= limit) return;
    throw new BuckyError(
      'corrupt',
      `Cannot read ${tagInText(tag)} before byte ${position}: its length ${length} goes past the end of its item`,
    );
  }

  #checkEnd(limit: number): void {
    const { position } = this.#cursor;
    if (position <= limit) return;
    throw new BuckyError(
      'corrupt',
      `Cannot read on at byte ${position}: a delimiter goes past byte ${limit}, where its item ends`,
    );
  }

  /** Looks at an item's header or a delimiter ahead; true when the level ends with it. */
  #endsLevel(level: Level): boolean {
    const { tag } = this.#header;
    if (tag === itemDelimiterTag && level.delimited) {
      this.#cursor.skip(8);
      return true;
    }
    if (level.delimited && (tag === itemTag || tag === sequenceDelimiterTag)) {
      this.#oddities.add('missing-sequence-delimiter');
      return true; // the item's own delimiter is missing: the sequence sees what is ahead
    }
    return false;
  }

  /** Skips a delimiter, or a whole item, that stands where no sequence is: nobody can say of what. */
  *#skipStray(): Parsing {
    const cursor = this.#cursor;
    const { tag, length } = this.#header;
    if (tag !== itemTag && tag !== itemDelimiterTag && tag !== sequenceDelimiterTag) {
      throw new BuckyError('corrupt', `Cannot read an element at byte ${cursor.position}: ${tagInText(tag)} is none`);
    }
    this.#budget.spend(1, 8);
    this.#oddities.add('stray-delimiter');
    cursor.skip(8);
    if (tag === itemTag && length !== undefinedLength) yield* passValue(cursor, length, () => undefined);
  }

  /** Reads what is not just kept: items, fragments, bulk data and Pixel Data. */
  *#readLarge(level: Level, coding: Coding): Parsing {
    const { tag, vr, length } = this.#header;
    if (length === undefinedLength && (isPixelTag(tag) || inFragments.has(vr))) {
      yield* this.#readFragments(level, coding, { tag, vr });
    } else if (vr === 'SQ' || (length === undefinedLength && (vr === 'UN' || !coding.explicitVr))) {
      yield* this.#readSequence(level, coding);
    } else if (length === undefinedLength) {
      throw new BuckyError('corrupt', `Cannot read ${tagInText(tag)}: VR ${vr} with an undefined length`);
    } else {
      yield* this.#readBulk(level, { tag, vr, length });
    }
  }

  *#readBulk(level: Level, { tag, vr, length }: { tag: Tag; vr: Vr; length: number }): Parsing {
    const cursor = this.#cursor;
    const offset = cursor.position;
    const frames = level === this.#root ? this.#pixels.beginNative(tag, offset, length) : undefined;
    const isTable = level === this.#root && tag === extendedOffsetTableTag;
    if (isTable) {
      this.#budget.spend(length / 8, length);
      yield* whenThere(cursor, length, 'an Extended Offset Table');
      this.#pixels.takeExtendedOffsets(cursor.bytes.subarray(cursor.at, cursor.at + length));
    }
    let sum = 0;
    yield* passValue(cursor, length, (part) => {
      if (frames === undefined) sum = crc32(part, sum);
      else frames.push(part);
    });
    this.#keepBulk(level, { tag, vr }, { offset, length, crc32: frames?.crc32 ?? sum });
    if (frames !== undefined) this.#pixels.endNative(frames);
  }

  *#readFragments(level: Level, coding: Coding, { tag, vr }: { tag: Tag; vr: Vr }): Parsing {
    const cursor = this.#cursor;
    const offset = cursor.position;
    const collector = level === this.#root ? this.#pixels.beginFragments(tag) : undefined;
    const source = { cursor, budget: this.#budget, byteOrder: coding.byteOrder, collector };
    const passed = yield* passFragments(source);
    if (!passed.delimited) this.#oddities.add('missing-sequence-delimiter');
    this.#keepBulk(level, { tag, vr }, { offset, length: cursor.position - offset, crc32: passed.crc32 });
    if (collector !== undefined) this.#pixels.endFragments(collector, passed.basicOffsets);
  }

  #keepBulk(
    level: Level,
    { tag, vr }: { tag: Tag; vr: Vr },
    bulk: { offset: number; length: number; crc32: number },
  ): void {
    if (tag === trailingPaddingTag || level.attributes.has(tag)) return;
    if (bulk.length === 0) {
      level.attributes.set(tag, { tag, vr, bytes: new Uint8Array(0) });
      return;
    }
    this.#budget.spend(bulkCost, 0);
    level.attributes.set(tag, { tag, vr, bulk });
    if (level.kept) this.bulkEntries.push({ path: level.path + tagText(tag), tag, ...bulk });
  }

  *#readSequence(level: Level, outerCoding: Coding): Parsing {
    const cursor = this.#cursor;
    const header = this.#header;
    const { tag, vr, length } = header;
    const limits = this.#budget.limits;
    if (level.depth >= limits.depth) throw overLimit('depth', limits.depth);
    const delimited = length === undefinedLength;
    const limit = delimited ? level.limit : cursor.position + length;
    const coding = vr === 'UN' && outerCoding.explicitVr ? codingInUn : outerCoding;
    const kept = level.kept && !level.attributes.has(tag);
    const items: DataSet[] = [];
    const path = `${level.path}${tagText(tag)}/`;
    const empty = new DataSet(noAttributes, coding.byteOrder, level.dataSet); // one for all: a file may have a million
    while (cursor.position < limit) {
      while (!header.read(cursor, coding)) {
        awaitBytes(cursor, 'the header of an item', 8);
        yield;
      }
      const { tag: at, length: itemLength } = header;
      this.#budget.spend(1, 8);
      if (at === itemTag) {
        cursor.skip(8);
        this.#checkFits(limit, header);
        if (itemLength === 0) {
          items.push(empty);
          continue;
        }
        const item = this.#beginItem(level, { coding, limit, itemLength, kept, path: `${path}${items.length}/` });
        yield* this.#readLevel(item);
        items.push(item.attributes.size === 0 ? empty : item.dataSet);
      } else if (at === sequenceDelimiterTag && delimited) {
        cursor.skip(8);
        break;
      } else if (at === sequenceDelimiterTag || at === itemDelimiterTag) {
        cursor.skip(8);
        this.#oddities.add('stray-delimiter');
      } else {
        throw new BuckyError('corrupt', `Cannot read an item at byte ${cursor.position}: ${tagInText(at)} is none`);
      }
    }
    this.#checkEnd(limit);
    if (kept) level.attributes.set(tag, { tag, vr: 'SQ', items });
  }

  #beginItem(
    level: Level,
    about: { coding: Coding; limit: number; itemLength: number; kept: boolean; path: string },
  ): Level {
    const attributes = new Map<Tag, Attribute>();
    const delimited = about.itemLength === undefinedLength;
    return {
      dataSet: new DataSet(attributes, about.coding.byteOrder, level.dataSet),
      attributes,
      coding: about.coding,
      limit: delimited ? about.limit : this.#cursor.position + about.itemLength,
      delimited,
      path: about.path,
      depth: level.depth + 1,
      kept: about.kept,
      inUn: about.coding === codingInUn,
    };
  }
}
