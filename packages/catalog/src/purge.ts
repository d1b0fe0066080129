import { BuckyError } from '@bucky/dicom';
import type { Database } from '@bucky/sqlite';
import { enterChange } from './changes.js';
import { deletionRecord } from './deletion-record.js';
import { Gathering } from './gathering.js';
import type { DeletionRecord } from './instance-record.js';
import { liveRecord, removeInstance } from './live-instance.js';

const dueSql = `SELECT * FROM deletions WHERE undone_by IS NULL AND purged_at IS NULL
  AND (purge_began IS NOT NULL OR deleted_at <= ?) AND receipt > ? ORDER BY receipt LIMIT ?`;

/** Lists deletions whose files are to be removed for good. */
export function duePurges(
  database: Database,
  { before, after, limit }: { readonly before: string; readonly after: string; readonly limit: number },
): readonly DeletionRecord[] {
  return database.all(dueSql, before, after, limit).map(deletionRecord);
}

interface Purge {
  readonly deletion: string;
  readonly at: string;
}

/** Begins a purge; gives when it began. */
export function beginPurge(database: Database, { deletion, at }: Purge): string {
  const found = database.get('SELECT undone_by, purge_began FROM deletions WHERE receipt = ?', deletion);
  if (found === undefined) throw new BuckyError('not-found', 'There is no such deletion');
  if (found['undone_by'] !== null) throw new BuckyError('conflict', 'This deletion was undone already');
  if (found['purge_began'] !== null) return String(found['purge_began']);
  database.run('UPDATE deletions SET purge_began = ? WHERE receipt = ?', at, deletion);
  return at;
}

/** Forgets what a deletion hid, whose bytes are gone. */
export function purged(database: Database, { deletion, at }: Purge): void {
  const found = database.get('SELECT * FROM deletions WHERE receipt = ? AND purged_at IS NULL', deletion);
  if (found === undefined) return;
  database.run('DELETE FROM aside WHERE deletion = ?', deletion);
  const sql = 'UPDATE deletions SET purged_at = ?, purge_began = ifnull(purge_began, ?) WHERE receipt = ?';
  database.run(sql, at, at, deletion);
  enterChange(database, 'purged', { studyUid: String(found['study_uid']), receipt: deletion });
}

/** Removes all that there is of some files. */
export function forget(
  database: Database,
  { receipts, fact }: { readonly receipts: readonly string[]; readonly fact: string },
): void {
  const gathering = new Gathering(database);
  for (const receipt of receipts) {
    database.run('DELETE FROM aside WHERE receipt = ?', receipt);
    const live = liveRecord(database, receipt);
    if (live === undefined) continue;
    removeInstance(database, live.id);
    gathering.remove({ ...live, length: live.location.length }, fact);
  }
  gathering.save();
}
