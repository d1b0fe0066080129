import { describe, expect, it } from '@jest/globals';
import { BuckyError } from '../bucky-error.js';
import { tag } from '../tag.js';
import { dictionaryEntry, dictionaryVr, keywordOf, parseTag, tagOf, uidName } from './dictionary.js';

describe('the dictionary', () => {
  it.each<[number, string | undefined]>([
    [0x00100010, 'PN'],
    [0x00080000, 'UL'],
    [0x00090000, 'UL'],
    [0x00090010, 'LO'],
    [0x000900ff, 'LO'],
    [0x00091001, undefined],
    [0x00090001, undefined],
    [0x00280106, 'US'],
    [0x00283006, 'OW'],
    [0x7fe00010, 'OW'],
    [0x54001010, 'OW'],
    [0x60003000, 'OW'],
    [0x60020050, 'SS'],
    [0x60ff1001, undefined],
    [0x501e0005, 'US'],
    [0x60010010, 'LO'],
    [0x00203142, 'CS'],
    [0x00080005, 'CS'],
    [0x7fe00001, 'OV'],
    [0x00660040, 'OL'],
    [0xfffee000, undefined],
    [0xfffcfffc, 'OB'],
    [0x00080202, 'OB'],
    [0x12340001, undefined],
  ])('gives %i the VR %s', (value, vr) => {
    expect(dictionaryVr(tag(value))).toBe(vr);
  });

  it('goes from keyword to Tag and back', () => {
    for (const keyword of ['PatientName', 'NumberOfTableColumns', 'OverlayData', 'AcquisitionUID', 'PixelData']) {
      expect(keywordOf(tagOf(keyword)!)).toBe(keyword);
    }
    expect(tagOf('patientname')).toBeUndefined();
    expect(keywordOf(tag(0x60023000))).toBe('OverlayData');
    expect(keywordOf(tag(0x00180061))).toBeUndefined();
  });

  it('knows name and multiplicity', () => {
    expect(dictionaryEntry(tag(0x00080008))).toEqual({ vr: 'CS', vm: '2-n', keyword: 'ImageType', name: 'Image Type' });
  });

  it('reads hexadecimal digits in either case and keywords, and refuses anything else', () => {
    expect(parseTag('0020000D')).toBe(0x0020000d);
    expect(parseTag('7fe00010')).toBe(0x7fe00010);
    expect(parseTag('FFFCFFFC')).toBe(0xfffcfffc);
    expect(parseTag('StudyInstanceUID')).toBe(0x0020000d);
    for (const text of ['', '0020,000D', '0020000', 'NoSuchKeyword', 'constructor', '0x20000d', ' PatientName']) {
      expect(() => parseTag(text)).toThrow(BuckyError);
    }
  });

  it('names SOP Classes and Transfer Syntaxes, the youngest too', () => {
    expect(uidName('1.2.840.10008.5.1.4.1.1.2')).toBe('CT Image Storage');
    expect(uidName('1.2.840.10008.1.2.4.201')).toMatch(/^High-Throughput JPEG 2000/);
    expect(uidName('1.2.3')).toBeUndefined();
  });
});
