import { describe, expect, it } from '@jest/globals';
import { parseMediaType, splitList } from './media-type.js';

/** So many characters that nothing ends which looks at them again for each. */
const many = 3_000_000;

describe('parseMediaType', () => {
  it('takes quotes and escapes off, and values without quotes as they are', () => {
    const type = parseMediaType('Multipart/Related; type=application/dicom; boundary="a\\"b; c" ; x=');
    expect(type?.name).toBe('multipart/related');
    expect(Object.fromEntries(type!.parameters)).toEqual({ type: 'application/dicom', boundary: 'a"b; c', x: '' });
  });

  it.each([
    ['a/b', {}],
    [' a/b ; ; ', {}],
    ['a/b;X = 1 ; x=2', { x: '1' }],
    ['a/b;x=a b c;y="; , \\\\"', { x: 'a b c', y: '; , \\' }],
    ['a/b;x=""', { x: '' }],
  ])('finds the parameters of %p', (text, expected) => {
    expect(Object.fromEntries(parseMediaType(text)!.parameters)).toEqual(expected);
  });

  it.each([
    '',
    ';;;',
    'text',
    'text/',
    'a/b c',
    'a/b;x',
    'a/b;=x',
    'a/b;x y=z',
    'a/b;x="y',
    'a/b;x="y"z',
    'a/b;x="y\\"',
  ])('takes %p for none', (text) => {
    expect(parseMediaType(text)).toBeUndefined();
  });

  it.each([
    ['spaces in a value', `a/b;x=y${' '.repeat(many)}z`],
    ['spaces before a value', `a/b;x=${' '.repeat(many)}z`],
    ['parameters', `a/b${';x=y'.repeat(many)}`],
    ['empty parameters', `a/b${';'.repeat(many)}`],
    ['escapes', `a/b;x="${'\\"'.repeat(many)}"`],
  ])('reads very many %s', (_what, text) => {
    expect(parseMediaType(text)?.name).toBe('a/b');
  });

  it('refuses very many quotes that nothing closes', () => {
    expect(parseMediaType(`a/b${';x="\\"'.repeat(many)}`)).toBeUndefined();
  });
});

describe('splitList', () => {
  it.each([
    ['a, b,,c ', ['a', 'b', 'c']],
    ['a;x="1,2\\",3", b', ['a;x="1,2\\",3"', 'b']],
    ['a;x="1, b', ['a;x="1', 'b']],
    ['', []],
  ])('cuts %p', (text, expected) => {
    expect(splitList(text)).toEqual(expected);
  });

  it('cuts a list with very many quotes that nothing closes', () => {
    expect(splitList(`${'"\\'.repeat(many)},b`).length).toBe(2);
    expect(splitList(`"${'\\"'.repeat(many)},b`).length).toBe(2);
  });
});
