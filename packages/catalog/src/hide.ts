import { BuckyError } from '@bucky/dicom';
import type { Database, Row } from '@bucky/sqlite';
import { conflictReason, putAside, takeAside } from './aside.js';
import { enterChange } from './changes.js';
import { Gathering } from './gathering.js';
import { insertInstance } from './insert-instance.js';
import type { Deletion } from './instance-record.js';
import { known, liveRecord, removeInstance } from './live-instance.js';

const insertSql = `
  INSERT INTO deletions (receipt, study_uid, series_uid, instance_uid, instances, bytes, deleted_by, deleted_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Hides the files that a deletion names, live or aside; what is not there any more is passed by. */
export function hide(database: Database, deletion: Deletion): void {
  const { receipt, studyUid, seriesUid, instanceUid, instances, bytes, deletedBy, deletedAt } = deletion;
  const place = [receipt, studyUid, seriesUid ?? null, instanceUid ?? null];
  database.run(insertSql, ...place, instances, bytes, deletedBy, deletedAt);
  const gathering = new Gathering(database);
  for (const hidden of deletion.hides) {
    const record = liveRecord(database, hidden);
    if (record === undefined) {
      database.run('UPDATE aside SET deletion = ? WHERE receipt = ? AND deletion IS NULL', receipt, hidden);
      continue;
    }
    const { id, ...kept } = record;
    removeInstance(database, id);
    gathering.remove({ ...record, length: record.location.length }, receipt);
    putAside(database, kept, { state: 'live', against: '', reason: '', deletion: receipt });
  }
  gathering.save();
  enterChange(database, 'deleted', deletion);
}

/** Undoes a deletion: what it hid is as it was, unless another file took its UID meanwhile. Throws `not-found`, `conflict`. */
export function unhide(
  database: Database,
  { receipt, deletion }: { readonly receipt: string; readonly deletion: string },
): { readonly restored: number; readonly conflicts: number } {
  const found = database.get('SELECT * FROM deletions WHERE receipt = ?', deletion);
  if (found === undefined) throw new BuckyError('not-found', 'There is no such deletion');
  if (found['undone_by'] !== null) throw new BuckyError('conflict', 'This deletion was undone already');
  if (found['purged_at'] !== null) throw new BuckyError('conflict', 'What this deletion hid is gone for good');
  if (found['purge_began'] !== null)
    throw new BuckyError('conflict', 'What this deletion hid is being removed for good');
  const hidden = database.all('SELECT receipt, state FROM aside WHERE deletion = ? ORDER BY receipt', deletion);
  database.run('UPDATE aside SET deletion = NULL WHERE deletion = ?', deletion);
  const gathering = new Gathering(database);
  let [restored, conflicts] = [0, 0];
  for (const row of hidden) {
    if (row['state'] !== 'live') continue;
    if (restore(database, { gathering, row, fact: receipt })) restored += 1;
    else conflicts += 1;
  }
  gathering.save();
  database.run('UPDATE deletions SET undone_by = ? WHERE receipt = ?', receipt, deletion);
  const [studyUid, seriesUid, instanceUid] = [found['study_uid'], found['series_uid'], found['instance_uid']];
  enterChange(database, 'undeleted', {
    studyUid: String(studyUid),
    ...(seriesUid === null ? {} : { seriesUid: String(seriesUid) }),
    ...(instanceUid === null ? {} : { instanceUid: String(instanceUid) }),
    receipt,
  });
  return { restored, conflicts };
}

/** Has a hidden Instance count again; false when its UID is taken, and it waits as a conflict. */
function restore(
  database: Database,
  { gathering, row, fact }: { readonly gathering: Gathering; readonly row: Row; readonly fact: string },
): boolean {
  const record = takeAside(database, String(row['receipt']));
  if (record === undefined) return false;
  const holder = known(database, record.instanceUid);
  if (holder === undefined) {
    insertInstance(database, record, { series: gathering.add(record, fact) });
    return true;
  }
  const reason = conflictReason(record, holder);
  const state = reason === undefined ? 'twin' : 'conflict';
  putAside(database, record, { state, against: holder.receipt, reason: reason ?? 'other-bytes' });
  return reason === undefined;
}
