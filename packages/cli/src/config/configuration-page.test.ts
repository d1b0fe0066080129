import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { optionNames, variableOf } from '../config.js';
import { configurationPage } from './configuration-page.js';

describe('docs/configuration.md', () => {
  it('is what npx bucky config --markdown prints', () => {
    const committed = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
    expect(committed).toBe(configurationPage());
  });

  it('tells of each option its variable', () => {
    for (const name of optionNames) expect(configurationPage()).toContain(`### ${name}\n\n\`${variableOf(name)}\``);
  });
});
