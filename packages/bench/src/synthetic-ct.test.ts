import { describe, expect, it } from '@jest/globals';
import { isUid, Part10Reader } from '@bucky/dicom';
import { frameBytes, makeSlice, newSeries, pixels } from './synthetic-ct.js';

describe('makeSlice', () => {
  it('makes a file that the reader takes, with its frames', () => {
    const series = newSeries();
    const { head, instanceUid } = makeSlice(series, 7, 2);
    const reader = new Part10Reader();
    for (const bytes of [head, pixels, pixels]) reader.push(bytes);
    const part10 = reader.finish();
    expect(part10.identity).toMatchObject({ studyUid: series.studyUid, seriesUid: series.seriesUid, instanceUid });
    expect(part10.size).toBe(head.length + 2 * frameBytes);
    expect(isUid(instanceUid)).toBe(true);
  });
});
