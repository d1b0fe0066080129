import { describe, expect, it } from '@jest/globals';
import { measure, median, middle } from './measure.js';

describe('median', () => {
  it.each([
    [[3], 3],
    [[1, 2], 1.5],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %p is %p', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('measure', () => {
  it('does every operation once, no more at a time than there are connections', async () => {
    const done: number[] = [];
    let atOnce = 0;
    let most = 0;
    const run = async (index: number): Promise<number> => {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce -= 1;
      done.push(index);
      return 10;
    };
    const figures = await measure({ name: 'x', connections: 3, count: 20, run }, undefined);
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(most).toBe(3);
    expect(figures).toMatchObject({ name: 'x', connections: 3, cpuMs: undefined });
    // 20 operations of 10 bytes each, whatever the time was.
    expect((figures.megabytesPerSecond * 1e6) / figures.perSecond).toBeCloseTo(10);
  });

  it('fails when an operation fails', async () => {
    const run = (): Promise<number> => Promise.reject(new Error('no'));
    await expect(measure({ name: 'x', connections: 1, count: 1, run }, undefined)).rejects.toThrow('no');
  });
});

describe('middle', () => {
  it('takes the median of each figure', () => {
    const of = (perSecond: number, cpuMs: number) => ({ name: 'x', connections: 1, perSecond, megabytesPerSecond: 1, medianMs: 1, p95Ms: 1, cpuMs }); // prettier-ignore
    expect(middle([of(1, 9), of(3, 7), of(2, 8)])).toMatchObject({ perSecond: 2, cpuMs: 8 });
  });
});
