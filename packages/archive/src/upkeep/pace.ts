import { setTimeout as delay } from 'node:timers/promises';

/** A clock in milliseconds, and how to wait. */
export interface Clock {
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

const realClock: Clock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await delay(ms, undefined, { ...(signal && { signal }) });
  },
};

/** Shorter waits are put off: a timer is no more exact than this. */
const leastWaitMs = 5;

/** Makes a function that is told of bytes read and waits as long as holds all of them to a rate; without one it never waits. */
export function pacer(
  bytesPerSecond: number | undefined,
  clock: Clock = realClock,
): (bytes: number, signal?: AbortSignal) => Promise<void> {
  if (bytesPerSecond === undefined) return () => Promise.resolve();
  let freeAt = clock.now();
  return async (bytes, signal) => {
    const now = clock.now();
    freeAt = Math.max(freeAt, now) + (bytes / bytesPerSecond) * 1000;
    if (freeAt - now >= leastWaitMs) await clock.wait(freeAt - now, signal);
  };
}
