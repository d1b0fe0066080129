import {
  parseDecimal,
  numberRules,
  splitNumbers,
  splitTags,
  splitText,
  textRules,
  valueByteOrder,
  valueVr,
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

/** A number that is the same in JSON: no sign in front but `-`, no zero in front of digits, digits around the point. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?$/;

/**
 * Writes a Data Set as one object of the DICOM JSON Model: no group lengths, no File Meta Information, no padding.
 *
 * Values left in the file become BulkDataURIs. A decimal string that is no number stays text, and so does what JSON has
 * no number for: NaN, infinity, and 64 bits beyond 2^53. (0008,0005) tells of the source and is kept.
 * @see PS3.18 F.2
 */
export function writeDicomJson(dataSet: DataSet, options: DicomJsonOptions): string {
  return dataSetText({ dataSet, options, path: '', characterSet: characterSetOf(dataSet, options) });
}

function isWritten(attribute: Attribute): boolean {
  const group = attribute.tag >>> 16;
  return (attribute.tag & 0xffff) !== 0 && group !== metaGroup && attribute.tag !== trailingPadding;
}

function dataSetText(place: Place): string {
  const attributes = [...place.dataSet].filter(isWritten).sort((a, b) => a.tag - b.tag);
  let text = '{';
  for (const attribute of attributes) {
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
  return items
    .map((dataSet, index) => {
      const path = `${place.path}${tagText(attribute.tag)}/${index}/`;
      const characterSet = dataSet.has(specificCharacterSet)
        ? characterSetOf(dataSet, place.options)
        : place.characterSet;
      return dataSetText({ dataSet, path, characterSet, options: place.options });
    })
    .join(',');
}

/** Writes values that are text, numbers or tags, commas between; undefined when the VR is binary. */
function valuesText(attribute: Attribute, vr: Vr, place: Place): string | undefined {
  const bytes = attribute.bytes!;
  const text = textRules[vr];
  if (text !== undefined) {
    const write = vr === 'PN' ? nameText : vr === 'IS' || vr === 'DS' ? decimalText : stringText;
    return splitText(bytes, text, place.characterSet).map(write).join(',');
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

function stringText(value: string): string {
  return value === '' ? 'null' : JSON.stringify(value);
}

function nameText(value: string): string {
  const name = JSON.stringify(parsePersonName(value));
  return name === '{}' ? 'null' : name;
}

/** Writes a decimal string as a number with the digits it had, so that no precision is lost. @see PS3.18 F.2.3 note */
function decimalText(value: string): string {
  const number = parseDecimal(value);
  if (number === undefined) return stringText(value);
  return jsonNumber.test(value) ? value : JSON.stringify(number);
}

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
