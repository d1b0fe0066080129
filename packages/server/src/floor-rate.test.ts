import { describe, expect, it } from '@jest/globals';
import { FloorRateWatch } from './floor-rate.js';

const floor = { bytesPerSecond: 1024, overSeconds: 30 };

/** A watch at second 0 and one body, whose state the test sets. */
function watched() {
  const watch = new FloorRateWatch(floor);
  watch.tick(0);
  const body = { bytes: 0, waits: false, complete: false, cuts: 0 };
  const stop = watch.watch({
    received: () => body.bytes,
    waitsForUs: () => body.waits,
    isComplete: () => body.complete,
    cut: () => {
      body.cuts += 1;
    },
  });
  /** Lets seconds pass, in each of which `bytes` come. */
  let second = 0;
  const pass = (seconds: number, bytes: number): void => {
    for (let end = second + seconds; second < end;) {
      second += 1;
      body.bytes += bytes;
      watch.tick(second * 1000);
    }
  };
  return { body, pass, stop };
}

describe('FloorRateWatch', () => {
  it('lets a body be that comes at the floor rate, for hours', () => {
    const { body, pass } = watched();
    pass(4 * 3600, 1024);
    expect(body.cuts).toBe(0);
  });

  it('cuts a slower one when the time of averaging is over, once', () => {
    const { body, pass } = watched();
    pass(29, 1000);
    expect(body.cuts).toBe(0);
    pass(60, 1000);
    expect(body.cuts).toBe(1);
  });

  it('averages: a burst makes up for silence within the same time', () => {
    const { body, pass } = watched();
    pass(1, 30 * 1024);
    pass(29, 0);
    expect(body.cuts).toBe(0);
    pass(30, 0);
    expect(body.cuts).toBe(1);
  });

  it('does not count time in which the sender waits for us', () => {
    const { body, pass } = watched();
    body.waits = true;
    pass(3600, 0);
    expect(body.cuts).toBe(0);
    body.waits = false;
    pass(29, 0);
    expect(body.cuts).toBe(0);
    pass(1, 0);
    expect(body.cuts).toBe(1);
  });

  it('forgets a body that is complete, and one whose answer is out', () => {
    const done = watched();
    done.body.complete = true;
    done.pass(100, 0);
    expect(done.body.cuts).toBe(0);
    const answered = watched();
    answered.stop();
    answered.pass(100, 0);
    expect(answered.body.cuts).toBe(0);
  });
});
