import type { Uid } from './uid.js';

/** Identifies Bucky as what wrote the File Meta Information; made of a UUID. @see PS3.5 B.2, PS3.7 D.3.3.2 */
const implementationClassUid = '2.25.173984158263988942174325429637423107521';
const implementationVersionName = 'BUCKY_0_1';

const preambleLength = 128;

/** Writes one element of Explicit VR Little Endian with a 16-bit length. @see PS3.5 7.1.2 */
function writeShortElement(element: number, vr: string, value: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0x0002, 0); // 0 2 group
  header.writeUInt16LE(element, 2); // 2 2 element
  header.write(vr, 4, 'latin1'); // 4 2 VR
  header.writeUInt16LE(value.length, 6); // 6 2 length
  return Buffer.concat([header, value]);
}

function even(text: string, pad: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + pad, 'latin1');
}

/**
 * Writes preamble, `DICM` and File Meta Information, to stand in front of a Data Set that came without.
 * @see PS3.10 7.1
 */
export function writeFileMeta(about: {
  readonly sopClassUid: Uid;
  readonly instanceUid: Uid;
  readonly transferSyntaxUid: Uid;
}): Uint8Array {
  const uid = (element: number, value: string): Buffer => writeShortElement(element, 'UI', even(value, '\0'));
  // (0002,0001) is OB: 2 reserved bytes and a 32-bit length.
  const version = Buffer.from([0x02, 0, 0x01, 0, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 1]);
  const elements = Buffer.concat([
    version,
    uid(0x0002, about.sopClassUid),
    uid(0x0003, about.instanceUid),
    uid(0x0010, about.transferSyntaxUid),
    uid(0x0012, implementationClassUid),
    writeShortElement(0x0013, 'SH', even(implementationVersionName, ' ')),
  ]);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(elements.length);
  const prefix = Buffer.alloc(preambleLength + 4);
  prefix.write('DICM', preambleLength, 'latin1');
  return Buffer.concat([prefix, writeShortElement(0x0000, 'UL', groupLength), elements]);
}
