import type { BulkValue, DataSet } from './data-set.js';
import type { FrameTable } from './frame-table.js';
import type { Tag } from './tag.js';
import type { Uid } from './uid.js';

/** Who an Instance is: known as soon as its header has passed these Attributes. */
export interface InstanceIdentity {
  readonly studyUid: Uid;
  readonly seriesUid: Uid;
  readonly instanceUid: Uid;
  readonly sopClassUid: Uid;
  readonly transferSyntaxUid: Uid;
}

/** What was odd about a file that was taken all the same. */
export type Oddity =
  | 'missing-preamble'
  | 'missing-meta'
  | 'missing-meta-group-length'
  | 'missing-transfer-syntax'
  | 'wrong-transfer-syntax'
  | 'missing-sequence-delimiter'
  | 'stray-delimiter'
  | 'trailing-zeros'
  | 'frames-not-told-apart'
  | 'short-pixel-data'
  | 'meta-differs-from-data-set'
  /** Not found by the reader: whoever receives a file tells what an operating system would run. */
  | 'executable-preamble';

/** A value that metadata leaves out: where it stands in the Data Set, and where its bytes lie. */
export interface BulkEntry extends BulkValue {
  /** Tags and item indices from the root: `42000011`, or `54000100/0/54001010` as in a BulkDataURI. */
  readonly path: string;
  readonly tag: Tag;
}

/** A Part 10 file as one pass over its bytes found it. */
export interface Part10 {
  readonly identity: InstanceIdentity;
  /** Bytes of the whole file. */
  readonly size: number;
  /** All Attributes but those of group 0002. */
  readonly dataSet: DataSet;
  readonly meta: DataSet | undefined;
  /** Where the Data Set begins in the file: 0 when there is no preamble and no meta. */
  readonly dataSetOffset: number;
  /** True when offsets beyond `dataSetOffset` count inflated bytes (Deflated Explicit VR Little Endian). */
  readonly deflated: boolean;
  /** Where each Frame of the Pixel Data lies; absent without Pixel Data. */
  readonly frameTable: FrameTable | undefined;
  /** Every value left out of metadata, Pixel Data included (path `7FE00010`, `7FE00008` or `7FE00009`). */
  readonly bulkEntries: readonly BulkEntry[];
  readonly oddities: readonly Oddity[];
}
