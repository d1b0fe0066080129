import { deflateRawSync, deflateSync } from 'node:zlib';
import {
  dataSet,
  delimited,
  element,
  elementHeader,
  explicitBig,
  explicitLittle,
  fileHead,
  imageAttributes,
  implicitLittle,
  item,
  itemEnd,
  sequenceEnd,
} from './part10-builder.js';
import type { Coding } from './element-header.js';

const little = explicitLittle;
const jpeg = '1.2.840.10008.1.2.4.50';

/** Bytes that differ from each other, so that a wrong cut shows. */
export function patterned(length: number, seed = 1): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 37 + seed * 101 + (index >> 8)) & 0xff));
}

/** A fragment that begins and ends as JPEG does, with a pad byte where it is odd. */
export function jpegFragment(length: number, seed = 1): Buffer {
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    patterned(length, seed),
    Buffer.from([0xff, 0xd9]),
  ]);
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
}

function nested(coding: Coding): Buffer {
  const deep = delimited(coding, 0x00081140, {
    vr: 'SQ',
    items: [item(coding, element(coding, 0x00081155, { vr: 'UI', value: '1.2.99' }), { delimited: true })],
  });
  const withLengths = element(coding, 0x00081115, {
    vr: 'SQ',
    value: Buffer.concat([item(coding, deep), item(coding, Buffer.alloc(0))]),
  });
  return withLengths;
}

function native(coding: Coding): Buffer {
  return Buffer.concat([
    imageAttributes(coding, { rows: 4, columns: 5, bits: 16, frames: 3 }),
    element(coding, 0x7fe00010, { vr: 'OW', value: patterned(120) }),
  ]);
}

function encapsulated(...items: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    imageAttributes(little, { rows: 4, columns: 5, bits: 8, frames: 2 }),
    delimited(little, 0x7fe00010, { vr: 'OB', items: items.map((bytes) => item(little, bytes)) }),
  ]);
}

const whole = (coding: Coding): Buffer =>
  Buffer.concat([
    dataSet(coding, element(coding, 0x00200013, { vr: 'IS', value: '7' }), nested(coding), native(coding)),
  ]);

/** (0009,1010) in a private block, UN of undefined length: items in Implicit VR. @see PS3.5 6.2.2 note 2 */
const unknownSequence = Buffer.concat([
  element(little, 0x00290010, { vr: 'LO', value: 'BUCKY TEST' }),
  elementHeader(little, 0x00291010, { vr: 'UN', length: 0xffffffff }),
  item(implicitLittle, element(implicitLittle, 0x00081155, { vr: 'UI', value: '1.2.98' }), { delimited: true }),
  sequenceEnd(little),
]);

const icon = delimited(little, 0x00880200, {
  vr: 'SQ',
  items: [
    item(
      little,
      Buffer.concat([
        imageAttributes(little, { rows: 40, columns: 40, bits: 8 }),
        element(little, 0x7fe00010, { vr: 'OB', value: patterned(1600) }),
      ]),
      { delimited: true },
    ),
    item(
      little,
      delimited(little, 0x7fe00010, {
        vr: 'OB',
        items: [item(little, Buffer.alloc(0)), item(little, jpegFragment(9))],
      }),
    ),
  ],
});

/** One small file for each way to write one, by name. All of them can be read. */
export const builtFiles: Readonly<Record<string, Buffer>> = {
  'implicit little endian': Buffer.concat([fileHead('1.2.840.10008.1.2'), whole(implicitLittle)]),
  'explicit little endian': Buffer.concat([fileHead('1.2.840.10008.1.2.1'), whole(little)]),
  'explicit big endian': Buffer.concat([fileHead('1.2.840.10008.1.2.2'), whole(explicitBig)]),
  deflated: Buffer.concat([fileHead('1.2.840.10008.1.2.1.99'), deflateRawSync(whole(little))]),
  'deflated with a pad byte': Buffer.concat([
    fileHead('1.2.840.10008.1.2.1.99'),
    deflateRawSync(whole(little)),
    Buffer.alloc(1),
  ]),
  'deflated as zlib does': Buffer.concat([fileHead('1.2.840.10008.1.2.1.99'), deflateSync(whole(little))]),
  'no preamble': Buffer.concat([fileHead('1.2.840.10008.1.2.1', { preamble: false }), whole(little)]),
  'no preamble but DICM': Buffer.concat([
    Buffer.from('DICM'),
    fileHead('1.2.840.10008.1.2.1', { preamble: false }),
    whole(little),
  ]),
  'preamble but no meta': Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), whole(little)]),
  'bare implicit': whole(implicitLittle),
  'bare explicit': whole(little),
  'bare big endian': whole(explicitBig),
  'no meta group length': Buffer.concat([fileHead('1.2.840.10008.1.2.1', { groupLength: 'none' }), whole(little)]),
  'meta group length too small': Buffer.concat([fileHead('1.2.840.10008.1.2.1', { groupLength: 3 }), whole(little)]),
  'meta group length too large': Buffer.concat([fileHead('1.2.840.10008.1.2.1', { groupLength: 9999 }), whole(little)]),
  'meta in implicit VR': Buffer.concat([fileHead('1.2.840.10008.1.2.1', { coding: implicitLittle }), whole(little)]),
  'declared big endian, but little': Buffer.concat([fileHead('1.2.840.10008.1.2.2'), whole(little)]),
  'declared implicit, but explicit': Buffer.concat([fileHead('1.2.840.10008.1.2'), whole(little)]),
  'no transfer syntax': Buffer.concat([fileHead(undefined), whole(implicitLittle)]),
  'private transfer syntax': Buffer.concat([
    fileHead('1.2.3.4.5.6'),
    dataSet(little, encapsulated(Buffer.alloc(0), jpegFragment(20), jpegFragment(31, 2))),
  ]),
  'JPEG with implicit VR': Buffer.concat([
    fileHead(jpeg),
    dataSet(
      implicitLittle,
      delimited(implicitLittle, 0x7fe00010, {
        vr: 'OB',
        items: [item(implicitLittle, Buffer.alloc(0)), item(implicitLittle, jpegFragment(20))],
      }),
    ),
  ]),
  'UN of undefined length': Buffer.concat([fileHead('1.2.840.10008.1.2.1'), dataSet(little, unknownSequence)]),
  'icon images': Buffer.concat([fileHead('1.2.840.10008.1.2.1'), dataSet(little, icon, native(little))]),
  'two fragments, two frames': Buffer.concat([
    fileHead(jpeg),
    dataSet(little, encapsulated(Buffer.alloc(0), jpegFragment(20), jpegFragment(31, 2))),
  ]),
  'elements after pixel data': Buffer.concat([
    fileHead('1.2.840.10008.1.2.1'),
    dataSet(little, native(little), element(little, 0xfffafffa, { vr: 'SQ', value: item(little, Buffer.alloc(0)) })),
  ]),
  'trailing padding': Buffer.concat([
    fileHead('1.2.840.10008.1.2.1'),
    dataSet(little, native(little), element(little, 0xfffcfffc, { vr: 'OB', value: Buffer.alloc(3000) })),
  ]),
  'no sequence delimiter': Buffer.concat([
    fileHead(jpeg),
    dataSet(little, encapsulated(Buffer.alloc(0), jpegFragment(20), jpegFragment(31, 2)).subarray(0, -8)),
  ]),
  'stray delimiters': Buffer.concat([
    fileHead('1.2.840.10008.1.2.1'),
    dataSet(little, itemEnd(little), native(little), sequenceEnd(little)),
  ]),
  'filled up with zeros': Buffer.concat([
    fileHead('1.2.840.10008.1.2.1'),
    dataSet(little, native(little), Buffer.alloc(300)),
  ]),
  'group lengths': Buffer.concat([
    fileHead('1.2.840.10008.1.2'),
    element(implicitLittle, 0x00080000, { vr: 'UL', value: [99] }),
    dataSet(implicitLittle, element(implicitLittle, 0x00280000, { vr: 'UL', value: [12] }), native(implicitLittle)),
  ]),
  'long binary values': Buffer.concat([
    fileHead('1.2.840.10008.1.2.1'),
    dataSet(
      little,
      element(little, 0x00281201, { vr: 'OW', value: patterned(2000) }),
      element(little, 0x00283010, {
        vr: 'SQ',
        value: item(little, element(little, 0x00283006, { vr: 'OW', value: patterned(1500, 3) })),
      }),
      element(little, 0x00420011, { vr: 'OB', value: patterned(70_000, 2) }),
    ),
  ]),
};
