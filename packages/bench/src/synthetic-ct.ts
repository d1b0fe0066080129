import { randomUUID } from 'node:crypto';
import { writeFileMeta, type Uid } from '@bucky/dicom';

const ctImage = '1.2.840.10008.5.1.4.1.1.2' as Uid;
const explicitLittleEndian = '1.2.840.10008.1.2.1' as Uid;
const side = 512;
/** Bytes of one frame: 512 x 512 x 16 bits. */
export const frameBytes = side * side * 2;

/** Which series an instance belongs to. */
export interface Series {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly patientId: string;
  readonly patientName: string;
}

/** One instance in two halves, as the pixels of all may be the same bytes. */
export interface Slice {
  readonly instanceUid: string;
  readonly head: Buffer;
  readonly frames: number;
}

/** Makes a UID that nobody had before. @see PS3.5 B.2 */
export function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}

/** Makes a series without instances. */
export function newSeries(): Series {
  const number = randomUUID().slice(0, 8);
  return { studyUid: newUid(), seriesUid: newUid(), patientId: `BENCH-${number}`, patientName: `Bench^Mark ${number}` };
}

/** Pixels that look like noise around a level: what a scanner's are to a store. */
export const pixels = makePixels();

function makePixels(): Buffer {
  const bytes = Buffer.alloc(frameBytes);
  for (let at = 0, state = 1; at < bytes.length; at += 2) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes.writeUInt16LE(1000 + (state >>> 24), at);
  }
  return bytes;
}

function element(tag: number, vr: string, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

function text(tag: number, vr: string, value: string): Buffer {
  return element(tag, vr, Buffer.from(value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' '), 'latin1'));
}

function unsigned(tag: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(tag, 'US', bytes);
}

function pixelHeader(length: number): Buffer {
  const header = Buffer.from('e07f10004f57000000000000', 'hex'); // (7FE0,0010) OW, 2 reserved bytes, 32-bit length
  header.writeUInt32LE(length, 8);
  return header;
}

/** Makes the part of a CT slice in front of its pixels: about as many Attributes as a scanner writes. */
export function makeSlice(series: Series, instanceNumber: number, frames = 1): Slice {
  const instanceUid = newUid();
  const meta = writeFileMeta({ sopClassUid: ctImage, instanceUid: instanceUid as Uid, transferSyntaxUid: explicitLittleEndian }); // prettier-ignore
  const head = Buffer.concat([
    meta,
    text(0x00080005, 'CS', 'ISO_IR 100'),
    text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    text(0x00080016, 'UI', ctImage),
    text(0x00080018, 'UI', instanceUid),
    text(0x00080020, 'DA', '20261104'),
    text(0x00080021, 'DA', '20261104'),
    text(0x00080023, 'DA', '20261104'),
    text(0x00080030, 'TM', '091530'),
    text(0x00080033, 'TM', '091612'),
    text(0x00080050, 'SH', 'BENCH'),
    text(0x00080060, 'CS', 'CT'),
    text(0x00080070, 'LO', 'Bucky'),
    text(0x00080080, 'LO', 'Synthetic Hospital'),
    text(0x00080090, 'PN', 'Referrer^Invented'),
    text(0x00081030, 'LO', 'Bench CT'),
    text(0x0008103e, 'LO', 'Axial 1 mm'),
    text(0x00100010, 'PN', series.patientName),
    text(0x00100020, 'LO', series.patientId),
    text(0x00100030, 'DA', '19600101'),
    text(0x00100040, 'CS', 'O'),
    text(0x00180050, 'DS', '1'),
    text(0x00180060, 'DS', '120'),
    text(0x00181151, 'IS', '200'),
    text(0x00185100, 'CS', 'HFS'),
    text(0x0020000d, 'UI', series.studyUid),
    text(0x0020000e, 'UI', series.seriesUid),
    text(0x00200010, 'SH', '1'),
    text(0x00200011, 'IS', '2'),
    text(0x00200013, 'IS', String(instanceNumber)),
    text(0x00200032, 'DS', `-180\\-180\\${instanceNumber}`),
    text(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    text(0x00200052, 'UI', series.seriesUid),
    unsigned(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    ...(frames > 1 ? [text(0x00280008, 'IS', String(frames))] : []),
    unsigned(0x00280010, side),
    unsigned(0x00280011, side),
    text(0x00280030, 'DS', '0.7\\0.7'),
    unsigned(0x00280100, 16),
    unsigned(0x00280101, 12),
    unsigned(0x00280102, 11),
    unsigned(0x00280103, 0),
    text(0x00281050, 'DS', '40'),
    text(0x00281051, 'DS', '400'),
    text(0x00281052, 'DS', '-1024'),
    text(0x00281053, 'DS', '1'),
    pixelHeader(frameBytes * frames),
  ]);
  return { instanceUid, head, frames };
}
