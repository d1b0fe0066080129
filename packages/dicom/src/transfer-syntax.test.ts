import { describe, expect, it } from '@jest/globals';
import { uidTable } from './dictionary/uid-table.js';
import { transferSyntaxes, transferSyntaxOf } from './transfer-syntax.js';
import { parseUid } from './uid.js';

describe('transferSyntaxOf', () => {
  it.each([
    ['1.2.840.10008.1.2', 'little', false, false, 'native', 'application/octet-stream'],
    ['1.2.840.10008.1.2.1', 'little', true, false, 'native', 'application/octet-stream'],
    ['1.2.840.10008.1.2.1.99', 'little', true, true, 'native', 'application/octet-stream'],
    ['1.2.840.10008.1.2.2', 'big', true, false, 'native', 'application/octet-stream'],
    ['1.2.840.10008.1.2.4.50', 'little', true, false, 'encapsulated', 'image/jpeg'],
    ['1.2.840.10008.1.2.4.90', 'little', true, false, 'encapsulated', 'image/jp2'],
    ['1.2.840.10008.1.2.4.92', 'little', true, false, 'encapsulated', 'image/jpx'],
    ['1.2.840.10008.1.2.4.102', 'little', true, false, 'encapsulated', 'video/mp4'],
    ['1.2.840.10008.1.2.4.201', 'little', true, false, 'encapsulated', 'image/jphc'],
    ['1.2.840.10008.1.2.5', 'little', true, false, 'encapsulated', 'image/dicom-rle'],
  ])('knows %s', (uid, byteOrder, explicitVr, deflated, pixelData, mediaType) => {
    const known = { uid, byteOrder, explicitVr, deflated, pixelData, mediaType, known: true };
    expect(transferSyntaxOf(parseUid(uid))).toMatchObject(known);
  });

  it('takes an unknown one as Explicit VR Little Endian', () => {
    const unknown = transferSyntaxOf(parseUid('1.2.3.4'));
    expect(unknown).toMatchObject({
      uid: '1.2.3.4',
      byteOrder: 'little',
      explicitVr: true,
      deflated: false,
      known: false,
    });
  });

  it('knows every Transfer Syntax of PS3.6 that can be in a file', () => {
    const listed = uidTable.split('\n').map((line) => line.split('\t'));
    const missing = listed.filter(
      ([uid = '', kind]) => kind === 'Transfer Syntax' && !transferSyntaxes.has(parseUid(uid)),
    );
    // MIME, XML and streams over RTP have no Part 10 file.
    expect(missing.map(([uid]) => uid)).toEqual([
      '1.2.840.10008.1.2.6.1',
      '1.2.840.10008.1.2.6.2',
      '1.2.840.10008.1.2.7.1',
      '1.2.840.10008.1.2.7.2',
      '1.2.840.10008.1.2.7.3',
    ]);
  });
});
