import type { Row } from '@bucky/sqlite';
import type { DeletionRecord } from './instance-record.js';

/** Makes a record of a row of `deletions`. */
export function deletionRecord(row: Row): DeletionRecord {
  const optional = {
    seriesUid: 'series_uid',
    instanceUid: 'instance_uid',
    undoneBy: 'undone_by',
    purgeBegan: 'purge_began',
    purgedAt: 'purged_at',
  };
  const given = Object.entries(optional).filter(([, column]) => row[column] !== null);
  return {
    receipt: String(row['receipt']),
    studyUid: String(row['study_uid']),
    ...Object.fromEntries(given.map(([name, column]) => [name, String(row[column])])),
    instances: Number(row['instances']),
    bytes: Number(row['bytes']),
    deletedBy: String(row['deleted_by']),
    deletedAt: String(row['deleted_at']),
  };
}
