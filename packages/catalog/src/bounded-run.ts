import { BuckyError } from '@bucky/dicom';
import type { Run } from './run-search.js';

/** Calls that begin the answer to a request; what goes on with one, stores and upkeep are never refused. */
const beginning: ReadonlySet<string> = new Set(['matches', 'frameTable', 'bulkEntry', 'metadataVersion']);

/**
 * Bounds how many calls of a kind run or wait at once: one more throws `busy`. A flood of searches is then told to come
 * later, and does not keep everybody else waiting for a minute.
 */
export function boundedRun(run: Run, atOnce: number): Run {
  const underWay = new Map<string, number>();
  return async (name, ...args) => {
    if (!beginning.has(name)) return run(name, ...args);
    const count = underWay.get(name) ?? 0;
    if (count >= atOnce) {
      throw new BuckyError('busy', 'Too many requests of this kind are under way, try again in a moment');
    }
    underWay.set(name, count + 1);
    try {
      return await run(name, ...args);
    } finally {
      underWay.set(name, underWay.get(name)! - 1);
    }
  };
}
