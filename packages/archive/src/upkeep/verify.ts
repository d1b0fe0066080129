import { createHash } from 'node:crypto';
import type { StoredFile } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import type { ObjectKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { atOnce } from './at-once.js';
import { pacer } from './pace.js';

/** What is wrong with an object: it is not there, has another length or other bytes, or the store cannot read it. */
export type Damage = 'missing' | 'wrong-size' | 'wrong-bytes' | 'unreadable';

/** An object that is not what was stored, with the Instance it holds. */
export interface DamagedObject {
  readonly kind: 'damaged';
  readonly key: string;
  readonly damage: Damage;
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
}

/** What a verification tells while it goes on; `ended` comes last. */
export type VerifyEvent =
  | DamagedObject
  | { readonly kind: 'progress'; readonly files: number; readonly bytes: number }
  | {
      readonly kind: 'ended';
      readonly files: number;
      readonly bytes: number;
      readonly damaged: number;
      /** True when the last file of the archive was reached, so that the next run begins with the first. */
      readonly atEnd: boolean;
    };

export interface VerifyOptions {
  /**
   * Reads about so many bytes, from where the last run with a budget ended; at least one file. Without it all files are
   * read from the first on, and that place stays.
   */
  readonly bytes?: number;
  /** Most bytes a second. */
  readonly bytesPerSecond?: number;
  readonly signal?: AbortSignal;
}

const walkName = 'verify';
const filesOfPage = 128;
/** Files of a batch, after which the place is kept: the fewer, the less is read again after a crash. */
const [filesOfBatch, bytesOfBatch] = [32, 64 * 2 ** 20];
const readsAtOnce = 4;
/** So many objects in a row that the store cannot read mean that it is down, not that they are damaged. */
const failuresInRow = 8;

/**
 * Reads files again as they lie in the vault and compares them with size and SHA-256 as they were received: live ones, and
 * those that are kept aside or hidden. In the order of receipt, which never changes, so that a run can go on where one
 * ended. Throws `unavailable` when the store does not answer, `aborted`.
 */
export async function* verify(archive: Archive, options: VerifyOptions = {}): AsyncGenerator<VerifyEvent, void> {
  const { catalog } = archive;
  const verification = new Verification(archive, options);
  let left = options.bytes ?? Infinity;
  let after = options.bytes === undefined ? '' : await catalog.position(walkName);
  let [files, bytes, damaged] = [0, 0, 0];
  let atEnd = false;
  while (left > 0 && !atEnd) {
    const page = await catalog.files({ after, limit: filesOfPage });
    atEnd = page.length === 0;
    for (const batch of batches(page, left)) {
      if (left <= 0) break;
      for (const one of await verification.check(batch)) {
        damaged += 1;
        yield one;
      }
      const size = sizeOf(batch);
      [files, bytes, left] = [files + batch.length, bytes + size, left - Math.max(1, size)];
      after = batch.at(-1)!.receipt;
      if (options.bytes !== undefined) await catalog.setPosition({ name: walkName, position: after });
      yield { kind: 'progress', files, bytes };
    }
  }
  if (!atEnd) atEnd = (await catalog.files({ after, limit: 1 })).length === 0;
  if (atEnd && options.bytes !== undefined) await catalog.setPosition({ name: walkName, position: '' });
  yield { kind: 'ended', files, bytes, damaged, atEnd };
}

/** Cuts a page into batches; the first is no more than one file over the budget. */
function* batches(page: readonly StoredFile[], budget: number): Iterable<readonly StoredFile[]> {
  const limit = Math.min(budget, bytesOfBatch);
  let batch: StoredFile[] = [];
  for (const file of page) {
    batch.push(file);
    if (batch.length < filesOfBatch && sizeOf(batch) < limit) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function sizeOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { location }) => sum + location.length, 0);
}

class Verification {
  readonly #archive: Archive;
  readonly #signal: AbortSignal | undefined;
  readonly #pace: ReturnType<typeof pacer>;
  #failures = 0;

  constructor(archive: Archive, { signal, bytesPerSecond }: VerifyOptions) {
    this.#archive = archive;
    this.#signal = signal;
    this.#pace = pacer(bytesPerSecond);
  }

  /** Tells which of some files are damaged, in their order. */
  async check(files: readonly StoredFile[]): Promise<readonly DamagedObject[]> {
    const found: DamagedObject[] = [];
    await atOnce(files, readsAtOnce, async (file) => {
      const damage = await this.#damageOf(file);
      // What was deleted for good while it was read is no damage.
      if (damage === undefined || (await this.#archive.catalog.file(file.receipt)) === undefined) return;
      const { location, receipt, studyUid, seriesUid, instanceUid } = file;
      found.push({ kind: 'damaged', key: location.key, damage, receipt, studyUid, seriesUid, instanceUid });
    });
    return found.sort((one, other) => (one.receipt < other.receipt ? -1 : 1));
  }

  async #damageOf(file: StoredFile): Promise<Damage | undefined> {
    try {
      const damage = await this.#compare(file);
      this.#failures = 0;
      return damage;
    } catch (error) {
      if (!(error instanceof BuckyError)) throw error;
      if (error.code === 'not-found') return 'missing';
      if (error.code === 'range-unsatisfiable') return 'wrong-size';
      if (error.code !== 'damaged' && error.code !== 'unavailable') throw error;
      if (error.code === 'unavailable' && ++this.#failures >= failuresInRow) throw error;
      return 'unreadable';
    }
  }

  async #compare({ location, sha256 }: StoredFile): Promise<Damage | undefined> {
    const { key, offset, length } = location;
    // A whole object is read without a range, as it may have grown.
    const range = offset === 0 ? {} : { range: { start: offset, end: offset + length } };
    const signal = this.#signal === undefined ? {} : { signal: this.#signal };
    const hash = createHash('sha256');
    let size = 0;
    // Locations hold only keys that the vault's layout has made.
    for await (const chunk of await this.#archive.vault.read(key as ObjectKey, { ...range, ...signal })) {
      hash.update(chunk);
      size += chunk.length;
      if (size > length) return 'wrong-size';
      await this.#pace(chunk.length, this.#signal);
    }
    if (size !== length) return 'wrong-size';
    return hash.digest('hex') === sha256 ? undefined : 'wrong-bytes';
  }
}
