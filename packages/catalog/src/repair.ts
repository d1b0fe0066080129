import type { Database } from '@bucky/sqlite';
import { takeAside } from './aside.js';
import { commitOne, withDifferences } from './commit.js';
import { Gathering } from './gathering.js';
import type { CommitOutcome, Repair } from './instance-record.js';
import { liveRecord, removeInstance } from './live-instance.js';

/**
 * Enters a file in place of one whose bytes are lost, by a receipt of its own, as a rebuild from the vault would. When the
 * lost one is no longer there, another sender was quicker: then this is a commit like any other.
 */
export function repair(database: Database, { lost, record }: Repair): CommitOutcome {
  const gathering = new Gathering(database);
  const found = remove(database, gathering, { lost, record });
  const outcome = commitOne(database, gathering, found ? { record, kind: 'repaired' } : { record });
  gathering.save();
  return withDifferences(outcome, gathering, record);
}

/** Takes the lost file out, be it live or aside; what a deletion hides stays hidden. */
function remove(database: Database, gathering: Gathering, { lost, record: { receipt } }: Repair): boolean {
  const live = liveRecord(database, lost);
  if (live === undefined) return isAside(database, lost) && takeAside(database, lost) !== undefined;
  removeInstance(database, live.id);
  gathering.remove({ ...live, length: live.location.length }, receipt);
  database.run('UPDATE aside SET against_receipt = ? WHERE against_receipt = ?', receipt, lost);
  return true;
}

function isAside(database: Database, receipt: string): boolean {
  const sql = `SELECT 1 FROM aside WHERE receipt = ? AND deletion IS NULL AND state <> 'live'`;
  return database.get(sql, receipt) !== undefined;
}
