export type { Catalog, LocatedInstance, Target } from './catalog.js';
export type { CommitOutcome, ConflictRecord, DeflatedMetadata, InstanceRecord, Location } from './instance-record.js';
export type { DicomJsonObject, MatchingKey, Query, QueryLevel, ResultPage } from './query.js';
export type { SearchableValues } from './searchable.js';
