import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Patience } from './patience.js';

const later = { status: 503, headers: {}, body: '{"code":"unavailable","detail":"Cannot store: the disk is gone"}' };

describe('Patience', () => {
  let err: PassThrough;
  let nowMs: number;
  let patience: Patience;

  beforeEach(() => {
    err = new PassThrough();
    nowMs = 1000;
    patience = new Patience(err, () => nowMs);
  });

  /** Has the archive put everything off for some seconds. */
  function putOffFor(seconds: number): void {
    for (let second = 0; second <= seconds; second += 1, nowMs += 1000) patience.putOff(later);
  }

  const said = (): string => (err.read() as Buffer | null)?.toString() ?? '';

  it('says nothing of a short pause', () => {
    putOffFor(9);
    patience.answered();
    putOffFor(9);
    expect(said()).toBe('');
  });

  it('says once that nothing is taken, with the reason, and once that it is again', () => {
    putOffFor(100);
    patience.answered();
    patience.answered();
    expect(said()).toBe(
      'bucky: the archive takes nothing, waiting five minutes at most: Cannot store: the disk is gone\n' +
        'bucky: the archive answers again\n',
    );
  });

  it('gives up after five minutes in which nothing was taken', () => {
    putOffFor(200);
    patience.answered();
    putOffFor(299);
    expect(() => {
      patience.putOff(later);
    }).toThrow(expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('the disk is gone') }));
  });
});
