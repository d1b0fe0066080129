import { describe, expect, it } from '@jest/globals';
import { encodeDicomJson } from './encode-dicom-json.js';

describe('encodeDicomJson', () => {
  it.each<[string, readonly unknown[], string]>([
    ['US', [1, 65535], '0100ffff'],
    ['SS', [-2], 'feff'],
    ['UL', [4294967295], 'ffffffff'],
    ['FL', [1.5], '0000c03f'],
    ['FD', [1.5], '000000000000f83f'],
    ['SV', [-1], 'ffffffffffffffff'],
    ['AT', ['0020000D'], '20000d00'],
    ['UI', ['1.2'], '312e3200'],
    ['CS', ['A', null, 'B'], '415c5c42'],
    ['IS', [7], '3720'],
    ['DS', [0.1, 1 / 3], Buffer.from('0.1\\0.3333333333').toString('hex')],
    ['PN', [{ Alphabetic: 'A^B' }], '415e4220'],
    ['SQ', [{ '00080060': { vr: 'CS', Value: ['CT'] } }], 'feff00e00a000000080060004353020043 54'.replace(' ', '')],
  ])('writes the values of %s as %p (PS3.5 6.2)', (vr, Value, hex) => {
    const bytes = encodeDicomJson({ '00091001': { vr, Value } });
    const header = ['SQ', 'SV'].includes(vr) ? 12 : 8;
    expect(bytes.subarray(0, 6).toString('latin1')).toBe(`\x09\x00\x01\x10${vr}`);
    expect(bytes.subarray(header).toString('hex')).toBe(hex);
    expect(header === 12 ? bytes.readUInt32LE(8) : bytes.readUInt16LE(6)).toBe(hex.length / 2);
  });

  it('orders elements by tag and leaves out what lies in a file', () => {
    const bytes = encodeDicomJson({
      '7FE00010': { vr: 'OW', BulkDataURI: '/somewhere' },
      '00280010': { vr: 'US', Value: [1] },
      '00091001': { vr: 'OB', InlineBinary: 'AQID' },
    });
    expect(bytes.toString('hex')).toBe('090001104f42000004000000' + '01020300' + '280010005553020001 00'.replace(' ', '') + 'e07f10004f57000000000000'); // prettier-ignore
  });

  it('drops a value that its length cannot tell (PS3.5 7.1.2)', () => {
    const bytes = encodeDicomJson({ '00081030': { vr: 'LO', Value: ['x'.repeat(70_000)] } });
    expect(bytes.readUInt16LE(6)).toBe(0);
    expect(bytes).toHaveLength(8);
  });
});
