export { conflictReason } from './aside.js';
export type {
  Catalog,
  ConflictsAsked,
  LocatedInstance,
  MetadataVersion,
  Seal,
  Target,
  UnsealedSeries,
} from './catalog.js';
export type {
  AttentionRecord,
  Change,
  ChangeKind,
  CommitOutcome,
  ConflictRecord,
  Decision,
  DeflatedMetadata,
  Deletion,
  DeletionRecord,
  HiddenFile,
  InstanceRecord,
  KeptRecord,
  KnownInstance,
  Location,
} from './instance-record.js';
export { defaultReadsAtOnce, openCatalog, type OpenCatalog } from './open-catalog.js';
export type { DicomJsonObject, Found, MatchingKey, Query, QueryLevel, ResultPage } from './query.js';
export { readSearchable } from './read-searchable.js';
export {
  searchableAttribute,
  searchableAttributes,
  type SearchableAttribute,
  type SearchableValues,
} from './searchable.js';
export type { Encoding, TargetContents } from './target-contents.js';
export type { StoredFile } from './upkeep.js';
