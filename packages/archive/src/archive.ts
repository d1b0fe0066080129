import type { Catalog } from '@bucky/catalog';
import type { Vault } from '@bucky/vault';
import type { InFlightBudget } from './receive/in-flight-budget.js';
import type { CommitQueue } from './receive/commit-queue.js';

/** What a composed archive may be told; every field has a default in {@link defaultPolicies}. */
export interface Policies {
  /** Instances up to this size are held within the budget, so that known bytes never reach the vault. */
  readonly bufferedBytes: number;
  /** Bytes of uploads held in memory at once, over all requests. */
  readonly inFlightBytes: number;
  /** Character set of text whose Data Set declares none and that is not UTF-8: a Defined Term of (0008,0005). */
  readonly defaultCharacterSet: string;
  /** Limits of the reader; each refusal names the one it met. */
  readonly limits: ReaderLimits;
  /** Store is refused with `full` while the vault or the data folder has less than this free. */
  readonly reservedBytes: number;
}

export interface ReaderLimits {
  readonly headerBytes: number;
  readonly depth: number;
  readonly elements: number;
  readonly valueBytes: number;
  readonly partBytes: number;
  readonly inflatedRatio: number;
}

/** The composition: one archive of vault, catalog and policies. A server may hold several. */
export interface Archive {
  readonly vault: Vault;
  readonly catalog: Catalog;
  readonly policies: Policies;
  readonly budget: InFlightBudget;
  readonly commits: CommitQueue;
  /** Folder for large uploads under a known UID, until they are compared. */
  readonly spoolFolder: string;
}
