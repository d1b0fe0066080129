import type { Scope } from '@bucky/dicom';
import type { DicomJsonObject, Found, Query } from './query.js';
import type { Candidates, Matches, Results } from './search.js';
import { metadataGroups } from './search-keys.js';
import { needsMetadata } from './search-sql.js';

/** Runs a function of the reader module in a reader thread. */
export type Run = (name: string, ...args: readonly unknown[]) => Promise<unknown>;

/** Runs a search: what matches in one call, the results batch by batch when they are wanted. */
export async function search(run: Run, query: Query, scope: Scope): Promise<Found> {
  const found = needsMetadata(query)
    ? await matchMetadata(run, query, scope)
    : ((await run('matches', query, scope)) as Matches);
  const { ids, first, more, total } = found;
  return {
    more,
    count: ids.length,
    ...(total === undefined ? {} : { total }),
    results: batches(run, query, { ids, first }),
  };
}

/** Instances that one call looks into, so that a thread is not kept from others for long. */
const instancesAtOnce = 100;

/** Runs a search that looks into the metadata of what columns leave: a Study or Series matches each key by any of its Instances. */
async function matchMetadata(run: Run, query: Query, scope: Scope): Promise<Matches> {
  const { ids, instances } = (await run('candidates', query, scope)) as Candidates;
  const all = 2 ** metadataGroups(query).length - 1;
  const bits = new Map(Array.from(ids, (id) => [id, 0]));
  for (let at = 0; at < instances.length;) {
    const asked: number[] = [];
    for (; at < instances.length && asked.length < instancesAtOnce; at++) {
      if (bits.get(ids[at]!) !== all) asked.push(at);
    }
    const slice = Float64Array.from(asked, (index) => instances[index]!);
    const found = (await run('lookInto', query, slice)) as Uint32Array;
    asked.forEach((index, n) => bits.set(ids[index]!, (bits.get(ids[index]!) ?? 0) | found[n]!));
  }
  const matching = [...bits].flatMap(([id, found]) => (found === all ? [id] : []));
  return page(run, query, matching);
}

/** Takes the page that is asked for out of all that match. */
async function page(run: Run, query: Query, matching: readonly number[]): Promise<Matches> {
  const { offset, limit = Infinity, total } = query;
  const ids = Float64Array.from(matching.slice(offset, offset + limit));
  return {
    ids,
    more: matching.length > offset + limit,
    ...(total === true ? { total: matching.length } : {}),
    first: (await run('results', query, ids.slice(0, resultsAtOnce))) as Results,
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
