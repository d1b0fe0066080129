import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';

describe('parseOptions', () => {
  it('takes sizes over those of a quick look', () => {
    const { sizes, url } = parseOptions(['--url', 'http://a/dicom-web/', '--quick', '--slices', '7']);
    expect([url, sizes.slices, sizes.rounds]).toEqual(['http://a/dicom-web', 7, 1]);
  });

  it.each([[[]], [['--slices', '0', '--baseline']], [['--pid', 'x', '--baseline']], [['--nothing']]])(
    'refuses %p',
    (args) => {
      expect(() => parseOptions(args)).toThrow();
    },
  );
});
