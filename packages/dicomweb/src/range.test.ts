import { describe, expect, it } from '@jest/globals';
import { contentRange, parseRange } from './range.js';

describe('parseRange', () => {
  it.each([
    ['bytes=0-', { start: 0, end: 10 }],
    ['bytes=2-4', { start: 2, end: 5 }],
    ['bytes=2-99', { start: 2, end: 10 }],
    ['bytes=-3', { start: 7, end: 10 }],
    ['bytes=-99', { start: 0, end: 10 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', 'whole'],
    ['bytes=0-0,2-3', 'whole'],
    ['lines=1-2', 'whole'],
    ['bytes=-', 'whole'],
    [undefined, 'whole'],
  ])('reads %p of 10 bytes as %p', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });
});

describe('contentRange', () => {
  it('includes the last byte, as HTTP does', () => {
    expect(contentRange({ start: 2, end: 5 }, 10)).toBe('bytes 2-4/10');
    expect(contentRange('unsatisfiable', 10)).toBe('bytes */10');
  });
});
