import type { Deletion } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { factPrefixes } from '@bucky/vault';
import type { Archive } from '../archive.js';
import {
  readConflict,
  readDecision,
  readDeletion,
  readPurge,
  type ConflictFact,
  type DecisionFact,
  type PurgeFact,
} from '../change/facts.js';
import { readHold } from '../change/hold.js';
import { atOnce } from './at-once.js';

/** All that was decided and found out besides the originals, by receipt. */
export interface Facts {
  readonly conflicts: ReadonlyMap<string, ConflictFact>;
  /** Deletions and decisions in the order of their receipts. */
  readonly inOrder: readonly (Deletion | DecisionFact)[];
  /** What was removed for good, or began to be. */
  readonly purges: readonly PurgeFact[];
  /** Receipts of originals that a fact names: what they are depends on the order of things. */
  readonly named: ReadonlySet<string>;
  /** Keys of records that cannot be read. */
  readonly damaged: readonly string[];
}

const readsAtOnce = 16;

/** Reads the facts that lie in the vault. Throws `unavailable`. */
export async function readFacts({ vault }: Archive): Promise<Facts> {
  const conflicts = new Map<string, ConflictFact>();
  const facts: (Deletion | DecisionFact)[] = [];
  const purges: PurgeFact[] = [];
  const damaged: string[] = [];
  const read = async (prefix: string, one: (key: Parameters<typeof readConflict>[1]) => Promise<void>) => {
    await atOnce(vault.list(prefix), readsAtOnce, async ({ key }) => {
      try {
        await one(key);
      } catch (error) {
        if (!(error instanceof BuckyError && error.code === 'damaged')) throw error;
        damaged.push(key);
      }
    });
  };
  await read(factPrefixes.conflict, async (key) => {
    const conflict = await readConflict(vault, key);
    conflicts.set(conflict.receipt, conflict);
  });
  await read(factPrefixes.deletion, async (key) => void facts.push(await readDeletion(vault, key)));
  await read(factPrefixes.decision, async (key) => void facts.push(await readDecision(vault, key)));
  await read(factPrefixes.purge, async (key) => void purges.push(await readPurge(vault, key)));
  await read(factPrefixes.hold, async (key) => {
    await readHold(vault, key); // only to find damage: the ledger was restored when the archive was opened
  });
  const named = new Set(conflicts.keys());
  for (const { files } of purges) for (const { receipt } of files) named.add(receipt);
  for (const fact of facts) {
    if ('hides' in fact) for (const receipt of fact.hides) named.add(receipt);
    else if (fact.kind === 'conflict') named.add(fact.conflict);
  }
  const inOrder = facts.sort((one, other) => (one.receipt < other.receipt ? -1 : 1));
  return { conflicts, inOrder, purges, named, damaged };
}
