import { describe, expect, it } from '@jest/globals';
import { centralHeader, centralHeaderLength, localHeader, localHeaderLength, zipEnd } from './zip-records.js';

const gibibyte = 2 ** 30;

describe('the records of a ZIP', () => {
  it.each([
    ['small', { size: 10, offset: 0 }, []],
    ['of 4 GiB and more', { size: 5 * gibibyte, offset: 0 }, [5 * gibibyte, 5 * gibibyte]],
    ['behind 4 GiB', { size: 10, offset: 6 * gibibyte }, [6 * gibibyte]],
    ['both', { size: 5 * gibibyte, offset: 6 * gibibyte }, [5 * gibibyte, 5 * gibibyte, 6 * gibibyte]],
    ['exactly at the limit', { size: 0xffffffff, offset: 0 }, [0xffffffff, 0xffffffff]],
  ])('tell in ZIP64 fields what 32 bits cannot: an entry %s', (_, { size, offset }, wide) => {
    const entry = { name: 'DICOM/00000001/00000001', size, offset, crc32: 0xdeadbeef };
    const central = centralHeader(entry);
    expect(central).toHaveLength(centralHeaderLength(entry));
    expect([central.readUInt32LE(20), central.readUInt32LE(42)]).toEqual([
      Math.min(size, 0xffffffff),
      Math.min(offset, 0xffffffff),
    ]);
    const extra = central.subarray(46 + entry.name.length);
    expect(extra).toHaveLength(wide.length === 0 ? 0 : 4 + 8 * wide.length);
    expect(wide.map((_value, index) => Number(extra.readBigUInt64LE(4 + 8 * index)))).toEqual(wide);
    const local = localHeader(entry);
    expect(local).toHaveLength(localHeaderLength(entry));
    expect([local.readUInt32LE(14), local.readUInt16LE(4)]).toEqual([0xdeadbeef, size >= 0xffffffff ? 45 : 20]);
  });

  it('end with ZIP64 records where there are many entries, or they lie far', () => {
    expect(zipEnd({ entries: 3, offset: 100, size: 200 })).toHaveLength(22);
    for (const directory of [
      { entries: 65_535, offset: 100, size: 200 },
      { entries: 3, offset: 5 * gibibyte, size: 200 },
    ]) {
      const end = zipEnd(directory);
      expect(end).toHaveLength(22 + 56 + 20);
      expect(Number(end.readBigUInt64LE(32))).toBe(directory.entries);
      expect(Number(end.readBigUInt64LE(48))).toBe(directory.offset);
      expect(Number(end.readBigUInt64LE(64))).toBe(directory.offset + directory.size);
    }
  });
});
