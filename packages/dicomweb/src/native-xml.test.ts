import { describe, expect, it } from '@jest/globals';
import type { DicomJsonObject } from '@bucky/archive';
import { writeNativeXml } from './native-xml.js';

/** What stands between the tags of the root. */
function inside(dataSet: DicomJsonObject): string {
  return /^<\?xml version="1.0" encoding="UTF-8"\?><NativeDicomModel [^>]*>(.*)<\/NativeDicomModel>$/s.exec(
    writeNativeXml(dataSet),
  )![1]!;
}

describe('the Native DICOM Model (PS3.19 A.1)', () => {
  it.each<[string, DicomJsonObject, string]>([
    [
      'values with their numbers and the keyword',
      { '00080008': { vr: 'CS', Value: ['A', null, 'C'] } },
      '<DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><Value number="1">A</Value><Value number="3">C</Value></DicomAttribute>',
    ],
    [
      'an empty Attribute as an empty element',
      { '00080050': { vr: 'SH' } },
      '<DicomAttribute tag="00080050" vr="SH" keyword="AccessionNumber"></DicomAttribute>',
    ],
    [
      'a name by groups and components',
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Y^T^^Dr', Ideographic: '山^太' }] } },
      '<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1">' +
        '<Alphabetic><FamilyName>Y</FamilyName><GivenName>T</GivenName><NamePrefix>Dr</NamePrefix></Alphabetic>' +
        '<Ideographic><FamilyName>山</FamilyName><GivenName>太</GivenName></Ideographic></PersonName></DicomAttribute>',
    ],
    [
      'a Sequence by items, also an empty one',
      { '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] } }, {}] } },
      '<DicomAttribute tag="00081199" vr="SQ" keyword="ReferencedSOPSequence"><Item number="1">' +
        '<DicomAttribute tag="00081155" vr="UI" keyword="ReferencedSOPInstanceUID"><Value number="1">1.2</Value>' +
        '</DicomAttribute></Item><Item number="2"></Item></DicomAttribute>',
    ],
    [
      'numbers and binary values',
      {
        '00280010': { vr: 'US', Value: [512] },
        '00282000': { vr: 'OB', InlineBinary: 'AQI=' },
        '7FE00010': { vr: 'OW', BulkDataURI: '/a?b&c' },
      },
      '<DicomAttribute tag="00280010" vr="US" keyword="Rows"><Value number="1">512</Value></DicomAttribute>' +
        '<DicomAttribute tag="00282000" vr="OB" keyword="ICCProfile"><InlineBinary>AQI=</InlineBinary></DicomAttribute>' +
        '<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><BulkData uri="/a?b&amp;c"/></DicomAttribute>',
    ],
    [
      'private Attributes with their creator in place of the block',
      { '00090010': { vr: 'LO', Value: ['A & B'] }, '00091001': { vr: 'SH', Value: ['x'] } },
      '<DicomAttribute tag="00090010" vr="LO"><Value number="1">A &amp; B</Value></DicomAttribute>' +
        '<DicomAttribute tag="00090001" privateCreator="A &amp; B" vr="SH"><Value number="1">x</Value></DicomAttribute>',
    ],
    [
      'private Attributes without a creator as they are',
      { '00091001': { vr: 'SH', Value: ['x'] } },
      '<DicomAttribute tag="00091001" vr="SH"><Value number="1">x</Value></DicomAttribute>',
    ],
    [
      'markup, line ends and what XML has no character for',
      { '00204000': { vr: 'LT', Value: ['<a b="c">&\r\n\t\u0007\ud800😀'] } },
      '<DicomAttribute tag="00204000" vr="LT" keyword="ImageComments"><Value number="1">' +
        '&lt;a b=&quot;c&quot;&gt;&amp;&#13;&#10;&#9;\ufffd\ufffd😀</Value></DicomAttribute>',
    ],
  ])('writes %s', (_, dataSet, expected) => {
    expect(inside(dataSet)).toBe(expected);
  });

  it('writes Attributes in the order of their Tags', () => {
    const text = writeNativeXml({ '60003000': { vr: 'OW' }, '00080005': { vr: 'CS' } });
    expect(text.indexOf('00080005')).toBeLessThan(text.indexOf('60003000'));
  });
});
