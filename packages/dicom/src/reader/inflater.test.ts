import { describe, expect, it } from '@jest/globals';
import { constants, deflateRawSync } from 'node:zlib';
import { patterned } from './built-files.js';
import { Inflater } from './inflater.js';
import { ReaderBudget } from './reader-limits.js';

function inflated(deflated: Uint8Array, options: { cut?: number } = {}): Buffer {
  const parts: Uint8Array[] = [];
  const inflater = new Inflater(new ReaderBudget({}), (bytes) => {
    parts.push(bytes);
  });
  const { cut = deflated.length } = options;
  for (let at = 0; at < deflated.length; at += cut) inflater.push(deflated.subarray(at, at + cut));
  inflater.finish();
  return Buffer.concat(parts);
}

const source = patterned(200_000);

describe('Inflater', () => {
  it.each([0, 1, 6, 9])('gives what was deflated at level %i, however it is cut', (level) => {
    const deflated = deflateRawSync(source, { level });
    for (const cut of [977, 65_536, deflated.length]) expect(inflated(deflated, { cut }).equals(source)).toBe(true);
  });

  it('takes padding behind the stream, and refuses what is too long to be that', () => {
    const deflated = deflateRawSync(source);
    expect(inflated(Buffer.concat([deflated, Buffer.alloc(1000)])).length).toBe(source.length);
    const long = Buffer.concat([deflated, Buffer.alloc(300_000)]);
    expect(() => inflated(long)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('refuses a stream that is cut or broken as corrupt', () => {
    const deflated = deflateRawSync(source);
    expect(() => inflated(deflated.subarray(0, -3))).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => inflated(Buffer.from([7, 7, 7, 7]))).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => inflated(Buffer.alloc(0))).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('sees that a stream is cut wherever that is, also between blocks', () => {
    const small = deflateRawSync(source.subarray(0, 700));
    const flushed = deflateRawSync(source.subarray(0, 700), { finishFlush: constants.Z_SYNC_FLUSH });
    const stored = deflateRawSync(source.subarray(0, 700), { level: 0 });
    for (const deflated of [small, flushed, stored]) {
      for (let length = 0; length <= deflated.length - (deflated === flushed ? 0 : 1); length += 1) {
        for (const cut of [1, 100]) {
          const isRefused = (): unknown => inflated(deflated.subarray(0, length), { cut });
          expect(isRefused).toThrow(expect.objectContaining({ code: 'corrupt' }));
        }
      }
    }
  });

  it('passes on what its receiver throws', () => {
    const failing = new Inflater(new ReaderBudget({}), () => {
      throw new RangeError('from the receiver');
    });
    expect(() => {
      failing.push(deflateRawSync(source));
    }).toThrow(RangeError);
  });
});
