import type { Tag } from './tag.js';
import type { Vr } from './vr.js';

/** A value left in the file: too large to keep, or Pixel Data. Offsets count in the data that {@link Part10} tells of. */
export interface BulkValue {
  /** First byte of the value, counted from the first byte of the Part 10 file (deflated: of meta + inflated data). */
  readonly offset: number;
  /** Length in bytes, without item headers or delimiters; for encapsulated Pixel Data: with them. */
  readonly length: number;
  /** CRC-32 of these bytes. */
  readonly crc32: number;
}

/** One Attribute of a Data Set as it was read: exactly one of `bytes`, `items`, `bulk` is there. */
export interface Attribute {
  readonly tag: Tag;
  /** As written, or from the dictionary where the Transfer Syntax does not write it (`UN` when unknown). */
  readonly vr: Vr;
  /** True when the VR is the dictionary's: `US` may then mean SS, which Pixel Representation tells. @see PS3.5 A.1 */
  readonly implied?: boolean;
  /** The value as it lies in the file, its own byte order and character set, padding included. */
  readonly bytes?: Uint8Array;
  readonly items?: readonly DataSet[];
  readonly bulk?: BulkValue;
}

/** Attributes by Tag, read only, in the order of the file. */
export class DataSet {
  readonly #attributes: ReadonlyMap<Tag, Attribute>;
  /** Byte order of binary values below. */
  readonly byteOrder: 'little' | 'big';
  /** The Data Set whose item this one is: Specific Character Set and private creators' context are inherited from it. */
  readonly parent: DataSet | undefined;

  constructor(attributes: ReadonlyMap<Tag, Attribute>, byteOrder: 'little' | 'big', parent?: DataSet) {
    this.#attributes = attributes;
    this.byteOrder = byteOrder;
    this.parent = parent;
  }

  get(tag: Tag): Attribute | undefined {
    return this.#attributes.get(tag);
  }

  has(tag: Tag): boolean {
    return this.#attributes.has(tag);
  }

  get size(): number {
    return this.#attributes.size;
  }

  [Symbol.iterator](): IterableIterator<Attribute> {
    return this.#attributes.values();
  }
}
