import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { InstanceRecord } from '@bucky/catalog';
import { parseUid } from '@bucky/dicom';
import { instanceKey } from '@bucky/vault';
import type { PurgedFile } from '../change/facts.js';
import { receiptTime } from '../receive/receipt.js';

/**
 * Makes a record of a file that was removed for good. A rebuild plays its part with it again, in what others were judged by
 * while it was there, and has it forgotten before anybody asks.
 */
export function ghostOf({ receipt, studyUid, seriesUid, instanceUid, sha256 }: PurgedFile): InstanceRecord {
  const identity = {
    studyUid: parseUid(studyUid),
    seriesUid: parseUid(seriesUid),
    instanceUid: parseUid(instanceUid),
    sopClassUid: parseUid('1.2.840.10008.5.1.4.1.1.7'),
    transferSyntaxUid: parseUid('1.2.840.10008.1.2.1'),
  };
  const text = Buffer.from('{}');
  const deflated = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return {
    ...identity,
    receipt,
    location: { key: instanceKey(identity, receipt), offset: 0, length: 0 },
    sha256,
    crc32: 0,
    deflated: false,
    bulkEntries: [],
    metadata: { deflated, length: text.length, crc32: crc32(text) },
    searchable: {},
    oddities: [],
    source: 'rebuild',
    receivedAt: receiptTime(receipt).toISOString(),
  };
}
