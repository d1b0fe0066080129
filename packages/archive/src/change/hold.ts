import { BuckyError, type Uid } from '@bucky/dicom';
import type { HoldFact } from '@bucky/ledger';
import { factPrefixes, holdKey, type ObjectKey, type Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { readJson, writeJson } from './facts.js';

const longestReason = 1000;

interface Held {
  readonly studyUid: Uid;
  readonly by: string;
}

/**
 * Holds a study: it cannot be deleted, and what was deleted of it before is not removed. When this resolves no purge
 * removes anything of it any more. Throws `conflict` when it is held already, `invalid` for a reason that is too long.
 */
export async function holdStudy(
  archive: Archive,
  { studyUid, by, reason }: Held & { readonly reason: string },
): Promise<void> {
  if (reason.length > longestReason) {
    throw new BuckyError('invalid', `The reason may have ${longestReason} characters at most`);
  }
  await change(archive, (receipt, at) => ({ kind: 'hold', receipt, studyUid, reason, by, at }));
}

/** Releases a study that is held. Throws `not-found` when it is not. */
export async function releaseStudy(archive: Archive, { studyUid, by }: Held): Promise<void> {
  await change(archive, (receipt, at) => ({ kind: 'release', receipt, studyUid, by, at }));
}

async function change(archive: Archive, factOf: (receipt: string, at: string) => HoldFact): Promise<void> {
  await archive.inTurn(async () => {
    const fact = factOf(archive.receipts.next(), new Date().toISOString());
    await archive.ledger.change(fact, (one) => writeJson(archive.vault, holdKey(one.receipt), one));
  });
}

/** Refuses to delete a study that is held. Throws `conflict`. */
export async function refuseHeld({ ledger }: Pick<Archive, 'ledger'>, studyUid: string): Promise<void> {
  if ((await ledger.hold(studyUid)) === undefined) return;
  const message = `The study ${studyUid} is held, so that nothing of it can be deleted: bucky hold remove releases it`;
  throw new BuckyError('conflict', message);
}

/**
 * Carries out in the ledger what the vault holds and it does not know: all of it when the ledger is new, else what a crash
 * came between. A record that is damaged is passed by; a rebuild names it.
 */
export async function restoreHolds({ ledger, vault }: Pick<Archive, 'ledger' | 'vault'>): Promise<void> {
  const newest = await ledger.newestFact();
  const place = newest === '' ? {} : { after: holdKey(newest) };
  for await (const { key } of vault.list(factPrefixes.hold, place)) {
    try {
      await ledger.play(await readHold(vault, key));
    } catch (error) {
      if (!(error instanceof BuckyError && error.code === 'damaged')) throw error;
    }
  }
}

/** Reads a fact about a hold. Throws `damaged` when it is none. */
export async function readHold(vault: Vault, key: ObjectKey): Promise<HoldFact> {
  const found = await readJson(vault, key);
  const { kind, receipt, studyUid, reason, by, at } = found;
  const texts = [receipt, studyUid, by, at, ...(kind === 'hold' ? [reason] : [])];
  if ((kind !== 'hold' && kind !== 'release') || texts.some((text) => typeof text !== 'string')) {
    throw new BuckyError('damaged', `The record ${key} tells of no hold`);
  }
  return found as unknown as HoldFact;
}
