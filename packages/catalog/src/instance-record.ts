import type { InstanceIdentity, Oddity, Uid } from '@bucky/dicom';
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
  /** When it was received, ISO 8601 UTC; the receipt says the same. */
  readonly receivedAt: string;
}

/** A record without what is read from its metadata. */
export type KeptRecord = Omit<InstanceRecord, 'searchable'>;

/** What became of a record offered to {@link Catalog.commit}. */
export type CommitOutcome =
  | {
      readonly kind: 'stored';
      /** Keywords by which the Instance does not agree with its Study on whose it is. */
      readonly differs: readonly string[];
    }
  /** These very bytes are already kept under this UID, in this study and series. */
  | { readonly kind: 'duplicate'; readonly receipt: string }
  /** Other bytes, or another study or series, are already kept under this UID. */
  | { readonly kind: 'conflict'; readonly receipt: string; readonly reason: ConflictRecord['reason'] };

/**
 * What a file that is kept aside is: waiting for a person, refused by one, the one whose place another took, or one of
 * the same bytes as what came in its place while it was deleted.
 */
export type AsideState = 'conflict' | 'discarded' | 'replaced' | 'twin';

/** A file under a SOP Instance UID that another holds. */
export interface ConflictRecord {
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly location: Location;
  readonly sha256: string;
  readonly state: AsideState;
  /** Receipt of the Instance that held the UID when this was put aside. */
  readonly againstReceipt: string;
  readonly reason: 'other-bytes' | 'other-study-or-series';
  readonly receivedAt: string;
}

/** What is known of the live Instance of a UID. */
export interface KnownInstance {
  readonly receipt: string;
  readonly sha256: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly location: Location;
}

/** A file to be entered in place of one of the same bytes that are lost. */
export interface Repair {
  /** Receipt of the lost one, be it live or aside. */
  readonly lost: string;
  readonly record: InstanceRecord;
}

/** Why Instances are hidden, and which: exactly those named, so that what arrives meanwhile stays. */
export interface Deletion {
  readonly receipt: string;
  readonly studyUid: Uid;
  readonly seriesUid?: Uid;
  readonly instanceUid?: Uid;
  /** Live Instances that it hides, and their bytes. */
  readonly instances: number;
  readonly bytes: number;
  /** Receipts of the files it hides, those that were aside included. */
  readonly hides: readonly string[];
  /** Who asked: free of patient data. */
  readonly deletedBy: string;
  readonly deletedAt: string;
}

/** A deletion as it is listed. */
export interface DeletionRecord extends Omit<Deletion, 'hides' | 'studyUid' | 'seriesUid' | 'instanceUid'> {
  readonly studyUid: string;
  readonly seriesUid?: string;
  readonly instanceUid?: string;
  /** Receipt of the decision that undid it. */
  readonly undoneBy?: string;
  /** When the removal of its files for good began: it cannot be undone any more. */
  readonly purgeBegan?: string;
  readonly purgedAt?: string;
}

/** A file that a deletion hid. */
export interface HiddenFile {
  readonly receipt: string;
  readonly key: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly sha256: string;
}

/** How a person decided about a file that is aside. `accept` has it count instead of the one that holds its UID. */
export interface Decision {
  readonly receipt: string;
  readonly conflict: string;
  readonly verdict: 'accept' | 'discard' | 'reopen';
}

/** One line of the feed of changes. */
export interface Change {
  readonly number: number;
  readonly kind: ChangeKind;
  readonly studyUid: string;
  readonly seriesUid?: string;
  readonly instanceUid?: string;
  /** Receipt of the fact: of the Instance, or of what was decided. */
  readonly receipt: string;
  readonly changedAt: string;
}

/** `stored`, `conflict` and `repaired` name an Instance, `sealed` a Series, `deleted` and `undeleted` what was asked to be. */
export type ChangeKind =
  'stored' | 'conflict' | 'repaired' | 'attention' | 'sealed' | 'deleted' | 'undeleted' | 'decided' | 'purged';

/** A Study whose Instances do not agree on whose they are. */
export interface AttentionRecord {
  readonly studyUid: string;
  readonly keyword: string;
  readonly receipt: string;
  readonly againstReceipt: string;
}
