import { setTimeout as delay } from 'node:timers/promises';
import { sealQuiet, type Archive } from '@bucky/archive';
import type { Log } from './log.js';
import { thrownFields } from './thrown-fields.js';

/** Longest and shortest time between two looks for Series that have become quiet. */
const [longestMs, shortestMs] = [10_000, 200];

/** Work that goes on beside the requests. */
export interface Sealing {
  /** Ends it, once what is under way is done. */
  stop(): Promise<void>;
}

/** Seals Series that have been quiet for a while, again and again. What fails is tried again the next time. */
export function startSealing(parts: {
  readonly archive: Archive;
  readonly log: Log;
  readonly sealAfterMs: number;
}): Sealing {
  const { archive, log, sealAfterMs } = parts;
  const controller = new AbortController();
  const { signal } = controller;
  const betweenMs = Math.min(longestMs, Math.max(shortestMs, sealAfterMs / 4));
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const sealed = await sealQuiet(archive, { quietMs: sealAfterMs, signal });
        if (sealed > 0) log.info('series.sealed', { series: sealed });
      } catch (error) {
        log.warn('seal.failed', thrownFields(error));
      }
      await delay(betweenMs, undefined, { signal, ref: false }).catch(() => undefined); // ended early by stop
    }
  };
  const working = work();
  return {
    async stop() {
      controller.abort();
      await working;
    },
  };
}
