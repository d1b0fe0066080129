import { parseUid, tagOf, writeFileMeta, type Tag, type Uid } from '@bucky/dicom';

/** For tests: what an example Part 10 file holds. */
export interface ExampleFile {
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly instanceUid: string;
  readonly transferSyntaxUid?: string;
  readonly patientName?: string;
  readonly pixels?: Uint8Array;
  readonly preamble?: Uint8Array;
}

const secondaryCapture = parseUid('1.2.840.10008.5.1.4.1.1.7');
const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** For tests: builds a small image in Explicit VR Little Endian, one row of 8-bit pixels. */
export function exampleFile(file: ExampleFile): Buffer {
  const { instanceUid, studyUid = '1.2.3', seriesUid = '1.2.3.4', pixels = Uint8Array.of(1, 2, 3, 4) } = file;
  const rows = pixels.length > 65_535 ? 1024 : 1;
  const meta = writeFileMeta({
    sopClassUid: secondaryCapture,
    instanceUid: parseUid(instanceUid),
    transferSyntaxUid: parseUid(file.transferSyntaxUid ?? explicitLittleEndian),
  });
  const bytes = Buffer.concat([
    meta,
    element('SOPClassUID', 'UI', padded(secondaryCapture, '\0')),
    element('SOPInstanceUID', 'UI', padded(instanceUid, '\0')),
    element('Modality', 'CS', padded('OT', ' ')),
    element('PatientName', 'PN', padded(file.patientName ?? 'Example^Ada', ' ')),
    element('StudyInstanceUID', 'UI', padded(studyUid, '\0')),
    element('SeriesInstanceUID', 'UI', padded(seriesUid, '\0')),
    element('SamplesPerPixel', 'US', words(1)),
    element('PhotometricInterpretation', 'CS', padded('MONOCHROME2', ' ')),
    element('Rows', 'US', words(rows)),
    element('Columns', 'US', words(pixels.length / rows)),
    element('BitsAllocated', 'US', words(8)),
    element('BitsStored', 'US', words(8)),
    element('HighBit', 'US', words(7)),
    element('PixelRepresentation', 'US', words(0)),
    element('PixelData', 'OB', pixels),
  ]);
  bytes.set(file.preamble ?? []);
  return bytes;
}

/** For tests: the UIDs of an example as a retrieve wants them. */
export function exampleTarget(instanceUid: string): { studyUid: Uid; seriesUid: Uid; instanceUid: Uid } {
  return { studyUid: parseUid('1.2.3'), seriesUid: parseUid('1.2.3.4'), instanceUid: parseUid(instanceUid) };
}

function words(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function padded(text: string, pad: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + pad, 'utf8');
}

function element(keyword: string, vr: string, value: Uint8Array): Buffer {
  const tag: Tag = tagOf(keyword)!;
  // 0: group (2), element (2), VR (2), then length (2), or reserved (2) and length (4) for OB. @see PS3.5 7.1.2
  const header = Buffer.alloc(vr === 'OB' ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (vr === 'OB') header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}
