import { describe, expect, it } from '@jest/globals';
import { createLog } from './log.js';

describe('createLog', () => {
  it('writes each event as a JSON line with level and time', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
    log.warn('vault.ignores', { note: 'checksums' });
    log.debug('unheard');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      event: 'vault.ignores',
      note: 'checksums',
    });
  });
});
