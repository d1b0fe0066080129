import type { Scope, Uid } from '@bucky/dicom';
import type { Database, Row, SqlValue } from '@bucky/sqlite';
import type { LocatedInstance, MetadataVersion, Target } from './catalog.js';
import type { DeflatedMetadata, KeptRecord } from './instance-record.js';
import { keptRecord, liveColumns, liveTables } from './live-instance.js';
import { fromInstances, locatedColumns, locatedInstance } from './located-instance.js';
import { inScope, scopeParameters } from './scope-sql.js';

/** Where a page ended: the last Instance's place in the order. */
export interface PageEnd {
  readonly seriesOrder: number;
  readonly seriesUid: string;
  readonly instanceOrder: number;
  readonly instanceUid: string;
}

/** A part of a target's Instances, in order; `end` is where the next one begins after, undefined when this was the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly end: PageEnd | undefined;
}

export interface PageOf {
  readonly target: Target;
  readonly scope: Scope;
  readonly after: PageEnd | undefined;
}

const instancesOfPage = 500;
/** Metadata of more Instances than this many bytes waits for the next page; a single one may be larger. */
const bytesOfPage = 2 * 1024 * 1024;

/** Before the first of any order. */
const start: PageEnd = {
  seriesOrder: Number.MIN_SAFE_INTEGER,
  seriesUid: '',
  instanceOrder: Number.MIN_SAFE_INTEGER,
  instanceUid: '',
};

const seriesSql = `
  SELECT e.id, e.series_order, e.series_instance_uid FROM studies s JOIN series e ON e.study = s.id
  WHERE s.study_instance_uid = ? AND (? IS NULL OR e.series_instance_uid = ?) AND ${inScope}
    AND (e.series_order, e.series_instance_uid) >= (?, ?)
  ORDER BY e.series_order, e.series_instance_uid`;

const pageSql = (columns: string, tables: string): string => `
  SELECT ${columns}, i.instance_order, i.sop_instance_uid FROM ${tables}
  WHERE i.series = ? AND (? IS NULL OR i.sop_instance_uid = ?) AND (i.instance_order, i.sop_instance_uid) > (?, ?)
  ORDER BY i.instance_order, i.sop_instance_uid`;

const locateSql = pageSql(
  locatedColumns,
  'instances i JOIN series e ON e.id = i.series JOIN studies s ON s.id = e.study',
);
const recordSql = pageSql(liveColumns, liveTables);
const metadataSql = pageSql('m.deflated, m.length, m.crc32', 'instances i JOIN metadata m ON m.instance = i.id');

/** Reads one page of a target's locations. */
export function locatePage(database: Database, of: PageOf): Page<LocatedInstance> {
  return page(database, of, { sql: locateSql, item: locatedInstance, size: () => 0 });
}

/** Reads one page of a target's records, whole. */
export function recordPage(database: Database, of: PageOf): Page<KeptRecord> {
  const item = (row: Row): KeptRecord => keptRecord(database, row);
  return page(database, of, { sql: recordSql, item, size: ({ metadata }) => metadata.deflated.length });
}

/** Reads one page of a target's metadata. */
export function metadataPage(database: Database, of: PageOf): Page<DeflatedMetadata> {
  return page(database, of, { sql: metadataSql, item: deflatedMetadata, size: ({ deflated }) => deflated.length });
}

function deflatedMetadata(row: Row): DeflatedMetadata {
  return { deflated: row['deflated'] as Uint8Array, length: Number(row['length']), crc32: Number(row['crc32']) };
}

/** Fills a page series by series, so that each step follows an index; nothing is skipped over by counting. */
function page<T>(
  database: Database,
  of: PageOf,
  { sql, item, size }: { readonly sql: string; readonly item: (row: Row) => T; readonly size: (one: T) => number },
): Page<T> {
  const items: T[] = [];
  let bytes = 0;
  for (const { series, after } of seriesLeft(database, of)) {
    const instanceUid = of.target.instanceUid ?? null;
    const parameters = [Number(series['id']), instanceUid, instanceUid, after.instanceOrder, after.instanceUid];
    for (const row of database.iterate(sql, ...parameters)) {
      const one = item(row);
      items.push(one);
      bytes += size(one);
      if (items.length >= instancesOfPage || bytes >= bytesOfPage) return { items, end: pageEnd(series, row) };
    }
  }
  return { items, end: undefined };
}

/** Lists the Series of a target that are not yet done with, each with where in it to go on. */
function seriesLeft(
  database: Database,
  { target, scope, after = start }: PageOf,
): readonly { readonly series: Row; readonly after: PageEnd }[] {
  const seriesUid: SqlValue = target.seriesUid ?? null;
  const series = database.all(
    seriesSql,
    target.studyUid,
    seriesUid,
    seriesUid,
    ...scopeParameters(scope),
    after.seriesOrder,
    after.seriesUid,
  );
  return series.map((one) => ({ series: one, after: one['series_instance_uid'] === after.seriesUid ? after : start }));
}

function pageEnd(series: Row, row: Row): PageEnd {
  return {
    seriesOrder: Number(series['series_order']),
    seriesUid: String(series['series_instance_uid']),
    instanceOrder: Number(row['instance_order']),
    instanceUid: String(row['sop_instance_uid']),
  };
}

const versionSql = {
  study: `SELECT s.newest_receipt || '.' || s.revision AS version FROM studies s WHERE s.study_instance_uid = ? AND ${inScope}`,
  series: `SELECT e.newest_receipt || '.' || e.revision AS version,
    e.sealed_revision = e.revision AS sealed, e.seal_key, e.seal_length, e.seal_crc32 FROM studies s JOIN series e ON e.study = s.id
    WHERE s.study_instance_uid = ? AND ${inScope} AND e.series_instance_uid = ?`,
  instance: `SELECT i.receipt AS version FROM ${fromInstances}
    WHERE s.study_instance_uid = ? AND ${inScope} AND e.series_instance_uid = ? AND i.sop_instance_uid = ?`,
};

/** Tells of the metadata of a target without reading it: its version is what changes whenever the metadata of a target does: the count of changes that its row has seen, or the receipt. */
export function metadataVersion(
  database: Database,
  { studyUid, seriesUid, instanceUid }: Target,
  scope: Scope,
): MetadataVersion | undefined {
  const level = instanceUid !== undefined ? 'instance' : seriesUid !== undefined ? 'series' : 'study';
  const below: readonly Uid[] = [seriesUid, instanceUid].filter((uid) => uid !== undefined);
  const row = database.get(versionSql[level], studyUid, ...scopeParameters(scope), ...below);
  if (row === undefined) return undefined;
  const version = String(row['version']);
  if (row['sealed'] !== 1) return { version };
  const [length, crc32] = [Number(row['seal_length']), Number(row['seal_crc32'])];
  return { version, seal: { key: String(row['seal_key']), length, crc32 } };
}
