import { createHash, randomUUID } from 'node:crypto';
import { writeFileMeta, type Uid } from '@bucky/dicom';

/** What tells a synthetic instance apart. */
export interface InstanceOptions {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  /** Pixel bytes: 512 KiB a frame, or fewer for a small instance. */
  readonly pixelBytes: number;
  readonly instanceNumber?: number;
  readonly patientName?: string;
  readonly patientId?: string;
}

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7' as Uid;
const explicitLittleEndian = '1.2.840.10008.1.2.1' as Uid;
const long = new Set(['OW', 'OB', 'SQ', 'UN', 'UT']);

/** Makes a UID that nobody had before. @see PS3.5 B.2 */
export function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}

/** SHA-256 of bytes, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function element(tag: number, vr: string, value: Buffer | number): Buffer {
  const length = typeof value === 'number' ? value : value.length;
  const header = Buffer.alloc(long.has(vr) ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (long.has(vr)) header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return typeof value === 'number' ? header : Buffer.concat([header, value]);
}

function text(tag: number, vr: string, value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  const pad = Buffer.from(vr === 'UI' ? '\0' : ' ');
  return element(tag, vr, bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, pad]));
}

function unsigned(tag: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(tag, 'US', bytes);
}

/** All of an instance in front of its pixels. */
export function instanceHead(options: InstanceOptions): Buffer {
  const { pixelBytes } = options;
  const frameBytes = Math.min(pixelBytes, 512 * 1024);
  const rows = frameBytes / 1024;
  if (!Number.isInteger(rows) || pixelBytes % frameBytes !== 0) throw new RangeError('Pixels must fill whole rows');
  const meta = writeFileMeta({
    sopClassUid: secondaryCapture,
    instanceUid: options.instanceUid as Uid,
    transferSyntaxUid: explicitLittleEndian,
  });
  return Buffer.concat([
    meta,
    text(0x00080005, 'CS', 'ISO_IR 192'),
    text(0x00080016, 'UI', secondaryCapture),
    text(0x00080018, 'UI', options.instanceUid),
    text(0x00080020, 'DA', '20260102'),
    text(0x00080030, 'TM', '101112'),
    text(0x00080060, 'CS', 'OT'),
    text(0x00100010, 'PN', options.patientName ?? 'Synthetic^E2e'),
    text(0x00100020, 'LO', options.patientId ?? 'E2E-1'),
    text(0x0020000d, 'UI', options.studyUid),
    text(0x0020000e, 'UI', options.seriesUid),
    text(0x00200013, 'IS', String(options.instanceNumber ?? 1)),
    unsigned(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    text(0x00280008, 'IS', String(pixelBytes / frameBytes)),
    unsigned(0x00280010, rows),
    unsigned(0x00280011, 512),
    unsigned(0x00280100, 16),
    unsigned(0x00280101, 16),
    unsigned(0x00280102, 15),
    unsigned(0x00280103, 0),
    element(0x7fe00010, 'OW', pixelBytes),
  ]);
}

/** Makes a whole small instance; `seed` decides its pixels. */
export function makeInstance(options: InstanceOptions & { readonly seed: number }): Buffer {
  const pixels = Buffer.alloc(options.pixelBytes);
  for (let at = 0, state = options.seed | 1; at < pixels.length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    pixels.writeInt32LE(state, at);
  }
  return Buffer.concat([instanceHead(options), pixels]);
}
