import { describe, expect, it } from '@jest/globals';
import { receiptMaker } from './receipt.js';

describe('receiptMaker', () => {
  it('makes each receipt greater than the one before though the clock stands still or goes back', () => {
    const clock = [1000, 1000, 1000, 500, 2000, 1999];
    const receipts = receiptMaker({ now: () => clock.shift() ?? 0 });
    const made = Array.from({ length: 6 }, () => receipts.next());
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(6);
    expect(made.every((receipt) => /^[0-9a-z]{26}$/.test(receipt))).toBe(true);
  });

  it('goes on after the newest receipt of an earlier run whose clock was ahead', () => {
    const ahead = receiptMaker({ now: () => 9_000_000 }).next();
    const receipt = receiptMaker({ after: ahead, now: () => 1000 }).next();
    expect(receipt > ahead).toBe(true);
  });
});
