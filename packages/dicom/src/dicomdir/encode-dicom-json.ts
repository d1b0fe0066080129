import { formatPersonName } from '../person-name.js';
import { isVr, longLength, type Vr } from '../vr.js';

/** One Attribute in the DICOM JSON Model. @see PS3.18 F.2 */
export interface DicomJsonAttribute {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** A Data Set in the DICOM JSON Model: Attributes by Tag, eight hexadecimal digits. @see PS3.18 F.2 */
export type DicomJson = Readonly<Record<string, DicomJsonAttribute>>;

const specificCharacterSet = '00080005';
const utf8: DicomJsonAttribute = { vr: 'CS', Value: ['ISO_IR 192'] };

/** Longest value where the length has 16 bits. @see PS3.5 7.1.2 */
const mostShort = 0xfffe;
/** Longest decimal string. @see PS3.5 6.2, DS */
const mostDecimal = 16;

/** How many bytes a number takes, and what writes it. @see PS3.5 6.2, table 6.2-1 */
const numbers = {
  FD: [8, 'setFloat64'],
  FL: [4, 'setFloat32'],
  SL: [4, 'setInt32'],
  SS: [2, 'setInt16'],
  SV: [8, 'setBigInt64'],
  UL: [4, 'setUint32'],
  US: [2, 'setUint16'],
  UV: [8, 'setBigUint64'],
} as const;
type NumberVr = keyof typeof numbers;

function isNumber(vr: Vr): vr is NumberVr {
  return vr in numbers;
}

function whole(value: number): bigint {
  return BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
}

/**
 * Writes a DICOM JSON object as a Data Set in Explicit VR Little Endian, its Sequences with explicit lengths. Text is
 * UTF-8, which (0008,0005) then says, whatever it said before. Values left in a file (BulkDataURI) become empty.
 * @see PS3.5 7
 */
export function encodeDicomJson(object: DicomJson): Buffer {
  const ascii = withoutCharacterSet(object);
  return encodeAttributes(isAscii(ascii) ? ascii : { ...ascii, [specificCharacterSet]: utf8 });
}

/** Tells whether no text in a Data Set or its items goes beyond ASCII. */
function isAscii(object: DicomJson): boolean {
  return /^[\0-\x7f]*$/.test(JSON.stringify(object));
}

function withoutCharacterSet(object: DicomJson): DicomJson {
  return Object.fromEntries(Object.entries(object).filter(([tag]) => tag !== specificCharacterSet));
}

function encodeAttributes(object: DicomJson): Buffer {
  const tags = Object.keys(object).sort();
  return Buffer.concat(tags.map((tag) => encodeElement(tag, object[tag]!)));
}

function encodeElement(tag: string, attribute: DicomJsonAttribute): Buffer {
  const vr = isVr(attribute.vr) ? attribute.vr : 'UN';
  let value = encodeValue(vr, attribute);
  if (!longLength.has(vr) && value.length > mostShort) value = Buffer.alloc(0);
  const header = Buffer.alloc(longLength.has(vr) ? 12 : 8);
  header.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0); // 0 2 group
  header.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2); // 2 2 element
  header.write(vr, 4, 'latin1'); // 4 2 VR
  if (longLength.has(vr))
    header.writeUInt32LE(value.length, 8); // 6 2 reserved, 8 4 length
  else header.writeUInt16LE(value.length, 6); // 6 2 length
  return Buffer.concat([header, value]);
}

function encodeValue(vr: Vr, { Value: values = [], InlineBinary: inline }: DicomJsonAttribute): Buffer {
  if (vr === 'SQ') return Buffer.concat(values.map((item) => encodeItem(encodeAttributes(itemOf(item)))));
  if (inline !== undefined) return even(Buffer.from(inline, 'base64'), '\0');
  if (isNumber(vr)) return encodeNumbers(values, vr);
  if (vr === 'AT') return Buffer.concat(values.map(encodeTag));
  return even(Buffer.from(values.map((value) => textOfValue(vr, value)).join('\\'), 'utf8'), vr === 'UI' ? '\0' : ' ');
}

/** An item inherits the character set of the Data Set it is in. */
function itemOf(item: unknown): DicomJson {
  return item === null || typeof item !== 'object' ? {} : withoutCharacterSet(item as DicomJson);
}

/** Writes an item header in front of a Data Set. @see PS3.5 7.5 */
export function encodeItem(dataSet: Uint8Array): Buffer {
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(dataSet.length, 4);
  return Buffer.concat([header, dataSet]);
}

function encodeNumbers(values: readonly unknown[], vr: NumberVr): Buffer {
  const [size, method] = numbers[vr];
  const bytes = Buffer.alloc(size * values.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [index, value] of values.entries()) {
    if (method === 'setBigInt64' || method === 'setBigUint64') view[method](index * size, whole(Number(value)), true);
    else view[method](index * size, Number(value), true);
  }
  return bytes;
}

function encodeTag(value: unknown): Buffer {
  const bytes = Buffer.alloc(4);
  const tag = Number.parseInt(String(value), 16);
  bytes.writeUInt16LE((tag >>> 16) & 0xffff, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  return bytes;
}

function textOfValue(vr: Vr, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return vr === 'DS' ? decimalText(value) : String(value);
  return vr === 'PN' && value !== null && typeof value === 'object' ? formatPersonName(value) : '';
}

function decimalText(value: number): string {
  const text = String(value);
  return text.length <= mostDecimal ? text : value.toPrecision(mostDecimal - 6);
}

function even(bytes: Buffer, pad: string): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(pad)]);
}
