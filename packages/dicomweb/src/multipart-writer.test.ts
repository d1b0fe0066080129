import { describe, expect, it } from '@jest/globals';
import type { Bytes } from '@bucky/dicom';
import { writeMultipart } from './multipart-writer.js';

describe('writeMultipart', () => {
  it('leaves no body open, wherever its reader leaves', async () => {
    let [opened, closed] = [0, 0];
    async function* source(): Bytes {
      try {
        for (const byte of [1, 2, 3]) yield await Promise.resolve(Uint8Array.of(byte));
      } finally {
        closed += 1;
      }
    }
    const parts = Array.from({ length: 3 }, () => ({
      type: 'x/y',
      open: () => {
        opened += 1;
        return Promise.resolve(source());
      },
    }));
    for (let count = 1; count <= 13; count += 1) {
      let left = count;
      // eslint-disable-next-line @typescript-eslint/no-unused-vars
      for await (const _ of writeMultipart(parts, 'b')) if (--left === 0) break;
      expect(closed).toBe(opened);
    }
    expect(opened).toBeGreaterThan(13);
  });
});
