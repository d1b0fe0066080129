export type {
  ConflictRecord,
  DicomJsonObject,
  Encoding,
  LocatedInstance,
  MatchingKey,
  Query,
  QueryLevel,
  ResultPage,
  Target,
} from '@bucky/catalog';
export { defaultPolicies, type Archive, type Policies } from './archive.js';
export { openArchive, type ArchiveParts } from './open-archive.js';
export { search } from './query.js';
export { admitUpload } from './receive/admit-upload.js';
export { decideConflict } from './change/decide.js';
export { deleteTarget, undelete, type Deleted } from './change/delete.js';
export { conflictDifference, type Difference, type DifferentAttribute, type FileSummary } from './change/difference.js';
export type { Verdict } from './change/facts.js';
export type { ConflictReason } from './receive/conflict.js';
export { FreeSpace, type WatchedSpace } from './receive/free-space.js';
export type { InFlightBudget, Reservation } from './receive/in-flight-budget.js';
export type { ReceiveOptions, ReceiveOutcome } from './receive/outcome.js';
export { takeInstance, type TakenInstance } from './receive/receive-instance.js';
export { sealQuiet } from './seal/seal-series.js';
export { rebuild, type RebuildOptions, type RebuildReport } from './upkeep/rebuild.js';
export { retrieveBulkData, type RetrievedBulkData } from './retrieve/bulk-data.js';
export { retrieveFrames, type RetrievedFrame, type RetrievedFrames } from './retrieve/frames.js';
export { openTranscoded } from './retrieve/transcoded.js';
export { retrieveInstances, type RetrievedInstance } from './retrieve/instance.js';
export { readMetadataObjects, type MetadataObjects } from './retrieve/metadata-objects.js';
export { retrieveMetadata, type RetrievedMetadata } from './retrieve/metadata.js';
export { retrieveZip, type RetrievedZip } from './retrieve/zip/retrieve-zip.js';
export { verify, type Damage, type DamagedObject, type VerifyEvent, type VerifyOptions } from './upkeep/verify.js';
export { sweep, type OrphanReason, type SweepEvent, type SweepOptions } from './upkeep/sweep.js';
export { purge, type PurgeEvent, type PurgeOptions } from './upkeep/purge.js';
export { holdStudy, releaseStudy } from './change/hold.js';
