export { conflictKey, formatKey, instanceKey } from './layout.js';
export type { ListedObject, ObjectKey, PutOptions, ReadOptions, StoredObject, Vault } from './vault.js';
