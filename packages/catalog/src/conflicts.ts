import type { Database, Row } from '@bucky/sqlite';
import type { ConflictRecord, InstanceRecord } from './instance-record.js';

/** What is known of the live Instance of a UID. */
export interface KnownInstance {
  readonly receipt: string;
  readonly sha256: string;
  readonly studyUid: string;
  readonly seriesUid: string;
}

/** Tells why a record cannot take the place of what is known; undefined when both are the same. */
export function conflictReason(record: InstanceRecord, known: KnownInstance): ConflictRecord['reason'] | undefined {
  if (record.studyUid !== known.studyUid || record.seriesUid !== known.seriesUid) return 'other-study-or-series';
  return record.sha256 === known.sha256 ? undefined : 'other-bytes';
}

const insertSql = `
  INSERT INTO conflicts (receipt, study_uid, series_uid, instance_uid, location_key, location_offset, location_length,
    sha256, against_receipt, reason, received_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Enters a record whose bytes are kept aside. */
export function enterConflict(
  database: Database,
  record: InstanceRecord,
  why: { readonly against: string; readonly reason: ConflictRecord['reason']; readonly receivedAt: string },
): void {
  const { receipt, studyUid, seriesUid, instanceUid, location, sha256 } = record;
  const { key, offset, length } = location;
  const place = [receipt, studyUid, seriesUid, instanceUid, key, offset, length, sha256];
  database.run(insertSql, ...place, why.against, why.reason, why.receivedAt);
}

/** Makes a record of a row of `conflicts`. */
export function conflictRecord(row: Row): ConflictRecord {
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
    againstReceipt: String(row['against_receipt']),
    reason: row['reason'] as ConflictRecord['reason'],
    receivedAt: String(row['received_at']),
  };
}
