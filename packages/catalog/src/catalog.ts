import type { Scope, Uid } from '@bucky/dicom';
import type {
  AttentionRecord,
  Change,
  CommitOutcome,
  ConflictRecord,
  Decision,
  DeflatedMetadata,
  Deletion,
  DeletionRecord,
  HiddenFile,
  InstanceRecord,
  KeptRecord,
  KnownInstance,
  Location,
  Repair,
} from './instance-record.js';
import type { Found, Query, ResultPage } from './query.js';
import type { TargetContents } from './target-contents.js';
import type { CatalogUpkeep } from './upkeep.js';

/** A part of the archive named by UIDs: one without series is a whole study, without instance a whole series. */
export interface Target {
  readonly studyUid: Uid;
  readonly seriesUid?: Uid;
  readonly instanceUid?: Uid;
}

/** What a retrieve needs to know of one Instance. */
export interface LocatedInstance {
  readonly studyUid: Uid;
  readonly seriesUid: Uid;
  readonly instanceUid: Uid;
  readonly sopClassUid: Uid;
  readonly transferSyntaxUid: Uid;
  readonly receipt: string;
  readonly location: Location;
  readonly sha256: string;
  readonly crc32: number;
  readonly bareDataSetOffset?: number;
  readonly deflated: boolean;
  /** True when the original's preamble begins as a program. */
  readonly executable: boolean;
  /** File Meta Information names another Transfer Syntax than `transferSyntaxUid`, or none. */
  readonly misdeclared: boolean;
  readonly numberOfFrames?: number;
}

/** Where the sealed metadata of a Series lie: the first `length` bytes of an object are one gzip member of all. */
export interface Seal {
  readonly key: string;
  readonly length: number;
  /** Of those bytes. */
  readonly crc32: number;
}

/** What a validator of metadata is made of, and where they lie sealed when they do. */
export interface MetadataVersion {
  readonly version: string;
  readonly seal?: Seal;
}

/** A Series that is to be sealed, as it is at a revision. */
export interface UnsealedSeries {
  readonly studyUid: Uid;
  readonly seriesUid: Uid;
  readonly revision: number;
}

/** A seal that lies in the vault, and how many Instances it holds. */
export interface AdoptedSeal extends Seal {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instances: number;
}

/** Which files that are aside are listed. */
export interface ConflictsAsked {
  readonly limit: number;
  /** Receipt after which the list begins. */
  readonly after?: string;
  readonly studyUid?: string;
  /** With those that have been decided. */
  readonly all?: boolean;
}

export interface Catalog extends CatalogUpkeep {
  /**
   * Commits records in one transaction, synced to disk when this resolves; outcomes in the order of `records`.
   * The same UID twice within one call is judged in order. A conflict is entered in the list of conflicts.
   */
  commit(records: readonly InstanceRecord[]): Promise<readonly CommitOutcome[]>;
  /** The live Instance of that UID, whatever its study: what the receiver compares with before it writes. */
  known(instanceUid: Uid): Promise<KnownInstance | undefined>;
  /** The file already aside with these very bytes in this place, so that a sender's retry keeps nothing twice. */
  keptAside(file: {
    readonly studyUid: Uid;
    readonly seriesUid: Uid;
    readonly instanceUid: Uid;
    readonly sha256: string;
  }): Promise<ConflictRecord | undefined>;
  /**
   * Enters a file in place of one of the same bytes that the vault has lost, be it live or aside; a commit like any other
   * when that one is no longer there.
   */
  repair(repair: Repair): Promise<CommitOutcome>;
  /** Greatest receipt of all there is: new ones must come after it, whatever the clock says. */
  newestReceipt(): Promise<string | undefined>;
  conflicts(asked: ConflictsAsked): Promise<readonly ConflictRecord[]>;
  /** Whether there is a file of that receipt, be it live or aside. */
  has(receipt: string): Promise<boolean>;
  /** The record of a file by its receipt, be it live or aside. */
  record(receipt: string): Promise<KeptRecord | undefined>;
  /** Enters a file that is known to be in conflict, whatever holds its UID now. */
  enterConflict(
    record: InstanceRecord,
    why: { readonly against: string; readonly reason: ConflictRecord['reason'] },
  ): Promise<void>;
  /** Carries out a decision about a file that is aside. Throws `not-found`, `conflict`. */
  decide(decision: Decision): Promise<void>;
  /** Hides the files that a deletion names, in one transaction; what is not there any more is passed by. */
  hide(deletion: Deletion): Promise<void>;
  /** Undoes a deletion. A hidden Instance whose UID was taken meanwhile becomes a conflict. Throws `not-found`, `conflict`. */
  unhide(undo: {
    readonly receipt: string;
    readonly deletion: string;
  }): Promise<{ readonly restored: number; readonly conflicts: number }>;
  /** Forgets what a deletion hid, whose bytes are gone. */
  purged(purge: { readonly deletion: string; readonly at: string }): Promise<void>;
  /** Receipts of what is aside in a target and not hidden yet. */
  asideReceipts(target: Target): Promise<readonly string[]>;
  /** Deletions, newest first. */
  deletions(options: { readonly limit: number; readonly before?: string }): Promise<readonly DeletionRecord[]>;
  deletion(receipt: string): Promise<DeletionRecord | undefined>;
  /** Where the files that a deletion hid lie. */
  hiddenLocations(options: {
    readonly deletion: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly HiddenFile[]>;
  /** The feed of changes after a number. */
  changes(options: { readonly after: number; readonly limit: number }): Promise<readonly Change[]>;
  /** Studies whose Instances do not agree on whose they are. */
  attention(options: {
    readonly limit: number;
    readonly after?: { readonly studyUid: string; readonly keyword: string };
  }): Promise<readonly AttentionRecord[]>;
  /** Answers a query; what matches is settled when this resolves, the results come when they are read. @see PS3.4 C.2.2.2, PS3.18 10.6 */
  search(query: Query, scope: Scope): Promise<Found>;
  /** Answers a query whose results fit in memory. */
  find(query: Query, scope: Scope): Promise<ResultPage>;
  /** Live Instances of a target in the order of the search (SeriesNumber, InstanceNumber, then UIDs), in batches. */
  locate(target: Target, scope: Scope): AsyncIterable<readonly LocatedInstance[]>;
  /** What a study or series is made of, without where it lies; undefined when the target holds nothing. */
  contents(target: Target, scope: Scope): Promise<TargetContents | undefined>;
  /** One Instance with its frame table and bulk entries. */
  frameTable(
    target: Required<Target>,
    scope: Scope,
  ): Promise<{ readonly instance: LocatedInstance; readonly frameTable: Uint8Array | undefined } | undefined>;
  bulkEntry(
    target: Required<Target>,
    path: string,
    scope: Scope,
  ): Promise<
    | {
        readonly instance: LocatedInstance;
        readonly vr: string;
        readonly offset: number;
        readonly length: number;
        readonly crc32: number;
      }
    | undefined
  >;
  /** Metadata of a target's live Instances, in the order of {@link locate}, in batches of bounded size. */
  metadata(target: Target, scope: Scope): AsyncIterable<readonly DeflatedMetadata[]>;
  /** What a validator of {@link metadata} is made of without reading it; undefined when the target holds nothing. */
  metadataVersion(target: Target, scope: Scope): Promise<MetadataVersion | undefined>;
  /** Records of a target's live Instances, whole, in the order of {@link locate}, in batches of bounded size. */
  records(target: Target, scope: Scope): AsyncIterable<readonly KeptRecord[]>;
  /** Series that have changed since they were sealed, and not since the receipt `before`; the longest quiet first. */
  unsealed(options: { readonly before: string; readonly limit: number }): Promise<readonly UnsealedSeries[]>;
  /** Enters the seal of a Series; false when the Series has changed since `revision`. */
  sealed(seal: UnsealedSeries & Seal & { readonly receipt: string }): Promise<boolean>;
  /** Has a Series count as sealed by a seal that was there before, if it holds as many Instances as that. */
  adoptSeal(seal: AdoptedSeal): Promise<void>;
  /** Tells one feed of changes from the next. */
  feedId(): Promise<string>;
  counts(scope: Scope): Promise<{
    readonly studies: number;
    readonly series: number;
    readonly instances: number;
    readonly bytes: number;
    readonly conflicts: number;
  }>;
  /** Runs SQLite's own check; false when the file is damaged. May take minutes; runs beside reads. */
  isSound(): Promise<boolean>;
  /** Resolves when nothing can be written any more: with why, where it was not closed. Only opening it anew helps then. */
  readonly ended: Promise<Error | undefined>;
  close(): Promise<void>;
}
