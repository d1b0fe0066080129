import { deflateRawSync } from 'node:zlib';
import { parseUid, transferSyntaxOf, writeFileMeta, type TransferSyntax } from '@bucky/dicom';

/** For tests: the Transfer Syntaxes of example images. */
export const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  big: '1.2.840.10008.1.2.2',
  jpeg: '1.2.840.10008.1.2.4.50',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  video: '1.2.840.10008.1.2.4.102',
} as const;

/** For tests: which example image. */
export interface ExampleImage {
  readonly instanceUid: string;
  readonly studyUid?: string;
  readonly transferSyntaxUid: string;
  /** What File Meta Information says, when it is wrong. */
  readonly declared?: string;
  /** Fragments, for what is encapsulated. */
  readonly fragments?: readonly Buffer[];
}

const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** For tests: two Frames of one row of three 16-bit pixels: 1 to 6. */
export const examplePixels: readonly number[] = [0x0102, 0x0304, 0x0506, 0x0708, 0x090a, 0x0b0c];

/** For tests: builds a small image in any Transfer Syntax. */
export function exampleImage(image: ExampleImage): Buffer {
  const { instanceUid, studyUid = '1.2.3', transferSyntaxUid, declared = transferSyntaxUid } = image;
  const syntax = transferSyntaxOf(parseUid(transferSyntaxUid));
  const short = (tag: number, value: number): Buffer => element(syntax, tag, 'US', words(syntax, [value]));
  const text = (tag: number, vr: string, value: string): Buffer => element(syntax, tag, vr, padded(vr, value));
  const dataSet = Buffer.concat([
    text(0x00080016, 'UI', secondaryCapture),
    text(0x00080018, 'UI', instanceUid),
    text(0x00080060, 'CS', 'OT'),
    text(0x00100010, 'PN', 'Example^Ada'),
    text(0x0020000d, 'UI', studyUid),
    text(0x0020000e, 'UI', `${studyUid}.4`),
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    text(0x00280008, 'IS', image.fragments === undefined ? '2' : '1'),
    short(0x00280010, 1),
    short(0x00280011, 3),
    short(0x00280100, 16),
    short(0x00280101, 16),
    short(0x00280102, 15),
    short(0x00280103, 0),
    image.fragments === undefined
      ? element(syntax, 0x7fe00010, 'OW', words(syntax, examplePixels))
      : encapsulated(syntax, image.fragments),
  ]);
  const head = writeFileMeta({
    sopClassUid: parseUid(secondaryCapture),
    instanceUid: parseUid(instanceUid),
    transferSyntaxUid: parseUid(declared),
  });
  return Buffer.concat([head, syntax.deflated ? deflateRawSync(dataSet) : dataSet]);
}

/** For tests: the same pixels as bytes of a Frame. */
export function frameBytes(frameNumber: number, byteOrder: 'little' | 'big' = 'little'): Buffer {
  return words({ byteOrder }, examplePixels.slice(3 * (frameNumber - 1), 3 * frameNumber));
}

function words({ byteOrder }: Pick<TransferSyntax, 'byteOrder'>, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => {
    if (byteOrder === 'little') bytes.writeUInt16LE(value, 2 * index);
    else bytes.writeUInt16BE(value, 2 * index);
  });
  return bytes;
}

function padded(vr: string, value: string): Buffer {
  return Buffer.from(value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' '));
}

function long({ byteOrder }: Pick<TransferSyntax, 'byteOrder'>, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  if (byteOrder === 'little') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

/** Writes an element: its Tag, then VR and length as the coding has them. @see PS3.5 7.1.2, 7.1.3 */
function element(syntax: TransferSyntax, tag: number, vr: string, value: Buffer, length = value.length): Buffer {
  const at = words(syntax, [tag >>> 16, tag & 0xffff]);
  if (!syntax.explicitVr || vr === '') return Buffer.concat([at, long(syntax, length), value]);
  if (vr.startsWith('O')) return Buffer.concat([at, Buffer.from(`${vr}\0\0`), long(syntax, length), value]);
  return Buffer.concat([at, Buffer.from(vr), words(syntax, [length]), value]);
}

/** @see PS3.5 A.4 */
function encapsulated(syntax: TransferSyntax, fragments: readonly Buffer[]): Buffer {
  const items = [Buffer.alloc(0), ...fragments].map((bytes) => element(syntax, 0xfffee000, '', bytes));
  const end = element(syntax, 0xfffee0dd, '', Buffer.alloc(0));
  return element(syntax, 0x7fe00010, 'OB', Buffer.concat([...items, end]), 0xffffffff);
}
