import { describe, expect, it } from '@jest/globals';
import { entryBytes, inFlightBudget } from './in-flight-budget.js';

/** Tells whether a promise has settled by now, without waiting for it. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('inFlightBudget', () => {
  it('lets the next one in when an earlier one gives back', async () => {
    const budget = inFlightBudget(100);
    const first = await budget.reserve(80);
    const second = budget.reserve(40);
    expect(await isSettled(second)).toBe(false);
    expect(budget.isFull).toBe(true);
    first.shrink(60);
    expect(await isSettled(second)).toBe(true);
    expect(budget.usedBytes).toBe(100);
  });

  it('keeps the order of those that wait', async () => {
    const budget = inFlightBudget(100);
    const first = await budget.reserve(90);
    const large = budget.reserve(100);
    const small = budget.reserve(5);
    expect(await isSettled(small)).toBe(false);
    first.release();
    (await large).release();
    (await small).release();
    expect(budget.usedBytes).toBe(0);
  });

  it('forgets one that is aborted while it waits', async () => {
    const budget = inFlightBudget(10);
    const first = await budget.reserve(10);
    const abort = new AbortController();
    const waiting = budget.reserve(10, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    first.release();
    expect(budget.usedBytes).toBe(0);
    expect(budget.isFull).toBe(false);
  });

  it('gives a reservation back only once', async () => {
    const budget = inFlightBudget(10);
    const first = await budget.reserve(6);
    first.release();
    first.release();
    expect(budget.usedBytes).toBe(0);
  });

  it('lets a reservation grow while there is room, at once or not at all, and keeps a quarter for new ones', async () => {
    const budget = inFlightBudget(100);
    const first = await budget.reserve(10);
    expect([first.cover(75), budget.usedBytes]).toEqual([true, 75]);
    expect([first.cover(76), budget.usedBytes]).toEqual([false, 75]);
    const second = await budget.reserve(25);
    expect([second.cover(26), budget.usedBytes]).toEqual([false, 100]);
    first.shrink(5);
    expect([second.cover(60), budget.usedBytes]).toEqual([true, 65]);
    first.release();
    second.release();
    expect(budget.usedBytes).toBe(0);
  });

  it('is full when a new upload would have to wait, not before', async () => {
    const budget = inFlightBudget(4 * entryBytes);
    const first = await budget.reserve(3 * entryBytes);
    expect(budget.isFull).toBe(false);
    const second = await budget.reserve(entryBytes);
    expect(budget.isFull).toBe(true);
    second.shrink(entryBytes - 1);
    expect(budget.isFull).toBe(true);
    first.release();
    expect(budget.isFull).toBe(false);
  });
});
