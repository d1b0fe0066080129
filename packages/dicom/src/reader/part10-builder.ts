import { Buffer } from 'node:buffer';
import { longLength, type Vr } from '../vr.js';
import type { Coding } from './element-header.js';

/** Explicit VR Little Endian. @see PS3.5 A.2 */
export const explicitLittle: Coding = { byteOrder: 'little', explicitVr: true };
/** Implicit VR Little Endian. @see PS3.5 A.1 */
export const implicitLittle: Coding = { byteOrder: 'little', explicitVr: false };
/** Explicit VR Big Endian. @see PS3.5 A.3 */
export const explicitBig: Coding = { byteOrder: 'big', explicitVr: true };

/** A value as a test writes it: text, numbers of two bytes, or bytes. */
export type BuiltValue = string | readonly number[] | Uint8Array;

function uint(coding: Coding, value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  if (coding.byteOrder === 'little') bytes.writeUIntLE(value, 0, size);
  else bytes.writeUIntBE(value, 0, size);
  return bytes;
}

function valueBytes(coding: Coding, vr: string, value: BuiltValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') return Buffer.concat(value.map((number) => uint(coding, number, vr === 'UL' ? 4 : 2)));
  return Buffer.from(value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' '), 'latin1');
}

/** Writes the header of an element. @see PS3.5 7.1 */
export function elementHeader(coding: Coding, tag: number, of: { vr: string; length: number }): Buffer {
  const at = [uint(coding, tag >>> 16, 2), uint(coding, tag & 0xffff, 2)];
  if (!coding.explicitVr || tag >>> 16 === 0xfffe) return Buffer.concat([...at, uint(coding, of.length, 4)]);
  const vr = Buffer.from(of.vr, 'latin1');
  if (!longLength.has(of.vr as Vr)) return Buffer.concat([...at, vr, uint(coding, of.length, 2)]);
  return Buffer.concat([...at, vr, Buffer.alloc(2), uint(coding, of.length, 4)]);
}

/** Writes an element. */
export function element(coding: Coding, tag: number, of: { vr: string; value: BuiltValue }): Buffer {
  const value = valueBytes(coding, of.vr, of.value);
  return Buffer.concat([elementHeader(coding, tag, { vr: of.vr, length: value.length }), value]);
}

/** Writes an item with its length, or with a delimiter. @see PS3.5 7.5 */
export function item(coding: Coding, content: Uint8Array, options: { delimited?: boolean } = {}): Buffer {
  if (options.delimited !== true) return element(coding, 0xfffee000, { vr: '', value: content });
  return Buffer.concat([elementHeader(coding, 0xfffee000, { vr: '', length: 0xffffffff }), content, itemEnd(coding)]);
}

/** Writes an Item Delimitation Item. */
export function itemEnd(coding: Coding): Buffer {
  return elementHeader(coding, 0xfffee00d, { vr: '', length: 0 });
}

/** Writes a Sequence Delimitation Item. */
export function sequenceEnd(coding: Coding): Buffer {
  return elementHeader(coding, 0xfffee0dd, { vr: '', length: 0 });
}

/** Writes an element of undefined length: items and a delimiter. */
export function delimited(coding: Coding, tag: number, of: { vr: string; items: readonly Uint8Array[] }): Buffer {
  return Buffer.concat([
    elementHeader(coding, tag, { vr: of.vr, length: 0xffffffff }),
    ...of.items,
    sequenceEnd(coding),
  ]);
}

/** The UIDs of every instance that tests build. */
export const builtUids = {
  sopClass: '1.2.840.10008.5.1.4.1.1.7',
  instance: '1.2.3.4',
  study: '1.2.3',
  series: '1.2.3.9',
};

/** Writes a Data Set that says who it is; `others` are elements with higher Tags than (0020,000E). */
export function dataSet(coding: Coding, ...others: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    element(coding, 0x00080016, { vr: 'UI', value: builtUids.sopClass }),
    element(coding, 0x00080018, { vr: 'UI', value: builtUids.instance }),
    element(coding, 0x00100010, { vr: 'PN', value: 'Test^Built' }),
    element(coding, 0x0020000d, { vr: 'UI', value: builtUids.study }),
    element(coding, 0x0020000e, { vr: 'UI', value: builtUids.series }),
    ...others,
  ]);
}

/** What {@link imageAttributes} writes. */
export interface BuiltImage {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly samples?: number;
  readonly frames?: number | string;
  readonly photometric?: string;
}

/** Writes the Attributes that native Frames are measured by. @see PS3.3 C.7.6.3 */
export function imageAttributes(coding: Coding, image: BuiltImage): Buffer {
  const { samples = 1, frames, photometric = 'MONOCHROME2' } = image;
  return Buffer.concat([
    element(coding, 0x00280002, { vr: 'US', value: [samples] }),
    element(coding, 0x00280004, { vr: 'CS', value: photometric }),
    ...(frames === undefined ? [] : [element(coding, 0x00280008, { vr: 'IS', value: String(frames) })]),
    element(coding, 0x00280010, { vr: 'US', value: [image.rows] }),
    element(coding, 0x00280011, { vr: 'US', value: [image.columns] }),
    element(coding, 0x00280100, { vr: 'US', value: [image.bits] }),
  ]);
}

/** Writes preamble, `DICM` and File Meta Information; `groupLength` other than the right one, or none. @see PS3.10 7.1 */
export function fileHead(
  transferSyntaxUid: string | undefined,
  options: { groupLength?: number | 'none'; preamble?: boolean; coding?: Coding } = {},
): Buffer {
  const { preamble = true, coding = explicitLittle } = options;
  const elements = Buffer.concat([
    element(coding, 0x00020002, { vr: 'UI', value: builtUids.sopClass }),
    element(coding, 0x00020003, { vr: 'UI', value: builtUids.instance }),
    ...(transferSyntaxUid === undefined ? [] : [element(coding, 0x00020010, { vr: 'UI', value: transferSyntaxUid })]),
  ]);
  const { groupLength = elements.length } = options;
  return Buffer.concat([
    preamble ? Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]) : Buffer.alloc(0),
    groupLength === 'none' ? Buffer.alloc(0) : element(coding, 0x00020000, { vr: 'UL', value: [groupLength] }),
    elements,
  ]);
}
