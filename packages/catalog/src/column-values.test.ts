import { expect, it } from '@jest/globals';
import { foldName } from './column-values.js';

it.each([
  [' Buc ^ Jérôme ^^ ', 'buc^jerome'],
  ['^^', ''],
  ['^Anna', '^anna'],
  ['a  b^c', 'a  b^c'],
])('folds the component group %p to %p', (group, folded) => {
  expect(foldName(group)).toBe(folded);
});

it('folds a name with very many spaces or separators within it', () => {
  const spaces = ' '.repeat(3_000_000); // where the time grows with the square, neither ends
  expect(foldName(`A${spaces}x`)).toBe(`a${spaces}x`);
  expect(foldName(`A${'^'.repeat(3_000_000)}x`).length).toBe(3_000_002);
});
