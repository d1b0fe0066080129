import type { Deletion, InstanceRecord } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { parseOriginalKey, studiesPrefix, type ObjectKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import type { DecisionFact } from '../change/facts.js';
import { recordConflict } from '../receive/conflict.js';
import { atOnce } from './at-once.js';
import { readFacts, type Facts } from './read-facts.js';
import { readOriginal } from './read-original.js';

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

/** Originals read at once: enough to hide the store's latency, few enough for a disk. */
const readsAtOnce = 16;

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
  return rebuilding.report();
}

interface NamedOriginal {
  readonly key: ObjectKey;
  readonly receipt: string;
}

class Rebuilding {
  readonly #archive: Archive;
  readonly #facts: Facts;
  readonly #options: RebuildOptions;
  readonly #namedUids = new Set<string>();
  readonly #named: NamedOriginal[] = [];
  readonly #twins: string[] = [];
  readonly #newConflicts: string[] = [];
  readonly #damaged: string[];
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
    if (this.#facts.named.size === 0) return;
    for await (const { key } of this.#archive.vault.list(studiesPrefix)) {
      const name = parseOriginalKey(key);
      if (name !== undefined && this.#facts.named.has(name.receipt)) this.#namedUids.add(name.instanceUid);
    }
  }

  /** Takes in all originals whose UID no fact is about. */
  async takeOriginals(): Promise<void> {
    await atOnce(this.#archive.vault.list(studiesPrefix), readsAtOnce, async ({ key }) => {
      this.#options.signal?.throwIfAborted();
      const name = parseOriginalKey(key);
      if (name === undefined) return;
      if (this.#namedUids.has(name.instanceUid)) this.#named.push({ key, receipt: name.receipt });
      else await this.#take({ key, receipt: name.receipt });
    });
  }

  /** Plays again, in the order of receipts, the other originals and the facts. */
  async playFacts(): Promise<void> {
    const events = [...this.#named, ...this.#facts.inOrder].sort((a, b) => (a.receipt < b.receipt ? -1 : 1));
    for (const event of events) {
      this.#options.signal?.throwIfAborted();
      if ('key' in event) await this.#take(event);
      else await this.#play(event);
    }
  }

  async report(): Promise<RebuildReport> {
    const { instances, bytes, conflicts } = await this.#archive.catalog.counts({ kind: 'everything' });
    const there = new Set(this.#named.map(({ receipt }) => receipt));
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
    this.#instances += 1;
    this.#bytes += record.location.length;
    this.#options.onProgress?.({ instances: this.#instances, bytes: this.#bytes });
  }

  async #commit(record: InstanceRecord): Promise<void> {
    const outcome = await this.#archive.commits.commit(record);
    if (outcome.kind === 'duplicate') this.#twins.push(record.location.key);
    if (outcome.kind !== 'conflict') return;
    this.#newConflicts.push(record.location.key);
    const { instanceUid, studyUid, seriesUid, sha256 } = record;
    const aside = await this.#archive.catalog.keptAside({ instanceUid, studyUid, seriesUid, sha256 });
    const reason = aside?.reason ?? 'other-bytes';
    await recordConflict(this.#archive, record, { reason, against: outcome.receipt });
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

  async #play(fact: Deletion | DecisionFact): Promise<void> {
    const { catalog } = this.#archive;
    try {
      if ('hides' in fact) await catalog.hide(fact);
      else if (fact.kind === 'undelete') await catalog.unhide(fact);
      else await catalog.decide(fact);
    } catch (error) {
      // It was refused the first time too, or what it is about is missing or damaged, which is reported.
      if (!(error instanceof BuckyError && (error.code === 'conflict' || error.code === 'not-found'))) throw error;
    }
  }
}

const unreadable: ReadonlySet<BuckyError['code']> = new Set([
  'not-dicom',
  'corrupt',
  'unidentified',
  'invalid',
  'limit',
  'not-found',
  'damaged',
]);
