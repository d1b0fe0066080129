import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Catalog } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { formatKey, formatText, type Vault } from '@bucky/vault';
import { defaultPolicies, type Archive, type Policies } from './archive.js';
import { commitQueue } from './receive/commit-queue.js';
import { inFlightBudget } from './receive/in-flight-budget.js';
import { receiptMaker } from './receive/receipt.js';
import { turns } from './turns.js';

export interface ArchiveParts {
  readonly vault: Vault;
  readonly catalog: Catalog;
  /** Folder for what is local to this archive; nothing in it but the catalog outlives a restart. */
  readonly folder: string;
  readonly policies?: Partial<Policies>;
}

/** Composes an archive of its parts, which it then closes. Throws what the vault and the disk throw. */
export async function openArchive({ vault, catalog, folder, policies = {} }: ArchiveParts): Promise<Archive> {
  const settled = { ...defaultPolicies, ...policies };
  const spoolFolder = join(folder, 'spool');
  await emptyFolder(spoolFolder);
  await describeVault(vault);
  return {
    vault,
    catalog,
    policies: settled,
    budget: inFlightBudget(settled.inFlightBytes),
    commits: commitQueue(catalog),
    receipts: receiptMaker({ after: await catalog.newestReceipt() }),
    inTurn: turns(),
    spoolFolder,
    async close() {
      try {
        await catalog.close();
      } finally {
        await vault.close();
      }
    },
  };
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
