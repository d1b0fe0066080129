import { constants, inflateRawSync } from 'node:zlib';
import type { Database } from '@bucky/sqlite';
import type { DicomJsonObject } from './query.js';

/** Inflates the DICOM JSON text of an Instance, as the catalog keeps it. */
export function inflateMetadata(deflated: Uint8Array): string {
  return inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
}

/** Reads the DICOM JSON of the live Instance of a row id. */
export function readMetadata(database: Database, instance: number): DicomJsonObject {
  const blob = database.get('SELECT deflated FROM metadata WHERE instance = ?', instance)?.['deflated'];
  if (!(blob instanceof Uint8Array)) return {};
  return JSON.parse(inflateMetadata(blob)) as DicomJsonObject; // written by us
}
