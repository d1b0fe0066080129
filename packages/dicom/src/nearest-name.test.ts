import { describe, expect, it } from '@jest/globals';
import { suggestName } from './nearest-name.js';

describe('suggestName', () => {
  const names = ['serve', 'import', 'config', 'at'];

  it.each([
    ['srve', 'serve'],
    ['IMPROT', 'import'],
    ['configs', 'config'],
    ['imprt', 'import'],
  ])('takes %s for %s', (written, name) => {
    expect(suggestName(written, [...names].reverse())).toBe(`did you mean ${name}?`);
    expect(suggestName(written, names)).toBe(`did you mean ${name}?`);
  });

  it.each(['', 'xy', 'something', 'x'.repeat(1000)])('names all for %p, which looks like none', (written) => {
    expect(suggestName(written, names)).toBe('there are serve, import, config, at');
  });
});
