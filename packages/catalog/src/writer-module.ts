/** What runs in the writer thread; each exported function is one transaction. */
import type { Database } from '@bucky/sqlite';
import { conflictReason, enterConflict, type KnownInstance } from './conflicts.js';
import { insertInstance } from './insert-instance.js';
import type { CommitOutcome, InstanceRecord } from './instance-record.js';
import { Gathering } from './gathering.js';

export { migrations } from './schema/migrations.js';

const knownSql = `
  SELECT i.receipt, i.sha256, e.series_instance_uid AS seriesUid, s.study_instance_uid AS studyUid
  FROM instances i JOIN series e ON e.id = i.series JOIN studies s ON s.id = e.study
  WHERE i.sop_instance_uid = ?`;

/** Enters records in order; tells what became of each. */
export function commit(database: Database, records: readonly InstanceRecord[]): readonly CommitOutcome[] {
  const gathering = new Gathering(database);
  const receivedAt = new Date().toISOString();
  const outcomes = records.map((record): CommitOutcome => {
    const known = database.get(knownSql, record.instanceUid) as unknown as KnownInstance | undefined;
    if (known === undefined) {
      const { study, series } = gathering.add(record);
      insertInstance(database, record, { series: series.id, receivedAt });
      study.count(record);
      series.count(record);
      return { kind: 'stored' };
    }
    const reason = conflictReason(record, known);
    if (reason === undefined) return { kind: 'duplicate', receipt: known.receipt };
    enterConflict(database, record, { against: known.receipt, reason, receivedAt });
    return { kind: 'conflict', receipt: known.receipt };
  });
  gathering.save();
  return outcomes;
}
