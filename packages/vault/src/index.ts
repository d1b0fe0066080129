export { openFolderVault, type FolderVaultOptions } from './folder/folder-vault.js';
export { makeFolder } from './folder/make-folder.js';
export { formatText } from './format-text.js';
export {
  conflictKey,
  decisionKey,
  deletionKey,
  factPrefixes,
  formatKey,
  holdKey,
  instanceKey,
  isObjectKey,
  parseOriginalKey,
  parseRecordKey,
  purgeKey,
  sealPrefix,
  parseSealKey,
  sealKey,
  studiesPrefix,
  type OriginalName,
} from './layout.js';
export { memoryVault } from './memory-vault.js';
export { openVault } from './open-vault.js';
export { openS3Vault } from './s3/s3-vault.js';
export type { S3VaultOptions } from './s3/store.js';
export {
  centralHeader,
  centralHeaderLength,
  localHeader,
  localHeaderLength,
  zipEnd,
  type ZipEntry,
} from './zip/zip-records.js';
export { ZipReader, type ZipFileEntry } from './zip/read-zip.js';
export type { ListedObject, ObjectKey, PutOptions, ReadOptions, StoredObject, Vault } from './vault.js';
