import type { Found, Query } from '@bucky/catalog';
import type { Scope } from '@bucky/dicom';
import type { Archive } from './archive.js';

/** Answers a query with the Attributes the standard requires, Instance Availability included. @see PS3.18 10.6.3 */
export async function search(archive: Archive, query: Query, scope: Scope): Promise<Found> {
  return archive.catalog.search(query, scope);
}
