import { BuckyError } from '../bucky-error.js';
import type { Bytes } from '../bytes.js';
import type { DataSet } from '../data-set.js';
import { textsOf } from '../attribute-values.js';
import { ByteCursor } from '../reader/byte-cursor.js';
import { DataSetParser } from '../reader/data-set-parser.js';
import { parseFileHead } from '../reader/file-head-parser.js';
import type { Parsing } from '../reader/pass-value.js';
import { ReaderBudget, type ReaderLimits } from '../reader/reader-limits.js';
import { sniffCoding, sniffLength } from '../reader/sniff-coding.js';
import { tag } from '../tag.js';
import { transferSyntaxOf, type TransferSyntax } from '../transfer-syntax.js';
import type { Uid } from '../uid.js';

const directoryRecordSequence = tag(0x00041220);
const referencedFileId = tag(0x00041500);
const explicitLittleEndian = '1.2.840.10008.1.2.1' as Uid; // what PS3.10 8.6 asks of a DICOMDIR; others are met

/** What a directory's records may take: thousands of files and their descriptions. */
const limits: Partial<ReaderLimits> = { headerBytes: 64 * 2 ** 20 };

/**
 * Lists the File IDs that the records of a DICOMDIR name, in the order of the file, whatever its encoding and whether its
 * offsets are right. Their components are as they stand there: not to be trusted. Throws `not-dicom`, `corrupt`, `limit`.
 * @see PS3.3 F.3.2.2
 */
export async function readFileIds(bytes: Bytes): Promise<readonly (readonly string[])[]> {
  const cursor = new ByteCursor();
  const reading: { dataSet?: DataSet } = {};
  const steps = parse(cursor, reading);
  for await (const chunk of bytes) {
    cursor.append(chunk);
    if (steps.next().done === true) break;
    cursor.settle();
  }
  cursor.ended = true;
  while (steps.next().done !== true);
  const records = reading.dataSet?.get(directoryRecordSequence)?.items;
  if (records === undefined) throw new BuckyError('corrupt', 'The DICOMDIR has no Directory Record Sequence');
  return records.map((record) => textsOf(record, referencedFileId)).filter((id) => id.length > 0);
}

function* parse(cursor: ByteCursor, reading: { dataSet?: DataSet }): Parsing {
  const about = { budget: new ReaderBudget(limits), oddities: new Set<never>() };
  const head = yield* parseFileHead({ cursor, ...about });
  while (!cursor.has(sniffLength) && !cursor.ended) yield;
  const declared: TransferSyntax = transferSyntaxOf(head.transferSyntaxUid ?? explicitLittleEndian);
  const parser = new DataSetParser(cursor, sniffCoding(cursor) ?? declared, { ...about, syntax: declared });
  reading.dataSet = parser.dataSet;
  yield* parser.run();
}
