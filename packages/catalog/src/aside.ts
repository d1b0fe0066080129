import type { Database, Row } from '@bucky/sqlite';
import type { AsideState, ConflictRecord, InstanceRecord, KeptRecord, KnownInstance } from './instance-record.js';
import { inflateMetadata } from './read-metadata.js';
import { readSearchable } from './read-searchable.js';
import type { DicomJsonObject } from './query.js';

/** Tells why a file cannot be the one that is known under its UID; undefined when both are the same. */
export function conflictReason(
  file: Pick<KnownInstance, 'studyUid' | 'seriesUid' | 'sha256'>,
  known: KnownInstance,
): ConflictRecord['reason'] | undefined {
  if (file.studyUid !== known.studyUid || file.seriesUid !== known.seriesUid) return 'other-study-or-series';
  return file.sha256 === known.sha256 ? undefined : 'other-bytes';
}

/** Why and how a file is put aside. */
export interface PutAside {
  readonly state: AsideState | 'live';
  readonly against: string;
  readonly reason: ConflictRecord['reason'] | '';
  /** Receipt of the deletion that hides it. */
  readonly deletion?: string;
}

const insertSql = `
  INSERT INTO aside (receipt, study_uid, series_uid, instance_uid, sha256, state, against_receipt, reason, deletion,
    record, deflated, length, crc32, frame_table)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Enters a file that is kept and does not count, with all that it takes to make it count. */
export function putAside(database: Database, record: KeptRecord, { state, against, reason, deletion }: PutAside) {
  const { receipt, studyUid, seriesUid, instanceUid, sha256, metadata, frameTable = null, ...rest } = record;
  database.run(
    insertSql,
    ...[receipt, studyUid, seriesUid, instanceUid, sha256, state, against, reason, deletion ?? null],
    JSON.stringify({ ...rest, searchable: undefined }), // read again from the metadata
    ...[metadata.deflated, metadata.length, metadata.crc32, frameTable],
  );
}

/** Takes a file out of those put aside. */
export function takeAside(database: Database, receipt: string): InstanceRecord | undefined {
  const row = database.get('SELECT * FROM aside WHERE receipt = ?', receipt);
  if (row === undefined) return undefined;
  database.run('DELETE FROM aside WHERE receipt = ?', receipt);
  return asideRecord(row);
}

/** Makes of a row of `aside` the record that it was made of. */
export function asideRecord(row: Row): InstanceRecord {
  const deflated = row['deflated'] as Uint8Array;
  const frameTable = row['frame_table'];
  return {
    ...(JSON.parse(String(row['record'])) as Omit<InstanceRecord, 'metadata' | 'searchable'>), // written by us
    receipt: String(row['receipt']),
    studyUid: row['study_uid'] as InstanceRecord['studyUid'],
    seriesUid: row['series_uid'] as InstanceRecord['seriesUid'],
    instanceUid: row['instance_uid'] as InstanceRecord['instanceUid'],
    sha256: String(row['sha256']),
    metadata: { deflated, length: Number(row['length']), crc32: Number(row['crc32']) },
    searchable: readSearchable(JSON.parse(inflateMetadata(deflated)) as DicomJsonObject),
    ...(frameTable instanceof Uint8Array ? { frameTable } : {}),
  };
}

/** Columns that {@link conflictRecord} reads. */
export const conflictColumns = `receipt, study_uid, series_uid, instance_uid, sha256, state, against_receipt, reason,
  record ->> '$.location' AS location, record ->> '$.receivedAt' AS received_at`;

/** Makes a record of a row of `aside`. */
export function conflictRecord(row: Row): ConflictRecord {
  return {
    receipt: String(row['receipt']),
    studyUid: String(row['study_uid']),
    seriesUid: String(row['series_uid']),
    instanceUid: String(row['instance_uid']),
    location: JSON.parse(String(row['location'])) as ConflictRecord['location'],
    sha256: String(row['sha256']),
    state: row['state'] as AsideState,
    againstReceipt: String(row['against_receipt']),
    reason: row['reason'] as ConflictRecord['reason'],
    receivedAt: String(row['received_at']),
  };
}
