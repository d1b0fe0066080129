import type { Database } from '@bucky/sqlite';
import type { AdoptedSeal, Seal, UnsealedSeries } from './catalog.js';
import { enterChange } from './changes.js';

const unsealedSql = `
  SELECT s.study_instance_uid AS studyUid, e.series_instance_uid AS seriesUid, e.revision
  FROM series e INDEXED BY series_unsealed CROSS JOIN studies s ON s.id = e.study
  WHERE e.sealed_revision <> e.revision AND e.newest_receipt < ? ORDER BY e.newest_receipt LIMIT ?`;

/** Lists Series that have changed since they were sealed, and not since a receipt. */
export function unsealed(
  database: Database,
  { before, limit }: { readonly before: string; readonly limit: number },
): readonly UnsealedSeries[] {
  return database.all(unsealedSql, before, limit).map((row) => ({ ...row }) as unknown as UnsealedSeries);
}

const adoptSql = `
  UPDATE series SET sealed_revision = revision, seal_key = ?, seal_length = ?, seal_crc32 = ?
  WHERE series_instance_uid = ? AND study = (SELECT id FROM studies WHERE study_instance_uid = ?)
    AND number_of_series_related_instances = ?`;

/** Has a Series count as sealed by a seal that was there, if it holds as many Instances as that. */
export function adoptSeal(database: Database, seal: AdoptedSeal): void {
  const { key, length, crc32, seriesUid, studyUid, instances } = seal;
  database.run(adoptSql, key, length, crc32, seriesUid, studyUid, instances);
}

const sealedSql = `
  UPDATE series SET sealed_revision = revision, seal_key = ?, seal_length = ?, seal_crc32 = ?
  WHERE series_instance_uid = ? AND study = (SELECT id FROM studies WHERE study_instance_uid = ?) AND revision = ?`;

/** Enters the seal of a Series, unless the Series has changed since. */
export function sealed(database: Database, seal: UnsealedSeries & Seal & { readonly receipt: string }): boolean {
  const { key, length, crc32, seriesUid, studyUid, revision } = seal;
  const { changes } = database.run(sealedSql, key, length, crc32, seriesUid, studyUid, revision);
  if (changes > 0) enterChange(database, 'sealed', seal);
  return changes > 0;
}
