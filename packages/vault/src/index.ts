export { openFolderVault, type FolderVaultOptions } from './folder/folder-vault.js';
export { formatText } from './format-text.js';
export { conflictKey, formatKey, instanceKey, isObjectKey } from './layout.js';
export { memoryVault } from './memory-vault.js';
export { openVault } from './open-vault.js';
export type { ListedObject, ObjectKey, PutOptions, ReadOptions, StoredObject, Vault } from './vault.js';
