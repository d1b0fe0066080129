import type { InstanceRecord } from '@bucky/catalog';
import type { BuckyError } from '@bucky/dicom';
import type { ObjectKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { Arrival } from '../receive/arrival.js';
import { makeRecord } from '../receive/make-record.js';

/** Reads an original from the vault and makes of it what the catalog keeps. Throws what the reader and the vault throw. */
export async function readOriginal(
  archive: Archive,
  { key, receipt, source }: { readonly key: ObjectKey; readonly receipt: string; readonly source: string },
): Promise<InstanceRecord> {
  const arrival = new Arrival(archive);
  try {
    for await (const chunk of await archive.vault.read(key)) await arrival.look(chunk);
    return await makeRecord(arrival.finish(), { key, receipt, source }, archive.policies);
  } finally {
    arrival.release();
  }
}

/** Codes of what is wrong with an original that cannot be read as one, in contrast to a store that does not answer. */
export const unreadable: ReadonlySet<BuckyError['code']> = new Set([
  'not-dicom',
  'corrupt',
  'unidentified',
  'invalid',
  'limit',
  'not-found',
  'damaged',
]);
