export type { Archive, Policies, ReaderLimits } from './archive.js';
export {
  takeInstance,
  type ReceiveOptions,
  type ReceiveOutcome,
  type TakenInstance,
} from './receive/receive-instance.js';
export type { InFlightBudget } from './receive/in-flight-budget.js';
export { search } from './query.js';
export { retrieveInstances, type RetrievedInstance } from './retrieve/instance.js';
export { retrieveMetadata, type RetrievedMetadata } from './retrieve/metadata.js';
export { retrieveFrames, type RetrievedFrame, type RetrievedFrames } from './retrieve/frames.js';
export { retrieveBulkData, type RetrievedBulkData } from './retrieve/bulk-data.js';
export type {
  ConflictRecord,
  DicomJsonObject,
  LocatedInstance,
  MatchingKey,
  Query,
  QueryLevel,
  ResultPage,
  Target,
} from '@bucky/catalog';
