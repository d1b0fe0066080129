import { BuckyError } from '@bucky/dicom';
import type { Run } from './run-search.js';

/** Calls that begin the answer to a request; what goes on with one, stores and upkeep are never refused. */
const beginning: ReadonlySet<string> = new Set(['matches', 'frameTable', 'bulkEntry', 'metadataVersion']);

/** Calls whose results are large. */
const large: ReadonlySet<string> = new Set(['matches', 'results', 'locatePage', 'metadataPage']);

export interface Bounds {
  /** Most calls of each kind that begin an answer and run or wait. */
  readonly atOnce: number;
  /** Most calls with large results that are with the threads. */
  readonly largeAtOnce: number;
}

/**
 * Bounds how many calls of a kind run or wait: one more throws `busy`. A flood of searches is then told to come later, and
 * does not keep everybody else waiting for a minute. Of calls with large results only a few are with the threads at a
 * time, so that their results do not pile up and hold the event loop when it takes them.
 */
export function boundedRun(run: Run, { atOnce, largeAtOnce }: Bounds): Run {
  const underWay = new Map<string, number>();
  const inFew = fewAtOnce(largeAtOnce);
  return async (name, ...args) => {
    const count = underWay.get(name) ?? 0;
    if (count >= atOnce && beginning.has(name)) {
      throw new BuckyError('busy', 'Too many requests of this kind are under way, try again in a moment');
    }
    underWay.set(name, count + 1);
    try {
      return await (large.has(name) ? inFew(() => run(name, ...args)) : run(name, ...args));
    } finally {
      underWay.set(name, underWay.get(name)! - 1);
    }
  };
}

/** Makes a function that runs a few pieces of work at a time, the others in the order of their calls. */
function fewAtOnce(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve)); // whoever ends passes its place on
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      // A turn of the event loop later, so that others are heard between two large results.
      else setImmediate(next);
    }
  };
}
