import { characterSetOf, type Delimiters, type TextOptions } from './character-set.js';
import type { Attribute, DataSet } from './data-set.js';
import { dictionaryEntry, dictionaryVr } from './dictionary/dictionary.js';
import { formatPersonName, parsePersonName } from './person-name.js';
import { tag as asTag, tagText, type Tag } from './tag.js';
import type { Vr } from './vr.js';

const pixelRepresentation = asTag(0x00280103);

/** How the values of a VR that is text are told apart and trimmed. */
export interface TextRule {
  readonly delimiters: Delimiters;
  /** Whether spaces at the start mean nothing; those at the end never do. */
  readonly trimStart: boolean;
}

const values: TextRule = { delimiters: '\\', trimStart: true };
const oneText: TextRule = { delimiters: '', trimStart: false };

/** The VRs that are text. @see PS3.5 6.2, table 6.2-1; 6.4 */
export const textRules: Readonly<Partial<Record<Vr, TextRule>>> = {
  AE: values,
  AS: values,
  CS: values,
  DA: values,
  DS: values,
  DT: values,
  IS: values,
  LO: values,
  LT: oneText,
  PN: { delimiters: '\\^=', trimStart: true },
  SH: values,
  ST: oneText,
  TM: values,
  UC: { delimiters: '\\', trimStart: false },
  UI: values,
  UR: oneText,
  UT: oneText,
};

/** How the values of a VR that is numbers are read. */
export interface NumberRule {
  /** Bytes of one value. */
  readonly size: number;
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number | bigint;
}

/** The VRs that are binary numbers, told apart by their size. @see PS3.5 6.2, table 6.2-1 */
export const numberRules: Readonly<Partial<Record<Vr, NumberRule>>> = {
  FD: { size: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
  FL: { size: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  SL: { size: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  SS: { size: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  SV: { size: 8, read: (view, offset, little) => view.getBigInt64(offset, little) },
  UL: { size: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  US: { size: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  UV: { size: 8, read: (view, offset, little) => view.getBigUint64(offset, little) },
};

/** Tells whether the pixels around are signed: by the nearest Data Set that says so. */
function isSigned(dataSet: DataSet): boolean {
  for (let at: DataSet | undefined = dataSet; at !== undefined; at = at.parent) {
    const attribute = at.get(pixelRepresentation);
    const bytes = attribute?.bytes;
    if (bytes !== undefined && bytes.length >= 2) return bytes[0] === 1 || bytes[1] === 1; // 0 or 1, in either byte order
  }
  return false;
}

/**
 * Tells the VR by which an Attribute's value is to be read. That is the one written; but UN of a known Attribute is what
 * the dictionary says, and where the VR was not written, `US or SS` follows Pixel Representation.
 * @see PS3.5 6.2.2, A.1
 */
export function valueVr(attribute: Attribute, dataSet: DataSet): Vr {
  const { vr, tag, implied, items } = attribute;
  if (items !== undefined) return 'SQ';
  if (vr !== 'UN' && implied !== true) return vr;
  const known = vr === 'UN' ? dictionaryVr(tag) : vr;
  if (known === undefined || known === 'SQ') return 'UN'; // a Sequence that was not taken apart is only bytes
  return known === 'US' && dictionaryEntry(tag)?.vr === 'US or SS' && isSigned(dataSet) ? 'SS' : known;
}

/** Tells the byte order of an Attribute's value: UN is always little endian. @see PS3.5 6.2.2 */
export function valueByteOrder(attribute: Attribute, dataSet: DataSet): 'little' | 'big' {
  return attribute.vr === 'UN' ? 'little' : dataSet.byteOrder;
}

/** Removes padding: spaces, and the NUL that belongs to UI but is met anywhere. Other white space is kept. */
function trimmed(text: string, { trimStart }: TextRule): string {
  let start = 0;
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\0')) end--;
  while (trimStart && start < end && text[start] === ' ') start++;
  return text.slice(start, end);
}

/** Splits and trims text; empty values between others stay, empty text gives none. */
export function splitText(text: string, rule: TextRule): readonly string[] {
  if (rule.delimiters === '' || !text.includes('\\')) {
    const only = trimmed(text, rule);
    return only === '' ? [] : [only];
  }
  return text.split('\\').map((value) => trimmed(value, rule));
}

/** Reads binary numbers; bytes left over at the end are not looked at. */
export function splitNumbers(bytes: Uint8Array, rule: NumberRule, byteOrder: 'little' | 'big'): (number | bigint)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers: (number | bigint)[] = [];
  for (let offset = 0; offset + rule.size <= bytes.length; offset += rule.size) {
    numbers.push(rule.read(view, offset, byteOrder === 'little'));
  }
  return numbers;
}

/** Reads Attribute Tags: two numbers of 16 bits, the group first in either byte order. @see PS3.5 6.2, AT */
export function splitTags(bytes: Uint8Array, byteOrder: 'little' | 'big'): Tag[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = byteOrder === 'little';
  const tags: Tag[] = [];
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    tags.push(asTag(view.getUint16(offset, little) * 0x10000 + view.getUint16(offset + 2, little)));
  }
  return tags;
}

/** A decimal or integer string as PS3.5 allows it, and a little more. @see PS3.5 6.2, DS and IS */
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?$/;

/** Reads a decimal string; undefined when it is none, or too large for a number. */
export function parseDecimal(text: string): number | undefined {
  const number = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/**
 * Gets the values of an Attribute as text, numbers and tags too; empty ones between others stay, empty component groups
 * at the end of a name do not. None when the Attribute is absent, empty, a Sequence, binary or left in the file.
 */
export function textsOf(dataSet: DataSet, tag: Tag, options: TextOptions = {}): readonly string[] {
  const attribute = dataSet.get(tag);
  if (attribute?.bytes === undefined) return [];
  const vr = valueVr(attribute, dataSet);
  const text = textRules[vr];
  if (text !== undefined) {
    const texts = splitText(characterSetOf(dataSet, options)(attribute.bytes, text.delimiters), text);
    return vr === 'PN' ? texts.map((name) => formatPersonName(parsePersonName(name))) : texts;
  }
  const byteOrder = valueByteOrder(attribute, dataSet);
  const number = numberRules[vr];
  if (number !== undefined) return splitNumbers(attribute.bytes, number, byteOrder).map(String);
  return vr === 'AT' ? splitTags(attribute.bytes, byteOrder).map(tagText) : [];
}

/** Gets the first value that is not empty, as text; of a Person Name all its component groups, as `A=B=C`. */
export function textOf(dataSet: DataSet, tag: Tag, options: TextOptions = {}): string | undefined {
  return textsOf(dataSet, tag, options).find((value) => value !== '');
}

/** Gets the values of an Attribute as numbers, those of IS and DS too; NaN for one that is empty or no number. */
export function numbersOf(dataSet: DataSet, tag: Tag): readonly number[] {
  const attribute = dataSet.get(tag);
  const rule = attribute && numberRules[valueVr(attribute, dataSet)];
  if (attribute?.bytes !== undefined && rule !== undefined) {
    return splitNumbers(attribute.bytes, rule, valueByteOrder(attribute, dataSet)).map(Number);
  }
  return textsOf(dataSet, tag).map((text) => parseDecimal(text) ?? Number.NaN);
}

/** Gets the first value of an Attribute as a number; undefined when it has none. */
export function numberOf(dataSet: DataSet, tag: Tag): number | undefined {
  const [first] = numbersOf(dataSet, tag);
  return first === undefined || Number.isNaN(first) ? undefined : first;
}

/** Gets the values of an Attribute of VR SV or UV, which a number may not hold. */
export function bigintsOf(dataSet: DataSet, tag: Tag): readonly bigint[] {
  const attribute = dataSet.get(tag);
  const rule = attribute && numberRules[valueVr(attribute, dataSet)];
  if (attribute?.bytes === undefined || rule === undefined) return [];
  return splitNumbers(attribute.bytes, rule, valueByteOrder(attribute, dataSet)).filter(
    (one) => typeof one === 'bigint',
  );
}

/** Gets the values of an Attribute of VR AT. */
export function tagsOf(dataSet: DataSet, tag: Tag): readonly Tag[] {
  const attribute = dataSet.get(tag);
  if (attribute?.bytes === undefined || valueVr(attribute, dataSet) !== 'AT') return [];
  return splitTags(attribute.bytes, valueByteOrder(attribute, dataSet));
}
