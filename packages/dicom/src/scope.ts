import type { Uid } from './uid.js';

/**
 * What of the archive a request may touch. The ledger makes it, the catalog turns it into SQL; it stands on floor 0
 * because these two know nothing of each other.
 */
export type Scope = { readonly kind: 'everything' } | { readonly kind: 'studies'; readonly studyUids: readonly Uid[] };
