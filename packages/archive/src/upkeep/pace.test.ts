import { expect, it } from '@jest/globals';
import { pacer } from './pace.js';

/** A clock that moves only when somebody waits. */
function stillClock() {
  const clock = {
    time: 0,
    now: () => clock.time,
    wait: (ms: number) => {
      clock.time += ms;
      return Promise.resolve();
    },
  };
  return clock;
}

it('holds what is read to a rate, whatever the pieces', async () => {
  const clock = stillClock();
  const pace = pacer(1000, clock);
  for (let piece = 0; piece < 100; piece += 1) await pace(100);
  expect(clock.time).toBeGreaterThanOrEqual(9_990);
  expect(clock.time).toBeLessThanOrEqual(10_000);
});

it('gives no credit for time in which nothing was read', async () => {
  const clock = stillClock();
  const pace = pacer(1000, clock);
  clock.time = 60_000;
  await pace(1000);
  expect(clock.time).toBe(61_000);
});

it('ends its wait when it is called off', async () => {
  const controller = new AbortController();
  const waiting = pacer(1)(1000, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
