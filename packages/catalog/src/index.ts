export type { Catalog, LocatedInstance, Target } from './catalog.js';
export type { CommitOutcome, ConflictRecord, DeflatedMetadata, InstanceRecord, Location } from './instance-record.js';
export { openCatalog, type OpenCatalog } from './open-catalog.js';
export type { DicomJsonObject, MatchingKey, Query, QueryLevel, ResultPage } from './query.js';
export { readSearchable } from './read-searchable.js';
export {
  searchableAttribute,
  searchableAttributes,
  type SearchableAttribute,
  type SearchableValues,
} from './searchable.js';
