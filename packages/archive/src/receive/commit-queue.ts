import type { CommitOutcome, InstanceRecord } from '@bucky/catalog';

/** Gathers records while a transaction is under way, so that many share one sync of the disk. */
export interface CommitQueue {
  commit(record: InstanceRecord): Promise<CommitOutcome>;
}
