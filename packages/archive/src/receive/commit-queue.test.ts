import { describe, expect, it } from '@jest/globals';
import type { CommitOutcome, InstanceRecord } from '@bucky/catalog';
import { commitQueue } from './commit-queue.js';

const record = (receipt: string): InstanceRecord => ({ receipt }) as InstanceRecord;

describe('commitQueue', () => {
  it('commits what gathers during a transaction in the next one', async () => {
    const batches: string[][] = [];
    const queue = commitQueue({
      commit: (records) => {
        batches.push(records.map(({ receipt }) => receipt));
        return Promise.resolve(records.map((): CommitOutcome => ({ kind: 'stored', differs: [] })));
      },
    });
    const first = queue.commit(record('a'));
    await Promise.resolve();
    await Promise.resolve();
    await Promise.all([first, queue.commit(record('b')), queue.commit(record('c'))]);
    expect(batches).toEqual([['a'], ['b', 'c']]);
  });

  it('refuses only the record that cannot be written', async () => {
    const queue = commitQueue({
      commit: (records) =>
        records.some(({ receipt }) => receipt === 'bad')
          ? Promise.reject(new Error('bad'))
          : Promise.resolve(records.map((): CommitOutcome => ({ kind: 'stored', differs: [] }))),
    });
    const outcomes = await Promise.allSettled([
      queue.commit(record('a')),
      queue.commit(record('bad')),
      queue.commit(record('c')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
