import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { boundedRun } from './bounded-run.js';
import { everything, exampleCatalog, exampleQuery, exampleRecord, type ExampleCatalog } from './example-record.js';

let example: ExampleCatalog;
const record = exampleRecord({ instance: '1.2.1.1' });

beforeAll(async () => {
  example = await exampleCatalog({ readsAtOnce: 4 });
  await example.catalog.commit([record]);
});

afterAll(() => example.remove());

it('answers as many searches as may be under way, tells others to come later, and takes new ones then', async () => {
  const { catalog } = example;
  const search = () => catalog.find(exampleQuery({ level: 'study' }), everything);
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, search));
  const codes = outcomes.map((one) => (one.status === 'fulfilled' ? 'found' : (one.reason as { code: string }).code));
  expect(codes).toEqual([...Array<string>(4).fill('found'), ...Array<string>(6).fill('busy')]);
  expect((await search()).results).toHaveLength(1);
});

it('refuses neither look-ups of another kind nor what a store asks, while searches are many', async () => {
  const { catalog } = example;
  const searches = Array.from({ length: 10 }, () => catalog.find(exampleQuery({ level: 'study' }), everything));
  const settled = Promise.allSettled(searches);
  const known = await Promise.all(Array.from({ length: 10 }, () => catalog.known(record.instanceUid)));
  expect(known.every((one) => one?.receipt === record.receipt)).toBe(true);
  expect(await catalog.frameTable(record, everything)).toBeDefined();
  await settled;
});

it('has a few calls with large results with the threads at a time, in the order they came', async () => {
  const asked: unknown[] = [];
  const answers: ((result: unknown) => void)[] = [];
  const run = boundedRun(
    (_name, page) => {
      asked.push(page);
      return new Promise((resolve) => answers.push(resolve));
    },
    { atOnce: 100, largeAtOnce: 2 },
  );
  const all = [1, 2, 3, 4].map((page) => run('results', page));
  expect(asked).toEqual([1, 2]);
  for (const expected of [
    [1, 2, 3],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]) {
    answers.shift()?.(undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(asked).toEqual(expected);
  }
  await Promise.all(all);
});
