import { uidName } from './dictionary/dictionary.js';
import type { Uid } from './uid.js';

/** How a Data Set is encoded. @see PS3.5 10, PS3.5 A */
export interface TransferSyntax {
  readonly uid: Uid;
  readonly name: string;
  readonly byteOrder: 'little' | 'big';
  readonly explicitVr: boolean;
  /** The Data Set is deflated as a whole, not its Frames. @see PS3.5 A.5 */
  readonly deflated: boolean;
  readonly pixelData: 'native' | 'encapsulated';
  /** All fragments are one stream, whatever the Number of Frames. @see PS3.5 8.2.5 */
  readonly video: boolean;
  /** Media type of a Frame, or of a whole video, as stored. @see PS3.18 8.7.3.3, tables 8.7.3-4 and 8.7.3-5 */
  readonly mediaType: string;
  /** False for what is in no table here: taken as Explicit VR Little Endian, which is what private ones are built on. */
  readonly known: boolean;
}

type Row = readonly [suffix: string, mediaType: string, marks?: string];

const octets = 'application/octet-stream';

/** What PS3.6 A lists and can be in a file. Marks: i implicit VR, b big endian, d deflated, n native, v video. */
const rows: readonly Row[] = [
  ['', octets, 'in'],
  ['.1', octets, 'n'],
  ['.1.98', octets],
  ['.1.99', octets, 'dn'],
  ['.2', octets, 'bn'],
  ['.4.50', 'image/jpeg'],
  ['.4.51', 'image/jpeg'],
  // Retired processes of JPEG are in no table of PS3.18; they are JPEG all the same.
  ...Array.from({ length: 15 }, (_, index): Row => [`.4.${52 + index}`, 'image/jpeg']),
  ['.4.70', 'image/jpeg'],
  ['.4.80', 'image/jls'],
  ['.4.81', 'image/jls'],
  ['.4.90', 'image/jp2'],
  ['.4.91', 'image/jp2'],
  ['.4.92', 'image/jpx'],
  ['.4.93', 'image/jpx'],
  ['.4.94', octets, 'n'],
  ['.4.95', octets, 'dn'],
  ['.4.100', 'video/mpeg', 'v'],
  ['.4.100.1', 'video/mpeg', 'v'],
  ['.4.101', 'video/mpeg', 'v'],
  ['.4.101.1', 'video/mpeg', 'v'],
  ['.4.102', 'video/mp4', 'v'],
  ['.4.102.1', 'video/mp4', 'v'],
  ['.4.103', 'video/mp4', 'v'],
  ['.4.103.1', 'video/mp4', 'v'],
  ['.4.104', 'video/mp4', 'v'],
  ['.4.104.1', 'video/mp4', 'v'],
  ['.4.105', 'video/mp4', 'v'],
  ['.4.105.1', 'video/mp4', 'v'],
  ['.4.106', 'video/mp4', 'v'],
  ['.4.106.1', 'video/mp4', 'v'],
  ['.4.107', 'video/mp4', 'v'],
  ['.4.108', 'video/mp4', 'v'],
  ['.4.110', 'image/jxl'],
  ['.4.111', 'image/jxl'],
  ['.4.112', 'image/jxl'],
  ['.4.201', 'image/jphc'],
  ['.4.202', 'image/jphc'],
  ['.4.203', 'image/jphc'],
  ['.4.204', octets, 'n'],
  ['.4.205', octets, 'dn'],
  ['.5', 'image/dicom-rle'],
  ['.8.1', octets],
  ['0', octets, 'in'], // 1.2.840.10008.1.20, Papyrus 3, retired
];

const root = '1.2.840.10008.1.2';

function make(uid: string, mediaType: string, marks: string): TransferSyntax {
  return {
    uid: uid as Uid, // a constant of the table above
    name: uidName(uid) ?? uid,
    byteOrder: marks.includes('b') ? 'big' : 'little',
    explicitVr: !marks.includes('i'),
    deflated: marks.includes('d'),
    pixelData: marks.includes('n') ? 'native' : 'encapsulated',
    video: marks.includes('v'),
    mediaType,
    known: true,
  };
}

/** Every Transfer Syntax that Bucky knows by name, by UID. */
export const transferSyntaxes: ReadonlyMap<Uid, TransferSyntax> = new Map(
  rows.map(([suffix, mediaType, marks = '']) => {
    const syntax = make(root + suffix, mediaType, marks);
    return [syntax.uid, syntax];
  }),
);

/**
 * Tells how a Data Set of this Transfer Syntax is encoded. An unknown or private one is taken as Explicit VR Little Endian;
 * whether its Pixel Data is native only its length says, so `pixelData` is `encapsulated`, as of most.
 */
export function transferSyntaxOf(uid: Uid): TransferSyntax {
  return transferSyntaxes.get(uid) ?? { ...make(uid, octets, ''), known: false };
}
