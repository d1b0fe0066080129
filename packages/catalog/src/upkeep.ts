/** What the jobs that look after an archive ask of the catalog. */
import { BuckyError } from '@bucky/dicom';
import type { Database, Row } from '@bucky/sqlite';
import type { DeletionRecord, Location } from './instance-record.js';

/** A file that the catalog knows, live or aside, with what proves its bytes. */
export interface StoredFile {
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly location: Location;
  readonly sha256: string;
}

/** Functions of the catalog for upkeep. */
export interface CatalogUpkeep {
  /** Files live and aside in the order of their receipts, which never changes; without those whose purge has begun. */
  files(options: { readonly after: string; readonly limit: number }): Promise<readonly StoredFile[]>;
  /** The file of a receipt; undefined when there is none, or its purge has begun. */
  file(receipt: string): Promise<StoredFile | undefined>;
  /** Those of these receipts that belong to a file, whatever its state. */
  knownReceipts(receipts: readonly string[]): Promise<readonly string[]>;
  /**
   * Claims the receipts of originals that no file has, so that their objects can be removed: none of them can be committed
   * any more. Gives those that were claimed.
   */
  claimOrphans(receipts: readonly string[]): Promise<readonly string[]>;
  /** Tells whether something of a study was purged, or is being purged. */
  hasPurge(studyUid: string): Promise<boolean>;
  /** True for a receipt that was claimed by {@link claimOrphans}. */
  isSwept(receipt: string): Promise<boolean>;
  /** Deletions by receipt that were not undone, and of which a purge has begun or that are older than `before`. */
  duePurges(options: {
    readonly before: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly DeletionRecord[]>;
  /**
   * Begins to purge what a deletion hid: from now on it cannot be undone. Gives when the purge began, which may have been
   * before. Throws `not-found`, and `conflict` when the deletion was undone.
   */
  beginPurge(purge: { readonly deletion: string; readonly at: string }): Promise<string>;
  /** Removes all that there is of some files, live or aside; `fact` is the receipt of the reason. */
  forget(files: { readonly receipts: readonly string[]; readonly fact: string }): Promise<void>;
  /** How far a walk had come, by its name; '' before its beginning. */
  position(name: string): Promise<string>;
  setPosition(walk: { readonly name: string; readonly position: string }): Promise<void>;
}

const columns = 'receipt, study_uid, series_uid, instance_uid, location_key, location_offset, location_length, sha256';

const filesSql = (condition: string): string => `
  SELECT ${columns} FROM (
    SELECT * FROM (
      SELECT i.receipt, s.study_instance_uid AS study_uid, e.series_instance_uid AS series_uid,
        i.sop_instance_uid AS instance_uid, i.location_key, i.location_offset, i.location_length, i.sha256
      FROM instances i CROSS JOIN series e ON e.id = i.series CROSS JOIN studies s ON s.id = e.study
      WHERE i.receipt ${condition} ORDER BY i.receipt LIMIT ?)
    UNION ALL
    SELECT * FROM (
      SELECT a.receipt, a.study_uid, a.series_uid, a.instance_uid, a.record ->> '$.location.key' AS location_key,
        a.record ->> '$.location.offset' AS location_offset, a.record ->> '$.location.length' AS location_length, a.sha256
      FROM aside a LEFT JOIN deletions d ON d.receipt = a.deletion
      WHERE a.receipt ${condition} AND d.purge_began IS NULL ORDER BY a.receipt LIMIT ?)
  ) ORDER BY receipt LIMIT ?`;

const afterSql = filesSql('> ?');
const oneSql = filesSql('= ?');

/** Lists files by receipt. */
export function files(
  database: Database,
  { after, limit }: { readonly after: string; readonly limit: number },
): readonly StoredFile[] {
  return database.all(afterSql, after, limit, after, limit, limit).map(storedFile);
}

/** Finds a file by its receipt. */
export function file(database: Database, receipt: string): StoredFile | undefined {
  const row = database.get(oneSql, receipt, 1, receipt, 1, 1);
  return row === undefined ? undefined : storedFile(row);
}

function storedFile(row: Row): StoredFile {
  return {
    receipt: String(row['receipt']),
    studyUid: String(row['study_uid']),
    seriesUid: String(row['series_uid']),
    instanceUid: String(row['instance_uid']),
    location: {
      key: String(row['location_key']),
      offset: Number(row['location_offset']),
      length: Number(row['location_length']),
    },
    sha256: String(row['sha256']),
  };
}

const knownSql = `
  SELECT receipt FROM instances WHERE receipt IN (SELECT value FROM json_each(?))
  UNION ALL SELECT receipt FROM aside WHERE receipt IN (SELECT value FROM json_each(?))`;

/** Tells which receipts belong to a file, in one statement: a file that becomes another thing meanwhile is not missed. */
export function knownReceipts(database: Database, receipts: readonly string[]): readonly string[] {
  const list = JSON.stringify(receipts);
  return database.all(knownSql, list, list).map(({ receipt }) => String(receipt));
}

/** Claims receipts that no file has. */
export function claimOrphans(database: Database, receipts: readonly string[]): readonly string[] {
  const known = new Set(knownReceipts(database, receipts));
  const orphans = receipts.filter((receipt) => !known.has(receipt));
  for (const receipt of orphans) database.run('INSERT OR IGNORE INTO swept (receipt) VALUES (?)', receipt);
  return orphans;
}

/** Tells whether a receipt was claimed. */
export function isSwept(database: Database, receipt: string): boolean {
  return database.get('SELECT 1 FROM swept WHERE receipt = ?', receipt) !== undefined;
}

/** Refuses the receipt of an object that was swept. Throws `unavailable`: the sender may send the file again. */
export function refuseSwept(database: Database, receipt: string): void {
  if (!isSwept(database, receipt)) return;
  throw new BuckyError(
    'unavailable',
    'This file came so slowly that it was swept before it was entered: send it again',
  );
}

/** Tells whether something of a study was purged. */
export function hasPurge(database: Database, studyUid: string): boolean {
  const sql = 'SELECT 1 FROM deletions WHERE study_uid = ? AND purge_began IS NOT NULL LIMIT 1';
  return database.get(sql, studyUid) !== undefined;
}

/** Reads how far a walk had come. */
export function position(database: Database, name: string): string {
  return String(database.get('SELECT position FROM positions WHERE name = ?', name)?.['position'] ?? '');
}

/** Remembers how far a walk has come. */
export function setPosition(
  database: Database,
  { name, position: reached }: { readonly name: string; readonly position: string },
): void {
  database.run('INSERT OR REPLACE INTO positions (name, position) VALUES (?, ?)', name, reached);
}
