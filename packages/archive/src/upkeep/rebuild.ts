import type { Deletion, InstanceRecord } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { parseOriginalKey, studiesPrefix, type ObjectKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import type { DecisionFact, PurgedFile } from '../change/facts.js';
import { playFact } from '../change/play-fact.js';
import { recordConflict } from '../receive/conflict.js';
import { atOnce } from './at-once.js';
import { ghostOf } from './ghost.js';
import { readFacts, type Facts } from './read-facts.js';
import { readOriginal, unreadable } from './read-original.js';
import { readSeal } from '../seal/read-seal.js';
import { seriesInVault, type StoredOriginal, type StoredSeal } from './series-in-vault.js';

/** What a rebuild found. Keys are named, as whoever looks after the vault has to find them. */
export interface RebuildReport {
  readonly instances: number;
  readonly bytes: number;
  /** Files kept aside, deletions and decisions taken over. */
  readonly conflicts: number;
  readonly deletions: number;
  readonly decisions: number;
  /** Originals whose bytes are there under another receipt: left by a crash or a race, for the sweeper. */
  readonly twins: readonly string[];
  /** Originals of which nobody had said that they are in conflict; the one received first counts. */
  readonly newConflicts: readonly string[];
  /** Objects that cannot be read as what they are. */
  readonly damaged: readonly string[];
  /** Receipts that facts name and that have no original. */
  readonly missing: readonly string[];
}

export interface RebuildOptions {
  /** Told now and then how far it is. */
  readonly onProgress?: (done: { readonly instances: number; readonly bytes: number }) => void;
  readonly signal?: AbortSignal;
}

/** Series worked on at once, and originals of one read at once: enough to hide the store's latency. */
const [seriesAtOnce, readsAtOnce] = [8, 8];
/** Commits of one Series waited for together. */
const commitsAtOnce = 512;

/**
 * Fills the empty catalog of an archive from its vault alone, so that it answers as before. An original comes as it lies,
 * its values in receipt order all the same, unless a fact is about its SOP Instance UID: all originals of that UID, and
 * the facts, are played again in the order of their receipts.
 */
export async function rebuild(archive: Archive, options: RebuildOptions = {}): Promise<RebuildReport> {
  const facts = await readFacts(archive);
  const rebuilding = new Rebuilding(archive, facts, options);
  await rebuilding.findNamed();
  await rebuilding.takeOriginals();
  await rebuilding.playFacts();
  await rebuilding.playPurges();
  await rebuilding.adoptSeals();
  return rebuilding.report();
}

interface NamedOriginal {
  readonly key: ObjectKey;
  readonly receipt: string;
}

interface SealedMember {
  readonly length: number;
  readonly crc32: number;
}

class Rebuilding {
  readonly #archive: Archive;
  readonly #facts: Facts;
  readonly #options: RebuildOptions;
  readonly #namedUids = new Set<string>();
  readonly #named: NamedOriginal[] = [];
  readonly #ghosts: PurgedFile[] = [];
  readonly #twins: string[] = [];
  readonly #newConflicts: string[] = [];
  readonly #damaged: string[];
  readonly #seals: (StoredSeal & SealedMember & { readonly instances: number })[] = [];
  #bytes = 0;
  #instances = 0;

  constructor(archive: Archive, facts: Facts, options: RebuildOptions) {
    this.#archive = archive;
    this.#facts = facts;
    this.#options = options;
    this.#damaged = [...facts.damaged];
  }

  /** Finds out of which SOP Instance UIDs the originals are that facts name. */
  async findNamed(): Promise<void> {
    for (const { files } of this.#facts.purges) for (const { instanceUid } of files) this.#namedUids.add(instanceUid);
    if (this.#facts.named.size === 0) return;
    for await (const { key } of this.#archive.vault.list(studiesPrefix)) {
      const name = parseOriginalKey(key);
      if (name !== undefined && this.#facts.named.has(name.receipt)) this.#namedUids.add(name.instanceUid);
    }
  }

  /** Takes in all originals whose UID no fact is about: from the seal of their Series when it has them, else by reading. */
  async takeOriginals(): Promise<void> {
    await atOnce(seriesInVault(this.#archive.vault), seriesAtOnce, async ({ originals, seal }) => {
      this.#options.signal?.throwIfAborted();
      const left = new Map<string, StoredOriginal>();
      for (const original of originals) {
        if (this.#namedUids.has(original.instanceUid)) this.#named.push(original);
        else left.set(original.receipt, original);
      }
      if (seal !== undefined) await this.#takeSealed(seal, left);
      await atOnce(left.values(), readsAtOnce, async (original) => {
        this.#options.signal?.throwIfAborted();
        await this.#take(original);
      });
    });
  }

  /** Takes in what the seal says of originals that lie there in the size it says, and takes them off the list. */
  async #takeSealed(seal: StoredSeal, left: Map<string, StoredOriginal>): Promise<void> {
    const taken: Promise<void>[] = [];
    let instances = 0;
    let all = true;
    const member: { found?: SealedMember } = {};
    try {
      for await (const record of readSeal(this.#archive.vault, seal, (read) => (member.found = read))) {
        const original = left.get(record.receipt);
        const { key, length } = record.location;
        if (original === undefined || original.key !== key || original.size !== length) {
          all = false;
          continue;
        }
        left.delete(record.receipt);
        instances += 1;
        taken.push(this.#commit(record));
        this.#count(length);
        if (taken.length % commitsAtOnce === 0) await Promise.all(taken.splice(0));
      }
    } catch (error) {
      if (!(error instanceof BuckyError) || !unreadable.has(error.code)) throw error;
      this.#damaged.push(seal.key);
      all = false;
    }
    await Promise.all(taken);
    if (all && member.found !== undefined) this.#seals.push({ ...seal, ...member.found, instances });
  }

  /** Has Series whose seal says just what they hold count as sealed. */
  async adoptSeals(): Promise<void> {
    for (const seal of this.#seals) await this.#archive.catalog.adoptSeal(seal);
  }

  #count(bytes: number): void {
    this.#instances += 1;
    this.#bytes += bytes;
    this.#options.onProgress?.({ instances: this.#instances, bytes: this.#bytes });
  }

  /** Plays again, in the order of receipts, the other originals and the facts. */
  async playFacts(): Promise<void> {
    const there = new Set(this.#named.map(({ receipt }) => receipt));
    const purged = this.#facts.purges.flatMap(({ files }) => files);
    this.#ghosts.push(...purged.filter(({ receipt }) => !there.has(receipt)));
    const events = [...this.#named, ...this.#ghosts, ...this.#facts.inOrder].sort((a, b) =>
      a.receipt < b.receipt ? -1 : 1,
    );
    for (const event of events) {
      this.#options.signal?.throwIfAborted();
      if ('key' in event) await this.#take(event);
      else if ('sha256' in event) await this.#enter(ghostOf(event));
      else await playFact(this.#archive.catalog, event);
    }
  }

  /** Ends what was removed for good; what of it is still there is left to the next purge, which goes on with it. */
  async playPurges(): Promise<void> {
    const { catalog } = this.#archive;
    for (const { receipt } of this.#ghosts) await catalog.forget({ receipts: [receipt], fact: receipt });
    for (const { deletion, at } of this.#facts.purges) {
      try {
        await catalog.beginPurge({ deletion, at });
        const [left] = await catalog.hiddenLocations({ deletion, limit: 1 });
        if (left === undefined) await catalog.purged({ deletion, at });
      } catch (error) {
        // Its deletion is damaged, which is reported.
        if (!(error instanceof BuckyError && (error.code === 'conflict' || error.code === 'not-found'))) throw error;
      }
    }
  }

  async report(): Promise<RebuildReport> {
    const { instances, bytes, conflicts } = await this.#archive.catalog.counts({ kind: 'everything' });
    const there = new Set([...this.#named, ...this.#ghosts].map(({ receipt }) => receipt));
    const isDeletion = (fact: Deletion | DecisionFact): boolean => 'hides' in fact;
    return {
      ...{ instances, bytes, conflicts },
      deletions: this.#facts.inOrder.filter(isDeletion).length,
      decisions: this.#facts.inOrder.filter((fact) => !isDeletion(fact)).length,
      twins: this.#twins,
      newConflicts: this.#newConflicts,
      damaged: this.#damaged,
      missing: [...this.#facts.named].filter((receipt) => !there.has(receipt)),
    };
  }

  async #take({ key, receipt }: NamedOriginal): Promise<void> {
    const record = await this.#read({ key, receipt });
    if (record === undefined) return;
    const conflict = this.#facts.conflicts.get(receipt);
    if (conflict === undefined) await this.#commit(record);
    else await this.#archive.catalog.enterConflict(record, conflict);
    this.#count(record.location.length);
  }

  /** Enters a file that is gone as what it was. */
  async #enter(ghost: InstanceRecord): Promise<void> {
    const conflict = this.#facts.conflicts.get(ghost.receipt);
    if (conflict === undefined) await this.#archive.commits.commit(ghost);
    else await this.#archive.catalog.enterConflict(ghost, conflict);
  }

  async #commit(record: InstanceRecord): Promise<void> {
    const outcome = await this.#archive.commits.commit(record);
    if (outcome.kind === 'duplicate') this.#twins.push(record.location.key);
    if (outcome.kind !== 'conflict') return;
    this.#newConflicts.push(record.location.key);
    await recordConflict(this.#archive, record, { reason: outcome.reason, against: outcome.receipt });
  }

  /** Reads one original; one that is no DICOM or not the Instance that its key names is reported and left. */
  async #read(original: NamedOriginal): Promise<InstanceRecord | undefined> {
    try {
      const record = await readOriginal(this.#archive, { ...original, source: 'rebuild' });
      const name = parseOriginalKey(original.key);
      if (record.instanceUid === name?.instanceUid) return record;
    } catch (error) {
      if (!(error instanceof BuckyError) || !unreadable.has(error.code)) throw error;
    }
    this.#damaged.push(original.key);
    return undefined;
  }
}
