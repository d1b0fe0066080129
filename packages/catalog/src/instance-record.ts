import type { InstanceIdentity, Oddity } from '@bucky/dicom';
import type { SearchableValues } from './searchable.js';

/** Where an Instance's bytes are in the vault: an object, or a part of one. */
export interface Location {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

/** An Instance's DICOM JSON object, as raw deflate that ends on a byte (sync flush), to be joined under one gzip header. */
export interface DeflatedMetadata {
  readonly deflated: Uint8Array;
  /** Bytes of the JSON text, and their CRC-32. */
  readonly length: number;
  readonly crc32: number;
}

/** All that the catalog keeps of an Instance; plain data, so that it crosses to the writer thread. */
export interface InstanceRecord extends InstanceIdentity {
  /** Sortable unique id made when the Instance was received. */
  readonly receipt: string;
  readonly location: Location;
  /** Hexadecimal, and CRC-32, of the bytes as received. */
  readonly sha256: string;
  readonly crc32: number;
  /** Where the Data Set begins when the file came without preamble or File Meta Information, which answers must synthesise. */
  readonly bareDataSetOffset?: number;
  /** True when frame table and bulk values count inflated bytes. */
  readonly deflated: boolean;
  readonly frameTable?: Uint8Array;
  readonly bulkEntries: readonly {
    readonly path: string;
    readonly vr: string;
    readonly offset: number;
    readonly length: number;
    readonly crc32: number;
  }[];
  readonly metadata: DeflatedMetadata;
  readonly searchable: SearchableValues;
  readonly oddities: readonly Oddity[];
  /** Who or what sent it: free of patient data (`stow`, `import`). */
  readonly source: string;
}

/** What became of a record offered to {@link Catalog.commit}. */
export type CommitOutcome =
  | { readonly kind: 'stored' }
  /** These very bytes are already kept under this UID, in this study and series. */
  | { readonly kind: 'duplicate'; readonly receipt: string }
  /** Other bytes, or another study or series, are already kept under this UID. */
  | { readonly kind: 'conflict'; readonly receipt: string };

export interface ConflictRecord {
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly location: Location;
  readonly sha256: string;
  /** Receipt of the Instance that stays. */
  readonly againstReceipt: string;
  readonly reason: 'other-bytes' | 'other-study-or-series';
  readonly receivedAt: string;
}
