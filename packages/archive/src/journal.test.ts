import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ObjectKey } from '@bucky/vault';
import { openJournal } from './journal.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-journal-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const keyOf = (number: number): ObjectKey => `deletions/${number}.json` as ObjectKey;

it('tells after a crash what was written of late, and nothing after an end in order', async () => {
  const { journal, left } = await openJournal(folder);
  expect(left).toEqual([]);
  await Promise.all([1, 2, 3].map((number) => journal.note(keyOf(number))));
  const crashed = await openJournal(folder);
  expect(crashed.left).toEqual([1, 2, 3].map(keyOf));
  await crashed.journal.note(keyOf(4));
  await crashed.journal.close();
  expect((await openJournal(folder)).left).toEqual([]);
});

it('keeps at least the last two thousand keys, and no more than twice as many', async () => {
  const { journal } = await openJournal(folder);
  for (let number = 0; number < 6500; number += 1) await journal.note(keyOf(number));
  expect((await readFile(join(folder, 'journal'), 'utf8')).split('\n')).toHaveLength(501);
  const { left } = await openJournal(folder);
  expect(left).toEqual(Array.from({ length: 2500 }, (_, index) => keyOf(4000 + index)));
});
