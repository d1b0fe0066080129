import { describeVault } from './contract.js';
import { memoryVault } from './memory-vault.js';

describeVault('memory vault', () => Promise.resolve({ vault: memoryVault(), remove: () => Promise.resolve() }));
