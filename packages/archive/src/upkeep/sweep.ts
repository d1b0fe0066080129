import { BuckyError } from '@bucky/dicom';
import {
  conflictKey,
  factPrefixes,
  isObjectKey,
  parseOriginalKey,
  parseRecordKey,
  studiesPrefix,
  type ListedObject,
  type ObjectKey,
} from '@bucky/vault';
import type { Archive } from '../archive.js';
import { readJson } from '../change/facts.js';
import { receiptTime } from '../receive/receipt.js';
import { readOriginal, unreadable } from './read-original.js';

/**
 * Why an object is an orphan: the same bytes are kept under another receipt; it was never acknowledged; or it is a record
 * about a file that is not there.
 */
export type OrphanReason = 'same-bytes' | 'not-acknowledged' | 'nothing-named';

/** What a sweep tells while it goes on; `ended` comes last. */
export type SweepEvent =
  | {
      readonly kind: 'orphan';
      readonly key: string;
      readonly size: number;
      readonly reason: OrphanReason;
      /** False in a dry run, and for what became known meanwhile. */
      readonly removed: boolean;
    }
  /** An object the catalog does not know and that stays, as it may be all there is of a file that was acknowledged. */
  | { readonly kind: 'left'; readonly key: string; readonly reason: 'unreadable' | 'acknowledged' }
  | { readonly kind: 'progress'; readonly objects: number }
  | {
      readonly kind: 'ended';
      readonly removed: number;
      readonly bytes: number;
      /** Objects the catalog does not know that are younger than the grace time. */
      readonly young: number;
      readonly left: number;
    };

export interface SweepOptions {
  /** Nothing whose receipt is younger is touched. */
  readonly graceMs: number;
  readonly now?: Date;
  readonly dryRun?: boolean;
  /** Removes what was never acknowledged however much it is. */
  readonly all?: boolean;
  readonly signal?: AbortSignal;
}

const objectsOfPage = 500;
/** More files that nobody acknowledged than this, and than this part of all, mean that the catalog is an old one. */
const [fewOrphans, fewOfAll] = [20, 0.01];

/**
 * Removes objects that nothing knows and that are older than a grace time by their receipt: what a crash between vault and
 * catalog left, what lost a race of the same bytes, and records of conflicts about files that are gone. Before an object
 * goes its receipt is claimed in the catalog, so that no upload can enter it any more. What cannot be read stays, and so
 * does what a record names: it may be a file that a rebuild could not take in. Throws `conflict` when so much is unknown
 * that the catalog must be older than the vault.
 */
export async function* sweep(archive: Archive, options: SweepOptions): AsyncGenerator<SweepEvent, void> {
  const sweeping = new Sweep(archive, options);
  yield* sweeping.originals();
  yield* sweeping.records();
  yield sweeping.ended();
}

interface Orphan {
  readonly key: ObjectKey;
  readonly size: number;
  readonly receipt: string;
  readonly reason: OrphanReason;
}

class Sweep {
  readonly #archive: Archive;
  readonly #options: SweepOptions;
  readonly #before: number;
  #objects = 0;
  #removed = 0;
  #bytes = 0;
  #young = 0;
  #left = 0;

  constructor(archive: Archive, options: SweepOptions) {
    this.#archive = archive;
    this.#options = options;
    this.#before = (options.now ?? new Date()).getTime() - options.graceMs;
  }

  async *originals(): AsyncIterable<SweepEvent> {
    const limit = await this.#mostOrphans();
    const waiting: Orphan[] = [];
    for await (const page of this.#unknown(studiesPrefix, (key) => parseOriginalKey(key)?.receipt)) {
      for (const object of page) {
        this.#options.signal?.throwIfAborted();
        const reason = await this.#reasonOf(object);
        if (reason === 'unreadable' || reason === 'acknowledged') yield this.#leave(object.key, reason);
        else if (reason === 'same-bytes' || limit === Infinity) yield await this.#remove({ ...object, reason });
        else if (waiting.push({ ...object, reason }) > limit) throw tooMany(limit);
      }
      yield { kind: 'progress', objects: this.#objects };
    }
    for (const orphan of waiting) yield await this.#remove(orphan);
  }

  async *records(): AsyncIterable<SweepEvent> {
    for await (const page of this.#unknown(factPrefixes.conflict, parseRecordKey)) {
      for (const object of page) {
        if (await this.#namesNothing(object.key)) yield await this.#remove({ ...object, reason: 'nothing-named' });
      }
      yield { kind: 'progress', objects: this.#objects };
    }
  }

  ended(): SweepEvent {
    return { kind: 'ended', removed: this.#removed, bytes: this.#bytes, young: this.#young, left: this.#left };
  }

  /** Gives, page by page, the old objects whose receipts no file of the catalog has. */
  async *#unknown(
    prefix: string,
    receiptOf: (key: string) => string | undefined,
  ): AsyncIterable<readonly (ListedObject & { readonly receipt: string })[]> {
    const { catalog, vault } = this.#archive;
    for await (const page of pages(vault.list(prefix, signalOf(this.#options)))) {
      this.#objects += page.length;
      const named = page.flatMap((object) => {
        const receipt = receiptOf(object.key);
        return receipt === undefined ? [] : [{ ...object, receipt }];
      });
      // After the listing: what was under way when it was listed may have become known.
      const known = new Set(await catalog.knownReceipts(named.map(({ receipt }) => receipt)));
      const unknown = named.filter(({ receipt }) => !known.has(receipt));
      const old = unknown.filter(({ receipt }) => receiptTime(receipt).getTime() <= this.#before);
      this.#young += unknown.length - old.length;
      yield old;
    }
  }

  /** Reads an original to find out what it is. */
  async #reasonOf(object: {
    readonly key: ObjectKey;
    readonly receipt: string;
  }): Promise<OrphanReason | 'unreadable' | 'acknowledged'> {
    const { catalog, vault } = this.#archive;
    const { key, receipt } = object;
    try {
      const { instanceUid, studyUid, seriesUid, sha256 } = await readOriginal(this.#archive, {
        ...{ key, receipt, source: 'sweep' },
      });
      const file = { instanceUid, studyUid, seriesUid, sha256 };
      const holder = await catalog.known(instanceUid);
      const twin = holder?.sha256 === sha256 ? holder : await catalog.keptAside(file);
      // Where the object of the known file is gone, this is all there is of it.
      if (twin !== undefined) return (await this.#isThere(twin.receipt)) ? 'same-bytes' : 'acknowledged';
      return (await vault.stat(conflictKey(receipt))) === undefined ? 'not-acknowledged' : 'acknowledged';
    } catch (error) {
      if (error instanceof BuckyError && unreadable.has(error.code)) return 'unreadable';
      throw error;
    }
  }

  /** Tells whether the object of a known file lies there in its size. */
  async #isThere(receipt: string): Promise<boolean> {
    const file = await this.#archive.catalog.file(receipt);
    if (file === undefined) return false;
    const { key, offset, length } = file.location;
    const found = await this.#archive.vault.stat(key as ObjectKey); // the layout made it
    return found !== undefined && found.size >= offset + length;
  }

  /** Tells whether a conflict names a file that is not there; what was purged is named on purpose, for a rebuild. */
  async #namesNothing(record: ObjectKey): Promise<boolean> {
    const { catalog, vault } = this.#archive;
    try {
      const { key, studyUid } = await readJson(vault, record);
      if (typeof key !== 'string' || !isObjectKey(key) || typeof studyUid !== 'string') return false;
      return (await vault.stat(key)) === undefined && !(await catalog.hasPurge(studyUid));
    } catch (error) {
      if (error instanceof BuckyError && (error.code === 'damaged' || error.code === 'not-found')) return false;
      throw error;
    }
  }

  async #remove({ key, size, receipt, reason }: Orphan): Promise<SweepEvent> {
    const removed = this.#options.dryRun !== true && (await this.#archive.catalog.claimOrphans([receipt])).length > 0;
    if (removed) {
      await this.#archive.vault.delete(key);
      this.#removed += 1;
      this.#bytes += size;
    }
    return { kind: 'orphan', key, size, reason, removed };
  }

  #leave(key: string, reason: 'unreadable' | 'acknowledged'): SweepEvent {
    this.#left += 1;
    return { kind: 'left', key, reason };
  }

  async #mostOrphans(): Promise<number> {
    if (this.#options.all === true || this.#options.dryRun === true) return Infinity;
    const { instances } = await this.#archive.catalog.counts({ kind: 'everything' });
    return Math.max(fewOrphans, Math.floor(instances * fewOfAll));
  }
}

function tooMany(limit: number): BuckyError {
  const what = `More than ${limit} files in the vault are unknown to the catalog, which seems to be older than the vault`;
  return new BuckyError(
    'conflict',
    `${what}: run bucky rebuild, or sweep --all if they are not wanted. None of them was removed`,
  );
}

async function* pages(objects: AsyncIterable<ListedObject>): AsyncIterable<readonly ListedObject[]> {
  let page: ListedObject[] = [];
  for await (const object of objects) {
    page.push(object);
    if (page.length < objectsOfPage) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function signalOf({ signal }: SweepOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
