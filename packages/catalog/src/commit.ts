import type { Database } from '@bucky/sqlite';
import { conflictReason, putAside } from './aside.js';
import { enterChange } from './changes.js';
import { Gathering } from './gathering.js';
import { insertInstance } from './insert-instance.js';
import type { ChangeKind, CommitOutcome, ConflictRecord, InstanceRecord } from './instance-record.js';
import { known } from './live-instance.js';
import { refuseSwept } from './upkeep.js';

/** Enters records in order; tells what became of each. */
export function commit(database: Database, records: readonly InstanceRecord[]): readonly CommitOutcome[] {
  const gathering = new Gathering(database);
  const outcomes = records.map((record) => commitOne(database, gathering, { record }));
  gathering.save();
  return outcomes.map((outcome, index) => withDifferences(outcome, gathering, records[index]!));
}

/** Enters a file that is known to be in conflict, whatever holds its UID now. */
export function enterConflict(
  database: Database,
  record: InstanceRecord,
  { against, reason }: { readonly against: string; readonly reason: ConflictRecord['reason'] },
): void {
  refuseSwept(database, record.receipt);
  putAside(database, record, { state: 'conflict', against, reason });
  enterChange(database, 'conflict', record);
}

/** Enters one record; the feed of changes calls it `kind`, or what it became. The gathering is still to be saved. */
export function commitOne(
  database: Database,
  gathering: Gathering,
  { record, kind }: { readonly record: InstanceRecord; readonly kind?: ChangeKind },
): CommitOutcome {
  const holder = known(database, record.instanceUid);
  if (holder === undefined) {
    refuseSwept(database, record.receipt);
    insertInstance(database, record, { series: gathering.add(record) });
    enterChange(database, kind ?? 'stored', record);
    return { kind: 'stored', differs: [] };
  }
  const reason = conflictReason(record, holder);
  if (reason === undefined) return { kind: 'duplicate', receipt: holder.receipt };
  refuseSwept(database, record.receipt);
  putAside(database, record, { state: 'conflict', against: holder.receipt, reason });
  enterChange(database, kind ?? 'conflict', record);
  return { kind: 'conflict', receipt: holder.receipt, reason };
}

/** Adds what is known once the gathering is saved. */
export function withDifferences(outcome: CommitOutcome, gathering: Gathering, record: InstanceRecord): CommitOutcome {
  return outcome.kind === 'stored' ? { kind: 'stored', differs: gathering.differs(record.receipt) } : outcome;
}
