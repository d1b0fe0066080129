/** What runs in the reader threads: every function asks, none changes. */
import type { Scope } from '@bucky/dicom';
import type { Database, Row } from '@bucky/sqlite';
import type { ConflictsAsked, LocatedInstance, Target } from './catalog.js';
import { asideRecord, conflictColumns, conflictRecord } from './aside.js';
import type { AttentionRecord, ConflictRecord, DeletionRecord, HiddenFile, KeptRecord } from './instance-record.js';
import { deletionRecord } from './deletion-record.js';
import { liveRecord } from './live-instance.js';
import { fromInstances, locatedColumns, locatedInstance } from './located-instance.js';
import { inScope, scopeParameters } from './scope-sql.js';

export { changes, feedId } from './changes.js';
export { known } from './live-instance.js';
export { candidates, lookInto, matches, results } from './search.js';
export { targetContents } from './target-contents.js';
export { duePurges } from './purge.js';
export { unsealed } from './seals.js';
export { file, files, hasPurge, isSwept, knownReceipts, position } from './upkeep.js';
export { locatePage, metadataPage, metadataVersion, recordPage } from './target-pages.js';

const keptAsideSql = `
  SELECT ${conflictColumns} FROM aside
  WHERE instance_uid = ? AND sha256 = ? AND study_uid = ? AND series_uid = ? AND deletion IS NULL AND state <> 'live'
  ORDER BY receipt LIMIT 1`;

/** Finds the file already put aside with these bytes in this place. */
export function keptAside(
  database: Database,
  file: Required<Target> & { readonly sha256: string },
): ConflictRecord | undefined {
  const row = database.get(keptAsideSql, file.instanceUid, file.sha256, file.studyUid, file.seriesUid);
  return row && conflictRecord(row);
}

const newestSql = `SELECT max(receipt) AS receipt FROM (
  SELECT max(receipt) AS receipt FROM instances UNION ALL SELECT max(receipt) FROM aside
  UNION ALL SELECT max(newest_receipt) FROM studies UNION ALL SELECT max(receipt) FROM deletions
  UNION ALL SELECT max(undone_by) FROM deletions UNION ALL SELECT receipt FROM
    (SELECT receipt FROM changes ORDER BY number DESC LIMIT 1))`;

/** Finds the greatest receipt there is. */
export function newestReceipt(database: Database): string | undefined {
  const row = database.get(newestSql);
  return typeof row?.['receipt'] === 'string' ? row['receipt'] : undefined;
}

/** Lists open conflicts by receipt, or all that were decided as well. */
export function conflicts(
  database: Database,
  { limit, after = '', studyUid, all = false }: ConflictsAsked,
): readonly ConflictRecord[] {
  const states = all ? `state IN ('conflict', 'discarded', 'replaced')` : `state = 'conflict'`;
  const sql = `SELECT ${conflictColumns} FROM aside WHERE ${states} AND deletion IS NULL AND receipt > ?
    AND (? IS NULL OR study_uid = ?) ORDER BY receipt LIMIT ?`;
  return database.all(sql, after, studyUid ?? null, studyUid ?? null, limit).map(conflictRecord);
}

/** Tells whether there is a file of a receipt, be it live or aside. */
export function has(database: Database, receipt: string): boolean {
  const sql = 'SELECT 1 FROM instances WHERE receipt = ? UNION ALL SELECT 1 FROM aside WHERE receipt = ?';
  return database.get(sql, receipt, receipt) !== undefined;
}

/** Finds the record of a file, be it live or aside. */
export function record(database: Database, receipt: string): KeptRecord | undefined {
  const live = liveRecord(database, receipt);
  if (live !== undefined) return live;
  const row = database.get('SELECT * FROM aside WHERE receipt = ?', receipt);
  return row === undefined ? undefined : asideRecord(row);
}

/** Lists the receipts of files that are aside in a target and not hidden yet. */
export function asideReceipts(database: Database, { studyUid, seriesUid, instanceUid }: Target): readonly string[] {
  const sql = `SELECT receipt FROM aside WHERE study_uid = ? AND deletion IS NULL AND state <> 'live'
    AND (? IS NULL OR series_uid = ?) AND (? IS NULL OR instance_uid = ?) ORDER BY receipt`;
  const [series, instance] = [seriesUid ?? null, instanceUid ?? null];
  return database.all(sql, studyUid, series, series, instance, instance).map((row) => String(row['receipt']));
}

/** Lists deletions, newest first. */
export function deletions(
  database: Database,
  { limit, before = '~' }: { readonly limit: number; readonly before?: string },
): readonly DeletionRecord[] {
  return database
    .all('SELECT * FROM deletions WHERE receipt < ? ORDER BY receipt DESC LIMIT ?', before, limit)
    .map(deletionRecord);
}

/** Finds a deletion. */
export function deletion(database: Database, receipt: string): DeletionRecord | undefined {
  const row = database.get('SELECT * FROM deletions WHERE receipt = ?', receipt);
  return row === undefined ? undefined : deletionRecord(row);
}

/** Where the files of a deletion lie, for the purge. */
export function hiddenLocations(
  database: Database,
  { deletion, after = '', limit }: { readonly deletion: string; readonly after?: string; readonly limit: number },
): readonly HiddenFile[] {
  const sql = `SELECT receipt, record ->> '$.location.key' AS key, study_uid AS studyUid, series_uid AS seriesUid,
      instance_uid AS instanceUid, sha256
    FROM aside WHERE deletion = ? AND receipt > ? ORDER BY receipt LIMIT ?`;
  return database.all(sql, deletion, after, limit).map((row) => ({ ...row }) as unknown as HiddenFile);
}

const attentionSql = `
  SELECT a.* FROM attention a WHERE (a.study_uid, a.keyword) > (?, ?) ORDER BY a.study_uid, a.keyword LIMIT ?`;

/** Lists the Studies whose Instances do not agree on whose they are. */
export function attention(
  database: Database,
  {
    limit,
    after,
  }: { readonly limit: number; readonly after?: { readonly studyUid: string; readonly keyword: string } },
): readonly AttentionRecord[] {
  return database.all(attentionSql, after?.studyUid ?? '', after?.keyword ?? '', limit).map((row) => ({
    studyUid: String(row['study_uid']),
    keyword: String(row['keyword']),
    receipt: String(row['receipt']),
    againstReceipt: String(row['against_receipt']),
  }));
}

const oneInstance = `FROM ${fromInstances} LEFT JOIN frame_tables f ON f.instance = i.id
  WHERE s.study_instance_uid = ? AND e.series_instance_uid = ? AND i.sop_instance_uid = ? AND ${inScope}`;

function getOne(database: Database, of: Required<Target>, scope: Scope): Row | undefined {
  const sql = `SELECT ${locatedColumns}, i.id, f.frame_table ${oneInstance}`;
  return database.get(sql, of.studyUid, of.seriesUid, of.instanceUid, ...scopeParameters(scope));
}

/** Reads one Instance's location and frame table. */
export function frameTable(
  database: Database,
  target: Required<Target>,
  scope: Scope,
): { readonly instance: LocatedInstance; readonly frameTable: Uint8Array | undefined } | undefined {
  const row = getOne(database, target, scope);
  if (row === undefined) return undefined;
  const table = row['frame_table'];
  return { instance: locatedInstance(row), frameTable: table instanceof Uint8Array ? table : undefined };
}

/** Reads where one bulk value of an Instance lies. */
export function bulkEntry(
  database: Database,
  { target, path, scope }: { readonly target: Required<Target>; readonly path: string; readonly scope: Scope },
):
  | {
      readonly instance: LocatedInstance;
      readonly vr: string;
      readonly offset: number;
      readonly length: number;
      readonly crc32: number;
    }
  | undefined {
  const sql = `SELECT ${locatedColumns}, b.vr, b.offset, b.length, b.crc32 AS bulk_crc32 FROM ${fromInstances}
    JOIN bulk_entries b ON b.instance = i.id
    WHERE s.study_instance_uid = ? AND e.series_instance_uid = ? AND i.sop_instance_uid = ? AND b.path = ? AND ${inScope}`;
  const { studyUid, seriesUid, instanceUid } = target;
  const row = database.get(sql, studyUid, seriesUid, instanceUid, path, ...scopeParameters(scope));
  if (row === undefined) return undefined;
  return {
    instance: locatedInstance(row),
    vr: String(row['vr']),
    offset: Number(row['offset']),
    length: Number(row['length']),
    crc32: Number(row['bulk_crc32']),
  };
}

const countsSql = `
  SELECT count(*) AS studies, ifnull(sum(s.number_of_study_related_series), 0) AS series,
    ifnull(sum(s.number_of_study_related_instances), 0) AS instances, ifnull(sum(s.bytes), 0) AS bytes
  FROM studies s WHERE ${inScope}`;

/** Counts what a Scope sees, by what was counted at ingest. */
export function counts(database: Database, scope: Scope): Readonly<Record<string, number>> {
  const parameters = scopeParameters(scope);
  const row = database.get(countsSql, ...parameters) ?? {};
  const conflicts = database.get(
    `SELECT count(*) AS conflicts FROM aside WHERE state = 'conflict' AND deletion IS NULL
      AND (? IS NULL OR study_uid IN (SELECT value FROM json_each(?)))`,
    ...parameters,
  );
  return { ...(row as Readonly<Record<string, number>>), conflicts: Number(conflicts?.['conflicts']) };
}

/** Runs SQLite's own check of the file. */
export function isSound(database: Database): boolean {
  const rows = database.all('PRAGMA quick_check(1)');
  return rows.length === 1 && rows[0]?.['quick_check'] === 'ok';
}
