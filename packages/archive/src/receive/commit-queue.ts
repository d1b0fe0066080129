import type { Catalog, CommitOutcome, InstanceRecord } from '@bucky/catalog';

/** Most records that share a transaction: more would only make those at its head wait. */
const batchSize = 256;

/** Gathers records while a transaction is under way, so that many share one sync of the disk. */
export interface CommitQueue {
  /** Resolves once the record is committed and synced; rejects with what the catalog threw. */
  commit(record: InstanceRecord): Promise<CommitOutcome>;
}

interface Waiting {
  readonly record: InstanceRecord;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes the queue in front of a catalog; it is as long as the budget of uploads lets it be. */
export function commitQueue(catalog: Pick<Catalog, 'commit'>): CommitQueue {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function commitAll(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await catalog.commit(batch.map(({ record }) => record));
      batch.forEach(({ resolve }, index) => {
        resolve(outcomes[index]!);
      });
    } catch (error) {
      // One record that cannot be written must not take the others with it.
      if (batch.length === 1) batch[0]!.reject(error);
      else for (const one of batch) await commitAll([one]);
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize);
      waiting = waiting.slice(batchSize);
      await commitAll(batch);
    }
    running = undefined;
  }

  return {
    commit(record) {
      return new Promise((resolve, reject) => {
        waiting.push({ record, resolve, reject });
        // Started in a later turn, so that what arrives in this one goes along.
        running ??= Promise.resolve().then(run);
      });
    },
  };
}
