import { Readable } from 'node:stream';
import type { ConflictRecord, Deletion, HiddenFile } from '@bucky/catalog';
import { BuckyError, isUid } from '@bucky/dicom';
import { decisionKey, deletionKey, purgeKey, type ObjectKey, type Vault } from '@bucky/vault';
import { joined } from '../retrieve/stored-bytes.js';

/** How a conflict ended, or that a deletion was undone: what `decisions/<receipt>.json` holds. */
export type DecisionFact =
  | {
      readonly kind: 'conflict';
      readonly receipt: string;
      readonly conflict: string;
      readonly verdict: Verdict;
      readonly by: string;
      readonly at: string;
    }
  | {
      readonly kind: 'undelete';
      readonly receipt: string;
      readonly deletion: string;
      readonly by: string;
      readonly at: string;
    };

/** That what a deletion hid is removed for good, and what it was: what `purges/<receipt of the deletion>.json` holds. */
export interface PurgeFact {
  readonly deletion: string;
  readonly studyUid: string;
  readonly at: string;
  readonly files: readonly PurgedFile[];
}

/** What is left of a file that was removed for good: what a rebuild needs to play its part in what was decided again. */
export type PurgedFile = Omit<HiddenFile, 'key'>;

/** What may be decided about a file that is aside. */
export type Verdict = 'accept' | 'discard' | 'reopen';

/** That a file came under a SOP Instance UID which another held: what `conflicts/<receipt>.json` holds. */
export interface ConflictFact {
  readonly receipt: string;
  /** Receipt of the Instance that held the UID. */
  readonly against: string;
  readonly reason: ConflictRecord['reason'];
}

/** Reads a conflict. Throws `damaged` when it is none. */
export async function readConflict(vault: Vault, key: ObjectKey): Promise<ConflictFact> {
  const { receipt, against = '', reason } = await readJson(vault, key);
  const known = reason === 'other-bytes' || reason === 'other-study-or-series';
  if (typeof receipt !== 'string' || typeof against !== 'string' || !known) {
    throw new BuckyError('damaged', `The record ${key} is no conflict`);
  }
  return { receipt, against, reason };
}

/** Writes a deletion into the vault. */
export async function writeDeletion(vault: Vault, deletion: Deletion): Promise<void> {
  await writeJson(vault, deletionKey(deletion.receipt), deletion);
}

/** Writes a decision into the vault. */
export async function writeDecision(vault: Vault, decision: DecisionFact): Promise<void> {
  await writeJson(vault, decisionKey(decision.receipt), decision);
}

/** Writes a small JSON object. */
export async function writeJson(vault: Vault, key: ObjectKey, value: unknown): Promise<void> {
  const text = Buffer.from(`${JSON.stringify(value)}\n`);
  await vault.putNew(key, Readable.from([text]), { size: text.length });
}

/** Reads a deletion. Throws `damaged` when it is none. */
export async function readDeletion(vault: Vault, key: ObjectKey): Promise<Deletion> {
  const found = await readJson(vault, key);
  const { receipt, studyUid, hides } = found;
  if (typeof receipt !== 'string' || typeof studyUid !== 'string' || !isUid(studyUid) || !Array.isArray(hides)) {
    throw new BuckyError('damaged', `The record ${key} is no deletion`);
  }
  return found as unknown as Deletion; // its other members are optional or text that is only shown
}

/** Writes a purge into the vault, unless it is there already: it would say the same. */
export async function writePurge(vault: Vault, purge: PurgeFact): Promise<void> {
  await writeJson(vault, purgeKey(purge.deletion), purge).catch((error: unknown) => {
    if (!(error instanceof BuckyError && error.code === 'exists')) throw error;
  });
}

/** Reads a purge. Throws `damaged` when it is none. */
export async function readPurge(vault: Vault, key: ObjectKey): Promise<PurgeFact> {
  const found = await readJson(vault, key);
  const { deletion, at, files } = found;
  if (typeof deletion !== 'string' || typeof at !== 'string' || !Array.isArray(files) || !files.every(isPurgedFile)) {
    throw new BuckyError('damaged', `The record ${key} is no purge`);
  }
  return found as unknown as PurgeFact;
}

function isPurgedFile(value: unknown): boolean {
  const { receipt, studyUid, seriesUid, instanceUid, sha256 } = Object(value) as Partial<
    Record<keyof PurgedFile, unknown>
  >;
  const uids = [studyUid, seriesUid, instanceUid];
  return (
    typeof receipt === 'string' &&
    typeof sha256 === 'string' &&
    uids.every((uid) => typeof uid === 'string' && isUid(uid))
  );
}

/** Reads a decision. Throws `damaged` when it is none. */
export async function readDecision(vault: Vault, key: ObjectKey): Promise<DecisionFact> {
  const found = await readJson(vault, key);
  const { kind, receipt, conflict, deletion } = found;
  const about = kind === 'conflict' ? conflict : kind === 'undelete' ? deletion : undefined;
  if (typeof receipt !== 'string' || typeof about !== 'string') {
    throw new BuckyError('damaged', `The record ${key} is no decision`);
  }
  return found as unknown as DecisionFact;
}

/** Reads a small JSON object. Throws `damaged` when it is none. */
export async function readJson(vault: Vault, key: ObjectKey): Promise<Readonly<Record<string, unknown>>> {
  const text = Buffer.from(await joined(await vault.read(key))).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new BuckyError('damaged', `The record ${key} is no JSON`, { cause: error });
  }
  throw new BuckyError('damaged', `The record ${key} is no JSON object`);
}
