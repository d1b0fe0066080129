import { describe, expect, it } from '@jest/globals';
import { describeSummary, Tally } from './tally.js';

describe('Tally', () => {
  it('counts what became of files, and why the rest did not', () => {
    const tally = new Tally();
    tally.count({ kind: 'stored', bytes: 10 });
    tally.count({ kind: 'alreadyThere', bytes: 5 });
    tally.count({ kind: 'conflict', bytes: 3 });
    for (const reason of ['empty', 'DICOMDIR', 'empty']) tally.count({ kind: 'notDicom', reason });
    tally.count({ kind: 'failed', reason: 'cut short' });
    expect(tally.files).toBe(7);
    expect(tally.summary(false)).toEqual({
      stored: 1,
      alreadyThere: 1,
      unsent: 0,
      conflicts: 1,
      notDicom: { empty: 2, DICOMDIR: 1 },
      failed: { 'cut short': 1 },
      bytes: 18,
      interrupted: false,
    });
  });

  it('says it in words, the commonest reason first', () => {
    const tally = new Tally();
    for (const reason of ['DICOMDIR', 'empty', 'empty']) tally.count({ kind: 'notDicom', reason });
    const words = describeSummary(tally.summary(true));
    expect(words).toMatch(/not DICOM {6}3\n {4}2 {2}empty\n {4}1 {2}DICOMDIR\n/);
    expect(words).toContain('run the same command again');
  });
});
