/** What runs in the writer thread; each exported function is one transaction. */
import type { Database } from '@bucky/sqlite';
import { conflictReason, putAside } from './aside.js';
import { enterChange } from './changes.js';
import { Gathering } from './gathering.js';
import { insertInstance } from './insert-instance.js';
import type { CommitOutcome, ConflictRecord, InstanceRecord } from './instance-record.js';
import { known } from './live-instance.js';
import { refuseSwept } from './upkeep.js';

export { decide } from './decide.js';
export { hide, unhide, purged } from './hide.js';
export { adoptSeal, sealed } from './seals.js';
export { claimOrphans, setPosition } from './upkeep.js';
export { migrations } from './schema/migrations.js';

/** Enters records in order; tells what became of each. */
export function commit(database: Database, records: readonly InstanceRecord[]): readonly CommitOutcome[] {
  const gathering = new Gathering(database);
  const outcomes = records.map((record) => commitOne(database, gathering, record));
  gathering.save();
  return outcomes.map((outcome, index) =>
    outcome.kind === 'stored' ? { kind: 'stored', differs: gathering.differs(records[index]!.receipt) } : outcome,
  );
}

/** Enters a file that is known to be in conflict, whatever holds its UID now. */
export function enterConflict(
  database: Database,
  record: InstanceRecord,
  { against, reason }: { readonly against: string; readonly reason: ConflictRecord['reason'] },
): void {
  putAside(database, record, { state: 'conflict', against, reason });
  enterChange(database, 'conflict', record);
}

function commitOne(database: Database, gathering: Gathering, record: InstanceRecord): CommitOutcome {
  const holder = known(database, record.instanceUid);
  if (holder === undefined) {
    refuseSwept(database, record.receipt);
    insertInstance(database, record, { series: gathering.add(record) });
    enterChange(database, 'stored', record);
    return { kind: 'stored', differs: [] };
  }
  const reason = conflictReason(record, holder);
  if (reason === undefined) return { kind: 'duplicate', receipt: holder.receipt };
  refuseSwept(database, record.receipt);
  putAside(database, record, { state: 'conflict', against: holder.receipt, reason });
  enterChange(database, 'conflict', record);
  return { kind: 'conflict', receipt: holder.receipt };
}
