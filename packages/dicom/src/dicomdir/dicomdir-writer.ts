import { writeFileMeta } from '../header-writer.js';
import type { Uid } from '../uid.js';
import { encodeDicomJson, encodeItem, type DicomJson, type DicomJsonAttribute } from './encode-dicom-json.js';
import { recordKeys } from './record-keys.js';
import { recordTypeOf } from './record-type.js';

/** What a DICOMDIR says of one Instance of a file-set. */
export interface DicomdirInstance {
  readonly studyUid: Uid;
  readonly seriesUid: Uid;
  readonly instanceUid: Uid;
  readonly sopClassUid: Uid;
  readonly transferSyntaxUid: Uid;
  /** Components of its File ID: eight characters at most, of A to Z, 0 to 9 and `_`. @see PS3.10 8.2 */
  readonly fileId: readonly string[];
  readonly metadata: DicomJson;
}

// Constants of the standard. @see PS3.6 A
const mediaStorageDirectory = '1.2.840.10008.1.3.10' as Uid;
const explicitLittleEndian = '1.2.840.10008.1.2.1' as Uid;

/** Tells private Directory Records of ours from those of others; made of a UUID. */
const privateRecordUid = '2.25.280213718164421470206911250184536243969';

/** Where the offsets of a record lie in its item: each is the value of a UL behind what precedes it. */
const nextOffsetAt = 16; // item header (8), header of (0004,1400) (8)
const lowerOffsetAt = 38; // … its value (4), (0004,1410) US (10), header of (0004,1420) (8)

const inUse = 0xffff;
const rows = '00280010';

/** A record whose next one and lower ones are still to come. */
interface OpenRecord {
  readonly item: Buffer;
  readonly uid: string;
  /** Records below it so far. */
  below: number;
}

/**
 * Builds the DICOMDIR of a file-set that holds one patient's study: Instances are added series by series, each becomes a
 * record of some 300 bytes. The same Instances in the same order give the same bytes.
 * @see PS3.10 8.6, PS3.3 F
 */
export class DicomdirWriter {
  readonly #meta: Uint8Array;
  readonly #items: Buffer[] = [];
  /** The last record of each level: patient, study, series, instance. */
  readonly #open: OpenRecord[] = [];
  #size = 0;

  constructor({ instanceUid }: { readonly instanceUid: Uid }) {
    this.#meta = writeFileMeta({
      sopClassUid: mediaStorageDirectory,
      instanceUid,
      transferSyntaxUid: explicitLittleEndian,
    });
  }

  add(instance: DicomdirInstance): void {
    const { studyUid, seriesUid, instanceUid, sopClassUid, metadata } = instance;
    // One patient: who else a study names is for people to settle, not for a directory.
    this.#enter(0, 'patient', { type: 'PATIENT', metadata, others: {} });
    this.#enter(1, studyUid, { type: 'STUDY', metadata, others: { '0020000D': uidAttribute(studyUid) } });
    this.#enter(2, seriesUid, { type: 'SERIES', metadata, others: { '0020000E': uidAttribute(seriesUid) } });
    const type = recordTypeOf(sopClassUid, { hasPixels: rows in metadata });
    this.#enter(3, instanceUid, { type, metadata, others: reference(instance) });
  }

  /** Gives the whole file. */
  finish(): Uint8Array {
    return Buffer.concat([this.#meta, rootRecord(this.#first, this.#size), ...this.#items]);
  }

  get #first(): number {
    return this.#meta.length + rootLength;
  }

  #enter(level: number, uid: string, { type, metadata, others }: NewRecord): void {
    const last = this.#open[level];
    if (last?.uid === uid) return;
    const parent = level === 0 ? undefined : this.#open[level - 1];
    const ordinal = (parent?.below ?? 0) + 1;
    const keys = recordKeys(type, metadata, ordinal);
    const item = encodeItem(encodeDicomJson({ ...links(type), ...keys, ...others }));
    const offset = this.#first + this.#size;
    if (last !== undefined) last.item.writeUInt32LE(offset, nextOffsetAt);
    else parent?.item.writeUInt32LE(offset, lowerOffsetAt);
    if (parent !== undefined) parent.below += 1;
    this.#open.length = level;
    this.#open[level] = { item, uid, below: 0 };
    this.#items.push(item);
    this.#size += item.length;
  }
}

interface NewRecord {
  readonly type: Parameters<typeof recordKeys>[0];
  readonly metadata: DicomJson;
  /** Attributes that are not read from the metadata. */
  readonly others: DicomJson;
}

/** The first elements of every record, offsets still to be written. @see PS3.3 F.3.2.2 */
function links(type: NewRecord['type']): DicomJson {
  return {
    '00041400': { vr: 'UL', Value: [0] },
    '00041410': { vr: 'US', Value: [inUse] },
    '00041420': { vr: 'UL', Value: [0] },
    '00041430': { vr: 'CS', Value: [type] },
    ...(type === 'PRIVATE' ? { '00041432': uidAttribute(privateRecordUid) } : {}),
  };
}

/** Names the file of an Instance. @see PS3.3 F.3.2.2 */
function reference({ fileId, sopClassUid, instanceUid, transferSyntaxUid }: DicomdirInstance): DicomJson {
  return {
    '00041500': { vr: 'CS', Value: fileId },
    '00041510': uidAttribute(sopClassUid),
    '00041511': uidAttribute(instanceUid),
    '00041512': uidAttribute(transferSyntaxUid),
  };
}

function uidAttribute(uid: string): DicomJsonAttribute {
  return { vr: 'UI', Value: [uid] };
}

/** Writes what stands in front of the records: there is one at the root, first and last. @see PS3.3 F.3.2.1, F.3.2.2 */
function rootRecord(offset: number, size: number): Buffer {
  const root = size === 0 ? 0 : offset;
  const elements = encodeDicomJson({
    '00041130': { vr: 'CS', Value: ['BUCKY'] }, // File-set ID
    '00041200': { vr: 'UL', Value: [root] },
    '00041202': { vr: 'UL', Value: [root] },
    '00041212': { vr: 'US', Value: [0] }, // consistent
    '00041220': { vr: 'SQ' },
  });
  elements.writeUInt32LE(size, elements.length - 4); // the length of the Directory Record Sequence
  return elements;
}

const rootLength = rootRecord(0, 0).length;
