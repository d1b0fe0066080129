import type { Catalog } from '@bucky/catalog';
import type { ReaderLimits } from '@bucky/dicom';
import type { Ledger } from '@bucky/ledger';
import type { Vault } from '@bucky/vault';
import type { CommitQueue } from './receive/commit-queue.js';
import type { FreeSpace } from './receive/free-space.js';
import type { InFlightBudget } from './receive/in-flight-budget.js';
import type { ReceiptMaker } from './receive/receipt.js';
import type { SealCache } from './seal/seal-cache.js';

/** What an archive may be told; {@link defaultPolicies} is safe for a hospital. */
export interface Policies {
  /** Instances up to this size are held in memory, so that bytes that are known never reach the vault. */
  readonly bufferedBytes: number;
  /** Bytes of uploads held in memory at once, over all requests. */
  readonly inFlightBytes: number;
  /** Largest Part 10 file that is taken. */
  readonly partBytes: number;
  /** Most parts of one store. */
  readonly partsPerRequest: number;
  /** An upload is refused with `full` while the vault or the data folder has less than this free. */
  readonly reservedBytes: number;
  /** Most bytes of sealed metadata kept on the local disk besides the vault. */
  readonly sealCacheBytes: number;
  /** Character set of text whose Data Set declares none and that is not UTF-8: a Defined Term of (0008,0005). */
  readonly defaultCharacterSet: string;
  readonly limits: Partial<ReaderLimits>;
}

const mebibyte = 2 ** 20;

export const defaultPolicies: Policies = {
  bufferedBytes: 8 * mebibyte,
  inFlightBytes: 256 * mebibyte,
  partBytes: 64 * 1024 * mebibyte,
  partsPerRequest: 100_000,
  reservedBytes: 1024 * mebibyte,
  sealCacheBytes: 1024 * mebibyte,
  defaultCharacterSet: 'ISO_IR 100',
  limits: {},
};

/** The composition: one archive of vault, catalog and policies. A server may hold several. */
export interface Archive {
  readonly vault: Vault;
  readonly catalog: Catalog;
  readonly ledger: Ledger;
  readonly policies: Policies;
  readonly budget: InFlightBudget;
  /** Memory of parsed headers, apart from those that are small. */
  readonly headerBudget: InFlightBudget;
  readonly space: FreeSpace;
  readonly commits: CommitQueue;
  readonly receipts: ReceiptMaker;
  /** Runs one piece of work after the other, so that facts are in the same order in vault and catalog. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Sealed metadata on the local disk. */
  readonly seals: SealCache;
  /** Folder for uploads that are large under a known UID, or for which memory has no room, until they have been compared. */
  readonly spoolFolder: string;
  /** Closes vault, catalog and ledger; nothing may be under way. */
  close(): Promise<void>;
}
