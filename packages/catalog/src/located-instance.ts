import type { Uid } from '@bucky/dicom';
import type { Row } from '@bucky/sqlite';
import type { LocatedInstance } from './catalog.js';

/** Columns that {@link locatedInstance} reads; of `studies s`, `series e`, `instances i`. */
export const locatedColumns = `s.study_instance_uid, e.series_instance_uid, i.sop_instance_uid, i.sop_class_uid,
  i.available_transfer_syntax_uid, i.receipt, i.location_key, i.location_offset, i.location_length, i.sha256, i.crc32,
  i.bare_data_set_offset, i.deflated, i.oddities, i.number_of_frames`;

/** The three tables joined. */
export const fromInstances = 'studies s JOIN series e ON e.study = s.id JOIN instances i ON i.series = e.id';

/** Oddities of files whose File Meta Information does not tell how the Data Set is encoded. */
const misdeclaring = /\b(?:wrong|missing)-transfer-syntax\b/;

/** Tells whether a file's oddities, as its row holds them, say that its File Meta Information names a wrong Transfer Syntax or none. */
export function isMisdeclared(oddities: string): boolean {
  return misdeclaring.test(oddities);
}

/** Makes of a row what a retrieve needs to know; its UIDs were checked when they came in. */
export function locatedInstance(row: Row): LocatedInstance {
  const bare = row['bare_data_set_offset'];
  const frames = row['number_of_frames'];
  return {
    studyUid: row['study_instance_uid'] as Uid,
    seriesUid: row['series_instance_uid'] as Uid,
    instanceUid: row['sop_instance_uid'] as Uid,
    sopClassUid: row['sop_class_uid'] as Uid,
    transferSyntaxUid: row['available_transfer_syntax_uid'] as Uid,
    receipt: String(row['receipt']),
    location: {
      key: String(row['location_key']),
      offset: Number(row['location_offset']),
      length: Number(row['location_length']),
    },
    sha256: String(row['sha256']),
    crc32: Number(row['crc32']),
    ...(typeof bare === 'number' ? { bareDataSetOffset: bare } : {}),
    deflated: row['deflated'] === 1,
    executable: String(row['oddities']).includes('executable-preamble'),
    misdeclared: isMisdeclared(String(row['oddities'])),
    ...(typeof frames === 'number' ? { numberOfFrames: frames } : {}),
  };
}
