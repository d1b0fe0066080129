import type { Scope } from '@bucky/dicom';
import type { DicomJsonObject, Found, Query } from './query.js';
import type { Matches, Results } from './search.js';

/** Runs a function of the reader module in a reader thread. */
export type Run = (name: string, ...args: readonly unknown[]) => Promise<unknown>;

/** Runs a search: what matches in one call, the results batch by batch when they are wanted. */
export async function search(run: Run, query: Query, scope: Scope): Promise<Found> {
  const { ids, first, more, total } = (await run('matches', query, scope)) as Matches;
  return {
    more,
    count: ids.length,
    ...(total === undefined ? {} : { total }),
    results: batches(run, query, { ids, first }),
  };
}

async function* batches(
  run: Run,
  query: Query,
  { ids, first }: Pick<Matches, 'ids' | 'first'>,
): AsyncIterable<readonly DicomJsonObject[]> {
  let batch = first;
  let done = 0;
  while (batch.taken > 0) {
    if (batch.results.length > 0) yield batch.results;
    done += batch.taken;
    if (done === ids.length) return;
    batch = (await run('results', query, ids.slice(done, done + resultsAtOnce))) as Results;
  }
}

/** How many results one batch holds at most. */
export const resultsAtOnce = 500;
