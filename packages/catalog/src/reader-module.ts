/** What runs in the reader threads: every function asks, none changes. */
import type { Scope } from '@bucky/dicom';
import type { Database, Row } from '@bucky/sqlite';
import type { LocatedInstance, Target } from './catalog.js';
import { conflictRecord, type KnownInstance } from './conflicts.js';
import type { ConflictRecord } from './instance-record.js';
import { fromInstances, locatedColumns, locatedInstance } from './located-instance.js';
import { inScope, scopeParameters } from './scope-sql.js';

export { search } from './search.js';
export { locatePage, metadataPage, metadataVersion } from './target-pages.js';

const knownSql = `
  SELECT s.study_instance_uid AS studyUid, e.series_instance_uid AS seriesUid, i.sha256, i.receipt
  FROM instances i JOIN series e ON e.id = i.series JOIN studies s ON s.id = e.study WHERE i.sop_instance_uid = ?`;

/** Finds the live Instance of a UID. */
export function known(database: Database, instanceUid: string): KnownInstance | undefined {
  const row = database.get(knownSql, instanceUid) as unknown as KnownInstance | undefined;
  return row === undefined ? undefined : { ...row };
}

const keptAsideSql = `
  SELECT receipt, reason FROM conflicts
  WHERE instance_uid = ? AND sha256 = ? AND study_uid = ? AND series_uid = ? ORDER BY receipt LIMIT 1`;

/** Finds the conflict already entered for these bytes in this place. */
export function keptAside(
  database: Database,
  file: Required<Target> & { readonly sha256: string },
): Pick<ConflictRecord, 'receipt' | 'reason'> | undefined {
  const row = database.get(keptAsideSql, file.instanceUid, file.sha256, file.studyUid, file.seriesUid);
  if (row === undefined) return undefined;
  return { receipt: String(row['receipt']), reason: row['reason'] as ConflictRecord['reason'] };
}

/** Finds the greatest receipt there is. */
export function newestReceipt(database: Database): string | undefined {
  const row = database.get(`SELECT max(receipt) AS receipt FROM (
    SELECT max(receipt) AS receipt FROM instances UNION ALL SELECT max(receipt) FROM conflicts)`);
  return typeof row?.['receipt'] === 'string' ? row['receipt'] : undefined;
}

/** Lists conflicts by receipt. */
export function conflicts(
  database: Database,
  { limit, after = '' }: { readonly limit: number; readonly after?: string },
): readonly ConflictRecord[] {
  return database
    .all('SELECT * FROM conflicts WHERE receipt > ? ORDER BY receipt LIMIT ?', after, limit)
    .map(conflictRecord);
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
    `SELECT count(*) AS conflicts FROM conflicts WHERE ? IS NULL OR study_uid IN (SELECT value FROM json_each(?))`,
    ...parameters,
  );
  return { ...(row as Readonly<Record<string, number>>), conflicts: Number(conflicts?.['conflicts']) };
}

/** Runs SQLite's own check of the file. */
export function isSound(database: Database): boolean {
  const rows = database.all('PRAGMA quick_check(1)');
  return rows.length === 1 && rows[0]?.['quick_check'] === 'ok';
}
