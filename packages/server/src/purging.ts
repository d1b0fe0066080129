import { setTimeout as delay } from 'node:timers/promises';
import { purge, type Archive } from '@bucky/archive';
import type { Log } from './log.js';
import { thrownFields } from './thrown-fields.js';

/** Commands that open the archive for a moment are to leave this to the server. */
const firstMs = 60_000;
const betweenMs = 3_600_000;

/** Work that goes on beside the requests. */
export interface Purging {
  /** Ends it; what it had begun goes on the next time. */
  stop(): Promise<void>;
}

/** Purges once an hour what was deleted longer ago than its retention. What fails is tried again the next time. */
export function startPurging(parts: {
  readonly archive: Archive;
  readonly log: Log;
  readonly trashMs: number;
  /** Waits between two runs; rejects or resolves early when it is called off. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}): Purging {
  const { archive, log, trashMs, wait = realWait } = parts;
  const controller = new AbortController();
  const { signal } = controller;
  const work = async (): Promise<void> => {
    await wait(firstMs, signal);
    while (!signal.aborted) {
      await purgeOnce(archive, { log, trashMs, signal });
      await wait(betweenMs, signal);
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

const realWait = (ms: number, signal: AbortSignal): Promise<unknown> =>
  delay(ms, undefined, { signal, ref: false }).catch(() => undefined); // ended early by stop

async function purgeOnce(
  archive: Archive,
  { log, trashMs, signal }: { readonly log: Log; readonly trashMs: number; readonly signal: AbortSignal },
): Promise<void> {
  try {
    for await (const event of purge(archive, { trashMs, signal })) {
      if (event.kind === 'held') log.info('purge.held', { deletion: event.deletion, studyUid: event.studyUid });
      if (event.kind !== 'purged') continue;
      const { deletion, studyUid, files } = event;
      log.info('deletion.purged', { deletion, studyUid, files });
    }
  } catch (error) {
    if (!signal.aborted) log.warn('purge.failed', thrownFields(error));
  }
}
