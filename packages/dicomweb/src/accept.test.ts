import { describe, expect, it } from '@jest/globals';
import { acceptOf, choose, codingOf, parseAccept } from './accept.js';

const jpeg = '1.2.840.10008.1.2.4.50';
const offers = [
  { name: 'multipart/related', type: 'image/jpeg', transferSyntaxes: ['', '*', jpeg] },
  { name: 'multipart/related', type: 'application/octet-stream', transferSyntaxes: ['', '*', jpeg] },
  { name: 'image/jpeg', transferSyntaxes: ['', '*', jpeg] },
] as const;

describe('choose', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['*/*', 0],
    ['multipart/*', 0],
    ['multipart/related; type=application/octet-stream; transfer-syntax=*', 1],
    ['multipart/related; type="application/octet-stream"; transfer-syntax="*"', 1],
    [`multipart/related; type="application/octet-stream"; transfer-syntax=${jpeg}`, 1],
    ['multipart/related; TYPE="Application/Octet-Stream"', 1],
    ['image/jpeg', 2],
    ['image/*;q=0.5, multipart/related;q=0.4', 2],
    ['multipart/related;q=0, */*', 2],
    ['nonsense, ;;, image/jpeg', 2],
    ['image/png, image/jpeg;q=0.1', 2],
  ])('for Accept %p takes offer %p', (header, index) => {
    expect(choose([parseAccept(header)], offers)).toBe(offers[index]);
  });

  it.each([
    'image/png',
    '*/*;q=0',
    'nonsense',
    `multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.1`,
    'multipart/related; type="image/png"',
  ])('refuses Accept %p', (header) => {
    expect(() => choose([parseAccept(header)], offers)).toThrow(expect.objectContaining({ code: 'not-acceptable' }));
  });
});

describe('acceptOf', () => {
  it('takes the query parameter before the header, its + as it stands', () => {
    const ranges = acceptOf({ url: '/x?a=b&accept=application/dicom+json', headers: { accept: 'image/png' } });
    expect(ranges.map((list) => list.map(({ name }) => name))).toEqual([['application/dicom+json'], ['image/png']]);
  });

  it('refuses a parameter that is not percent-encoded UTF-8', () => {
    expect(() => acceptOf({ url: '/x?accept=%zz', headers: {} })).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});

describe('codingOf', () => {
  it.each([
    [undefined, 'identity'],
    ['gzip, deflate, br', 'gzip'],
    ['br;q=1, GZIP;q=0.1', 'gzip'],
    ['gzip;q=0, *', 'identity'],
    ['*', 'gzip'],
    ['*;q=0', 'identity'],
    ['br', 'identity'],
  ])('for Accept-Encoding %p takes %p', (header, expected) => {
    expect(codingOf(header)).toBe(expected);
  });
});
