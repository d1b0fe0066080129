import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeVault } from '../contract.js';
import { openFolderVault } from './folder-vault.js';

describeVault('folder vault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bucky-folder-'));
  return {
    vault: await openFolderVault({ folder }),
    remove: () => rm(folder, { recursive: true }),
  };
});
