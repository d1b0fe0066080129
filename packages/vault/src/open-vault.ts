import { fileURLToPath } from 'node:url';
import { BuckyError } from '@bucky/dicom';
import { openFolderVault } from './folder/folder-vault.js';
import type { Vault } from './vault.js';

/** Opens the vault that a URL names: `file:///…`. Throws `configuration`. */
export async function openVault(url: string): Promise<Vault> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'file:') return openFolderVault({ folder: fileURLToPath(parsed) });
  throw new BuckyError('configuration', 'Cannot open the vault: its URL must begin with file:// or s3://');
}
