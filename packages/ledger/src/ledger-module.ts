/** What runs in the ledger's thread; each exported function is one transaction. */
import type { Database, Row } from '@bucky/sqlite';
import type { Hold, HoldFact } from './hold.js';

export { migrations } from './schema.js';

/** Finds the hold of a study. */
export function hold(database: Database, studyUid: string): Hold | undefined {
  const row = database.get('SELECT * FROM holds WHERE study_uid = ?', studyUid);
  return row === undefined ? undefined : holdOf(row);
}

/** Lists holds by Study Instance UID. */
export function holds(
  database: Database,
  { after, limit }: { readonly after: string; readonly limit: number },
): readonly Hold[] {
  return database.all('SELECT * FROM holds WHERE study_uid > ? ORDER BY study_uid LIMIT ?', after, limit).map(holdOf);
}

/** Carries out a fact, unless it was carried out before. */
export function play(database: Database, fact: HoldFact): void {
  if (fact.receipt <= newestFact(database)) return;
  const { kind, studyUid, receipt, by, at } = fact;
  if (kind === 'release') database.run('DELETE FROM holds WHERE study_uid = ?', studyUid);
  else {
    const sql = 'INSERT OR REPLACE INTO holds (study_uid, receipt, reason, held_by, held_at) VALUES (?, ?, ?, ?, ?)';
    database.run(sql, studyUid, receipt, fact.reason, by, at);
  }
  database.run('UPDATE journal SET newest = ?', receipt);
}

/** Reads the receipt of the newest fact carried out. */
export function newestFact(database: Database): string {
  return String(database.get('SELECT newest FROM journal')?.['newest'] ?? '');
}

function holdOf(row: Row): Hold {
  return {
    studyUid: String(row['study_uid']),
    receipt: String(row['receipt']),
    reason: String(row['reason']),
    heldBy: String(row['held_by']),
    heldAt: String(row['held_at']),
  };
}
