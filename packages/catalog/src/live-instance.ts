import type { Oddity } from '@bucky/dicom';
import type { Database, Row } from '@bucky/sqlite';
import type { KeptRecord, KnownInstance, Location } from './instance-record.js';
import { fromInstances, locatedColumns, locatedInstance } from './located-instance.js';

const knownSql = `
  SELECT s.study_instance_uid AS studyUid, e.series_instance_uid AS seriesUid, i.sha256, i.receipt,
    i.location_key AS key, i.location_offset AS offset, i.location_length AS length
  FROM instances i JOIN series e ON e.id = i.series JOIN studies s ON s.id = e.study WHERE i.sop_instance_uid = ?`;

/** Finds the live Instance of a UID. */
export function known(database: Database, instanceUid: string): KnownInstance | undefined {
  const row = database.get(knownSql, instanceUid) as unknown as (Location & KnownInstance) | undefined;
  if (row === undefined) return undefined;
  const { key, offset, length, ...known } = row;
  return { ...known, location: { key, offset, length } };
}

/** Columns that {@link keptRecord} reads, and the tables they are in. */
export const liveColumns = `${locatedColumns}, i.id, i.oddities, i.source, i.received_at, m.deflated AS metadata, m.length AS metadata_length,
  m.crc32 AS metadata_crc32, f.frame_table`;
export const liveTables = `${fromInstances} JOIN metadata m ON m.instance = i.id
  LEFT JOIN frame_tables f ON f.instance = i.id`;

const liveSql = `SELECT ${liveColumns} FROM ${liveTables} WHERE i.receipt = ?`;

const bulkSql = 'SELECT path, vr, offset, length, crc32 FROM bulk_entries WHERE instance = ? ORDER BY path';

/** Reads the record that a live Instance was made of, by its receipt. */
export function liveRecord(database: Database, receipt: string): (KeptRecord & { readonly id: number }) | undefined {
  const row = database.get(liveSql, receipt);
  return row === undefined ? undefined : keptRecord(database, row);
}

/** Makes of a row the record that it was made of. */
export function keptRecord(database: Database, row: Row): KeptRecord & { readonly id: number } {
  const deflated = row['metadata'] as Uint8Array;
  const frameTable = row['frame_table'];
  return {
    ...locatedInstance(row),
    id: Number(row['id']),
    metadata: { deflated, length: Number(row['metadata_length']), crc32: Number(row['metadata_crc32']) },
    ...(frameTable instanceof Uint8Array ? { frameTable } : {}),
    bulkEntries: database.all(bulkSql, Number(row['id'])) as unknown as KeptRecord['bulkEntries'],
    oddities: String(row['oddities'])
      .split(' ')
      .filter((oddity) => oddity !== '') as Oddity[],
    source: String(row['source']),
    receivedAt: String(row['received_at']),
  };
}

/** Removes the rows of a live Instance; its Study and Series are for the caller to count. */
export function removeInstance(database: Database, id: number): void {
  database.run('DELETE FROM metadata WHERE instance = ?', id);
  database.run('DELETE FROM frame_tables WHERE instance = ?', id);
  database.run('DELETE FROM bulk_entries WHERE instance = ?', id);
  database.run('DELETE FROM instances WHERE id = ?', id);
}
