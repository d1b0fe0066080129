import {
  parseDecimal,
  numberRules,
  splitNumbers,
  splitTags,
  splitText,
  textRules,
  valueByteOrder,
  valueVr,
  type TextRule,
} from './attribute-values.js';
import { characterSetOf, type CharacterSet, type TextOptions } from './character-set.js';
import type { Attribute, DataSet } from './data-set.js';
import { parsePersonName } from './person-name.js';
import { tag, tagText } from './tag.js';
import type { Vr } from './vr.js';

/** What the DICOM JSON of a Data Set needs to know besides. */
export interface DicomJsonOptions extends TextOptions {
  /** Makes the BulkDataURI of the value at a path such as `42000011` or `54000100/0/54001010`, items counted from 0. */
  readonly bulkDataUri: (path: string) => string;
}

interface Place {
  readonly dataSet: DataSet;
  readonly characterSet: CharacterSet;
  /** Empty, or the path of the item that the Data Set is, with `/` at its end. */
  readonly path: string;
  readonly options: DicomJsonOptions;
}

const specificCharacterSet = tag(0x00080005);
const trailingPadding = tag(0xfffcfffc);
const metaGroup = 2;

/** Bytes of one word of the binary VRs whose byte order a big endian Transfer Syntax turns round. @see PS3.5 7.3 */
const wordSize: Readonly<Partial<Record<Vr, number>>> = { OD: 8, OF: 4, OL: 4, OV: 8, OW: 2 };

/** A decimal string that is the same in JSON: no `+`, no zero in front of digits, digits around the point, no exponent. */
const jsonNumber = /^-?(?:0|[1-9]\d{0,99})(?:\.\d+)?$/;

const [quote, backslash] = [0x22, 0x5c];

/**
 * Writes a Data Set as one object of the DICOM JSON Model: no group lengths, no File Meta Information, no padding.
 *
 * Values left in the file become BulkDataURIs. A decimal string that is no number stays text, and so does what JSON has
 * no number for: NaN, infinity, and 64 bits beyond 2^53. (0008,0005) tells of the source and is kept.
 * @see PS3.18 F.2
 */
export function writeDicomJson(dataSet: DataSet, options: DicomJsonOptions): string {
  return [...dicomJsonPieces(dataSet, options)].join('');
}

/** Writes as {@link writeDicomJson} does, in pieces, so that who writes much can let others have a turn in between. */
export function* dicomJsonPieces(dataSet: DataSet, options: DicomJsonOptions): Generator<string, void> {
  const place: Place = { dataSet, options, path: '', characterSet: characterSetOf(dataSet, options) };
  let before = '{';
  for (const attribute of written(dataSet)) {
    const vr = valueVr(attribute, dataSet);
    yield `${before}"${tagText(attribute.tag)}":{"vr":"${vr}"`;
    const { items = [] } = attribute;
    for (const [index, item] of items.entries()) {
      yield (index === 0 ? ',"Value":[' : ',') + itemText(attribute, { item, index, place });
    }
    if (items.length > 0) yield ']}';
    else yield `${memberText(attribute, vr, place)}}`;
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function isWritten(attribute: Attribute): boolean {
  const group = attribute.tag >>> 16;
  return (attribute.tag & 0xffff) !== 0 && group !== metaGroup && attribute.tag !== trailingPadding;
}

function written(dataSet: DataSet): readonly Attribute[] {
  return [...dataSet].filter(isWritten).sort((a, b) => a.tag - b.tag);
}

function dataSetText(place: Place): string {
  let text = '{';
  for (const attribute of written(place.dataSet)) {
    const vr = valueVr(attribute, place.dataSet);
    text += `${text === '{' ? '' : ','}"${tagText(attribute.tag)}":{"vr":"${vr}"${memberText(attribute, vr, place)}}`;
  }
  return `${text}}`;
}

/** Writes what follows the VR: nothing, a Value, InlineBinary or BulkDataURI. */
function memberText(attribute: Attribute, vr: Vr, place: Place): string {
  const { items, bytes, bulk } = attribute;
  if (items !== undefined) return items.length === 0 ? '' : `,"Value":[${itemsText(attribute, items, place)}]`;
  if (bulk !== undefined) {
    return `,"BulkDataURI":${JSON.stringify(place.options.bulkDataUri(place.path + tagText(attribute.tag)))}`;
  }
  if (bytes === undefined || bytes.length === 0) return '';
  const values = valuesText(attribute, vr, place);
  if (values === '' || values === 'null') return ''; // of a name, only delimiters
  if (values !== undefined) return `,"Value":[${values}]`;
  const size = valueByteOrder(attribute, place.dataSet) === 'big' ? wordSize[vr] : undefined;
  return `,"InlineBinary":"${base64(size === undefined ? bytes : swapped(bytes, size))}"`;
}

function itemsText(attribute: Attribute, items: readonly DataSet[], place: Place): string {
  return items.map((item, index) => itemText(attribute, { item, index, place })).join(',');
}

function itemText(
  { tag: at }: Attribute,
  { item, index, place }: { readonly item: DataSet; readonly index: number; readonly place: Place },
): string {
  if (item.size === 0) return '{}';
  const path = `${place.path}${tagText(at)}/${index}/`;
  const characterSet = item.has(specificCharacterSet) ? characterSetOf(item, place.options) : place.characterSet;
  return dataSetText({ dataSet: item, path, characterSet, options: place.options });
}

/** Writes values that are text, numbers or tags, commas between; undefined when the VR is binary. */
function valuesText(attribute: Attribute, vr: Vr, place: Place): string | undefined {
  const bytes = attribute.bytes!;
  const text = textRules[vr];
  if (text !== undefined) {
    const plain = plainText(bytes, text);
    const encode = plain === undefined ? JSON.stringify : quoted;
    const write = writers[vr] ?? stringText;
    const values = splitText(plain ?? place.characterSet(bytes, text.delimiters), text);
    return values.map((value) => (value === '' ? 'null' : write(value, encode))).join(',');
  }
  const byteOrder = valueByteOrder(attribute, place.dataSet);
  const number = numberRules[vr];
  if (number !== undefined) return splitNumbers(bytes, number, byteOrder).map(numberText).join(',');
  if (vr === 'AT')
    return splitTags(bytes, byteOrder)
      .map((value) => `"${tagText(value)}"`)
      .join(',');
  return undefined;
}

/** Gets the text of bytes that need neither a character set nor escaping in JSON, as nearly all do; else undefined. */
function plainText(bytes: Uint8Array, rule: TextRule): string | undefined {
  const length = bytes.at(-1) === 0 ? bytes.length - 1 : bytes.length; // the padding of a UID
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 || byte > 0x7e || byte === quote || (byte === backslash && rule.delimiters === ''))
      return undefined;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
}

function quoted(plain: string): string {
  return `"${plain}"`;
}

type Write = (value: string, encode: (value: string) => string) => string;

const stringText: Write = (value, encode) => encode(value);

const nameText: Write = (value, encode) => {
  if (!value.includes('=')) return `{"Alphabetic":${encode(value)}}`;
  const groups = Object.entries(parsePersonName(value)).map(
    ([name, group]: [string, string]) => `"${name}":${encode(group)}`,
  );
  return groups.length === 0 ? 'null' : `{${groups.join(',')}}`;
};

/** Writes a decimal string as a number with the digits it had, so that no precision is lost. @see PS3.18 F.2.3 note */
const decimalText: Write = (value, encode) => {
  if (jsonNumber.test(value)) return value;
  const number = parseDecimal(value);
  return number === undefined ? encode(value) : String(number);
};

/** The VRs whose text is more than a string in JSON. @see PS3.18 F.2.3, table F.2.3-1 */
const writers: Readonly<Partial<Record<Vr, Write>>> = { DS: decimalText, IS: decimalText, PN: nameText };

function numberText(value: number | bigint): string {
  if (typeof value === 'bigint') {
    const isSafe = value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
    return isSafe ? String(value) : `"${value}"`;
  }
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** Turns each whole word of `size` bytes round, for DICOM JSON is little endian. @see PS3.18 F.2.7 */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = Uint8Array.from(bytes);
  for (let at = 0; at + size <= result.length; at += size) result.subarray(at, at + size).reverse();
  return result;
}
