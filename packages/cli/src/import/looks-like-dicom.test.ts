import { describe, expect, it } from '@jest/globals';
import { judgeHead } from './looks-like-dicom.js';

const preamble = Buffer.alloc(128);
const part10 = (text: string): Buffer => Buffer.concat([preamble, Buffer.from(`DICM${text}`)]);

describe('judgeHead', () => {
  it.each<[string, Buffer]>([
    [
      'a Part 10 file whose preamble begins as a ZIP',
      Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(124), Buffer.from('DICM')]),
    ],
    ['a Part 10 file', part10('\x02\x00\x00\x00')],
    [
      'a Part 10 file whose preamble begins as an executable',
      Buffer.concat([Buffer.from('MZ'), Buffer.alloc(126), Buffer.from('DICM')]),
    ],
    ['meta information without preamble', Buffer.from('\x02\x00\x00\x00UL\x04\x00')],
    ['a Data Set without meta information', Buffer.from('\x08\x00\x05\x00\x0a\x00\x00\x00')],
    ['a big endian Data Set', Buffer.from('\x00\x08\x00\x05CS\x00\x0a')],
    ['an object whose UID only begins like that of a DICOMDIR', part10('1.2.840.10008.1.3.10.4\0')],
  ])('lets %s be judged by the archive', (_what, head) => {
    expect(judgeHead(head)).toBeUndefined();
  });

  it.each<[string, Buffer, string]>([
    ['an empty file', Buffer.alloc(0), 'empty'],
    ['text', Buffer.from('Patient list of May\n'), 'no DICOM header'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'no DICOM header'],
    ['a file of 4 bytes', Buffer.from('\x08\x00\x05\x00'), 'no DICOM header'],
    ['a ZIP, to be looked into', Buffer.from('PK\x03\x04\x14\x00\x00\x00'), 'ZIP'],
    ['a DICOMDIR', part10('UI\x141.2.840.10008.1.3.10\0'), 'DICOMDIR'],
  ])('passes by %s', (_what, head, reason) => {
    expect(judgeHead(head)).toBe(reason);
  });
});
