import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Catalog } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { memoryLedger, type Ledger } from '@bucky/ledger';
import { formatKey, formatText, type ObjectKey, type Vault } from '@bucky/vault';
import { defaultPolicies, type Archive, type Policies } from './archive.js';
import { restoreHolds } from './change/hold.js';
import { journaled, openJournal } from './journal.js';
import { commitQueue } from './receive/commit-queue.js';
import { headerBudget } from './receive/header-room.js';
import { FreeSpace } from './receive/free-space.js';
import { inFlightBudget } from './receive/in-flight-budget.js';
import { receiptMaker } from './receive/receipt.js';
import { sealCache } from './seal/seal-cache.js';
import { turns } from './turns.js';
import { recover, type Recovered } from './upkeep/recover.js';

export interface ArchiveParts {
  readonly vault: Vault;
  readonly catalog: Catalog;
  /** Without it one that lives in memory, restored from the vault like any other. */
  readonly ledger?: Ledger;
  /** Folder for what is local to this archive; nothing in it but the catalog outlives a restart. */
  readonly folder: string;
  readonly policies?: Partial<Policies>;
  /** False for a catalog that is to be filled anew: nothing is finished that a crash left half done. */
  readonly recovers?: boolean;
  /** Told of what was left half done, and is finished now. */
  readonly onRecovered?: (recovered: Recovered) => void;
}

/** Composes an archive of its parts, which it then closes. Throws what the vault and the disk throw. */
export async function openArchive(parts: ArchiveParts): Promise<Archive> {
  const { catalog, ledger = memoryLedger(), folder, policies = {}, recovers = true, onRecovered } = parts;
  const settled = { ...defaultPolicies, ...policies };
  const spoolFolder = join(folder, 'spool');
  await emptyFolder(spoolFolder);
  await describeVault(parts.vault);
  const { journal, left } = await openJournal(folder);
  const vault = journaled(parts.vault, journal);
  await restoreHolds({ ledger, vault });
  const archive: Archive = {
    vault,
    catalog,
    ledger,
    policies: settled,
    budget: inFlightBudget(settled.inFlightBytes),
    headerBudget: headerBudget(settled),
    space: new FreeSpace({ vault, folder: spoolFolder, reservedBytes: settled.reservedBytes }),
    commits: commitQueue(catalog),
    receipts: receiptMaker({ after: await newestReceipt({ catalog, ledger }, left) }),
    inTurn: turns(),
    seals: await sealCache(vault, { folder: join(folder, 'seals'), limit: settled.sealCacheBytes }),
    spoolFolder,
    async close() {
      try {
        await catalog.close();
      } finally {
        try {
          await ledger.close();
        } finally {
          await vault.close();
        }
      }
      await journal.close();
    },
  };
  if (recovers) {
    const recovered = await recover(archive, left);
    if (recovered.originals + recovered.facts > 0) onRecovered?.(recovered);
  }
  return archive;
}

/** Receipts of what a crash left half done may be newer than all that the catalog knows. */
async function newestReceipt(
  { catalog, ledger }: Pick<Archive, 'catalog' | 'ledger'>,
  left: readonly ObjectKey[],
): Promise<string | undefined> {
  const receipts = left.map((key) => /([0-9a-z]{26})\.(?:dcm|json)$/.exec(key)?.[1]);
  const known = [await catalog.newestReceipt(), await ledger.newestFact(), ...receipts].filter(
    (receipt) => receipt !== undefined,
  );
  return known
    .filter((receipt) => receipt !== '')
    .sort()
    .at(-1);
}

async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) await rm(join(folder, name), { force: true });
}

/** Puts the text that explains the vault into it, once. */
async function describeVault(vault: Vault): Promise<void> {
  if ((await vault.stat(formatKey)) !== undefined) return;
  try {
    await vault.putNew(formatKey, Readable.from([Buffer.from(formatText)]));
  } catch (error) {
    if (!(error instanceof BuckyError && error.code === 'exists')) throw error;
  }
}
