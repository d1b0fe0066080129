import type { Database } from '@bucky/sqlite';
import type { Change, ChangeKind } from './instance-record.js';

const insertSql = `INSERT INTO changes (kind, study_uid, series_uid, instance_uid, receipt, changed_at)
  VALUES (?, ?, ?, ?, ?, ?)`;

/** Adds a line to the feed of changes, in the transaction that makes the change. */
export function enterChange(
  database: Database,
  kind: ChangeKind,
  about: {
    readonly studyUid: string;
    readonly seriesUid?: string;
    readonly instanceUid?: string;
    readonly receipt: string;
  },
): void {
  const { studyUid, seriesUid = null, instanceUid = null, receipt } = about;
  database.run(insertSql, kind, studyUid, seriesUid, instanceUid, receipt, new Date().toISOString());
}

/** Tells this feed from the one of a catalog made anew. */
export function feedId(database: Database): string {
  return String(database.get('SELECT id FROM feed')?.['id']);
}

const listSql = `SELECT number, kind, study_uid, series_uid, instance_uid, receipt, changed_at FROM changes
  WHERE number > ? ORDER BY number LIMIT ?`;

/** Lists changes by number. */
export function changes(
  database: Database,
  { after, limit }: { readonly after: number; readonly limit: number },
): readonly Change[] {
  return database.all(listSql, after, limit).map((row) => ({
    number: Number(row['number']),
    kind: row['kind'] as ChangeKind,
    studyUid: String(row['study_uid']),
    ...(row['series_uid'] === null ? {} : { seriesUid: String(row['series_uid']) }),
    ...(row['instance_uid'] === null ? {} : { instanceUid: String(row['instance_uid']) }),
    receipt: String(row['receipt']),
    changedAt: String(row['changed_at']),
  }));
}
