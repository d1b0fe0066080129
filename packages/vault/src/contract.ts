import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { BuckyError, type Bytes, type ErrorCode, type Uid } from '@bucky/dicom';
import { conflictKey, instanceKey } from './layout.js';
import type { ObjectKey, Vault } from './vault.js';

/** A vault to be tested, empty, and how to take it away. */
export interface VaultUnderTest {
  readonly vault: Vault;
  /** Changes a byte of a stored object behind the vault's back; where the store has no checksums of its own, left out. */
  readonly damage?: (key: ObjectKey) => Promise<void>;
  readonly remove: () => Promise<void>;
}

const mebibyte = 2 ** 20;

/** Runs the tests that every vault passes; `make` is called before each. */
export function describeVault(name: string, make: () => Promise<VaultUnderTest>): void {
  describe(name, () => {
    let under: VaultUnderTest;
    let vault: Vault;

    beforeEach(async () => {
      under = await make();
      vault = under.vault;
    });

    afterEach(async () => {
      await vault.close();
      await under.remove();
    });

    describePuts(() => vault);
    describeReads(() => under);
    describeLists(() => vault);

    it('proves that it can be used and leaves nothing behind', async () => {
      expect(await vault.check()).toEqual([]);
      expect(await keys(vault, '')).toEqual([]);
    });

    it('says how much room is left, or that it does not know', async () => {
      const free = await vault.freeBytes();
      if (free !== undefined) expect(free).toBeGreaterThan(0);
    });

    it('deletes an object, and takes deleting nothing for done', async () => {
      await vault.putNew(key(1), bodyOf('bytes'));
      await vault.putNew(key(2), bodyOf('others'));
      await vault.delete(key(1));
      await vault.delete(key(1));
      expect(await vault.stat(key(1))).toBeUndefined();
      expect(await codeOf(vault.read(key(1)))).toBe('not-found');
      expect(await textAt(vault, key(2))).toBe('others');
      await vault.putNew(key(1), bodyOf('again'));
      expect(await textAt(vault, key(1))).toBe('again');
    });

    it.each([
      '',
      '/',
      '/etc/passwd',
      'studies/',
      'studies//a',
      'studies/../../a',
      '..',
      '.',
      'studies/./a',
      '.incoming/a',
      'studies/.a',
      'studies\\..\\a',
      'C:/a',
      'a\0b',
      'a b',
      'a\nb',
      'a%2e%2e',
      'ä',
      '~/a',
      'a?versionId=1',
      'a'.repeat(256),
      'a/'.repeat(600) + 'a',
    ])('refuses the key %j', async (text) => {
      const hostile = text as ObjectKey;
      await expect(vault.putNew(hostile, bodyOf('x'))).rejects.toThrow(TypeError);
      await expect(vault.read(hostile)).rejects.toThrow(TypeError);
      await expect(vault.stat(hostile)).rejects.toThrow(TypeError);
      await expect(vault.delete(hostile)).rejects.toThrow(TypeError);
      if (text === '' || text === 'studies/') return; // These may be prefixes.
      await expect(keys(vault, text)).rejects.toThrow(TypeError);
    });
  });
}

function describePuts(current: () => Vault): void {
  describe('putNew', () => {
    let vault: Vault;
    beforeEach(() => {
      vault = current();
    });

    it.each([0, 1, 65536, mebibyte, mebibyte + 1, 8 * mebibyte, 8 * mebibyte + 1])('keeps %d bytes', async (size) => {
      const bytes = randomBytes(size);
      expect(await vault.putNew(key(1), once(bytes), { size })).toEqual({ size });
      expect(await vault.stat(key(1))).toEqual({ size });
      expect(sha256(await readAll(vault, key(1)))).toBe(sha256(bytes));
    });

    it('keeps 20 MiB that come in odd pieces', async () => {
      const bytes = randomBytes(20 * mebibyte);
      const result = await vault.putNew(key(1), oddPieces(bytes));
      expect(result).toEqual({ size: bytes.length });
      expect(sha256(await readAll(vault, key(1)))).toBe(sha256(bytes));
    });

    it('keeps a large body that comes as one piece', async () => {
      const bytes = randomBytes(17 * mebibyte + 3);
      await vault.putNew(key(1), once(bytes), { size: bytes.length });
      expect(sha256(await readAll(vault, key(1)))).toBe(sha256(bytes));
    });

    it('keeps the first object under a key that is taken', async () => {
      await vault.putNew(key(1), bodyOf('first'));
      expect(await codeOf(vault.putNew(key(1), bodyOf('second')))).toBe('exists');
      expect(await codeOf(vault.putNew(key(1), zeros(9 * mebibyte)))).toBe('exists');
      expect(await textAt(vault, key(1))).toBe('first');
    });

    it.each([100, 9 * mebibyte])('lets one of 20 win that write %d bytes under one key at once', async (size) => {
      const writers = size > mebibyte ? 4 : 20;
      const bodies = Array.from({ length: writers }, (_, index) => Buffer.alloc(size, index));
      const outcomes = await Promise.all(
        bodies.map((bytes) =>
          vault.putNew(key(1), once(bytes)).then(
            () => 'stored',
            (error: unknown) => (error as BuckyError).code,
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'exists')).toHaveLength(writers - 1);
      const winner = bodies[outcomes.indexOf('stored')]!;
      expect(sha256(await readAll(vault, key(1)))).toBe(sha256(winner));
    });

    it('stores 200 small objects at once in one folder', async () => {
      const all = Array.from({ length: 200 }, (_, index) => key(index));
      await Promise.all(all.map((each) => vault.putNew(each, bodyOf(each))));
      expect(await keys(vault, 'studies/')).toHaveLength(200);
      expect(await textAt(vault, key(123))).toBe(key(123));
    });

    it.each([
      ['shorter', 10, 11],
      ['longer', 11, 10],
      ['empty', 0, 5],
      ['large and shorter', 17 * mebibyte, 17 * mebibyte + 1],
      ['large and longer', 17 * mebibyte + 1, 17 * mebibyte],
    ])('refuses a body that is %s than announced', async (_, length, size) => {
      expect(await codeOf(vault.putNew(key(1), zeros(length), { size }))).toBe('corrupt');
      await expectNothing(vault);
    });

    it.each([0, 1000, 9 * mebibyte, 25 * mebibyte])('passes on what a body throws after %d bytes', async (length) => {
      const broken = new Error('the sender went away');
      async function* body(): Bytes {
        yield* zeros(length);
        throw broken;
      }
      await expect(vault.putNew(key(1), body())).rejects.toBe(broken);
      await expectNothing(vault);
      await vault.putNew(key(1), bodyOf('second try'));
      expect(await textAt(vault, key(1))).toBe('second try');
    });

    it.each([0, 1000, 9 * mebibyte])('gives up a silent body after %d bytes when told to', async (length) => {
      const abort = new AbortController();
      let closed = false;
      async function* body(): Bytes {
        try {
          yield* zeros(length);
          setImmediate(() => {
            abort.abort();
          });
          await new Promise((resolve) => {
            abort.signal.addEventListener('abort', () => setImmediate(resolve));
          });
        } finally {
          closed = true;
        }
      }
      expect(await codeOf(vault.putNew(key(1), body(), { signal: abort.signal }))).toBe('aborted');
      await expectNothing(vault);
      await eventually(() => Promise.resolve(closed));
    });

    it('does not begin when it was given up before', async () => {
      const reason = AbortSignal.abort();
      expect(await codeOf(vault.putNew(key(1), bodyOf('x'), { signal: reason }))).toBe('aborted');
      await expectNothing(vault);
    });

    it('asks for no more of a body once it was given up', async () => {
      const abort = new AbortController();
      let askedAfterwards = 0;
      async function* body(): Bytes {
        yield* zeros(20 * mebibyte);
        abort.abort();
        for (; ; askedAfterwards += 1) yield Buffer.alloc(65536);
      }
      expect(await codeOf(vault.putNew(key(1), body(), { size: 2 ** 40, signal: abort.signal }))).toBe('aborted');
      expect(askedAfterwards).toBeLessThanOrEqual(1);
      await expectNothing(vault);
    });

    it('takes no more of a body than it asks for', async () => {
      let ahead = 0;
      let farthest = 0;
      const body: Bytes = {
        [Symbol.asyncIterator]: () => ({
          next: async () => {
            ahead += 1;
            farthest = Math.max(farthest, ahead);
            await turn();
            ahead -= 1;
            return { done: true, value: undefined };
          },
        }),
      };
      await vault.putNew(key(1), body);
      expect(farthest).toBe(1);
    });
  });
}

function describeReads(current: () => VaultUnderTest): void {
  describe('read', () => {
    let vault: Vault;
    beforeEach(() => {
      vault = current().vault;
    });

    const size = 3 * mebibyte + 17;
    it.each([
      [0, 1],
      [0, size],
      [size - 1, size],
      [1, size - 1],
      [mebibyte, 2 * mebibyte],
      [mebibyte - 1, 2 * mebibyte],
      [12345, 12345 + 524288],
      [0, 0],
      [size, size],
      [100, 100],
    ])('answers bytes %d to %d', async (start, end) => {
      const bytes = randomBytes(size);
      await vault.putNew(key(1), once(bytes));
      expect(sha256(await readAll(vault, key(1), { start, end }))).toBe(sha256(bytes.subarray(start, end)));
    });

    it.each([
      [0, 11],
      [9, 11],
      [10, 11],
      [11, 12],
      [11, 11],
      [5, 4],
      [-1, 3],
      [0, 2 ** 40],
      [0.5, 2],
      [0, Number.NaN],
    ])('refuses bytes %d to %d of 10 before the first', async (start, end) => {
      await vault.putNew(key(1), bodyOf('0123456789'));
      expect(await codeOf(vault.read(key(1), { range: { start, end } }))).toBe('range-unsatisfiable');
    });

    it('refuses a range of an empty object, but for the empty one', async () => {
      await vault.putNew(key(1), bodyOf(''));
      expect(await codeOf(vault.read(key(1), { range: { start: 0, end: 1 } }))).toBe('range-unsatisfiable');
      expect(await readAll(vault, key(1), { start: 0, end: 0 })).toHaveLength(0);
    });

    it('rejects for an object that is not there before the first byte', async () => {
      await vault.putNew(key(1), bodyOf('x'));
      const folder = key(1).slice(0, key(1).lastIndexOf('/')) as ObjectKey;
      for (const missing of [key(2), folder, 'studies' as ObjectKey, conflictKey('0')]) {
        expect(await codeOf(vault.read(missing))).toBe('not-found');
        expect(await codeOf(vault.read(missing, { range: { start: 0, end: 1 } }))).toBe('not-found');
        expect(await codeOf(vault.read(missing, { range: { start: 0, end: 0 } }))).toBe('not-found');
        expect(await vault.stat(missing)).toBeUndefined();
      }
    });

    it('is done with an object when its reader leaves early', async () => {
      await vault.putNew(key(1), zeros(20 * mebibyte));
      const before = await openHandles();
      for (let round = 0; round < 10; round += 1) {
        for await (const chunk of await vault.read(key(1))) if (chunk.length > 0) break;
        const unread = (await vault.read(key(1)))[Symbol.asyncIterator]();
        await unread.return?.();
      }
      await eventually(async () => (await openHandles()) <= before);
      expect(await readAll(vault, key(1), { start: 5, end: 9 })).toHaveLength(4);
    });

    it('stops when it is told to', async () => {
      await vault.putNew(key(1), zeros(20 * mebibyte));
      const before = await openHandles();
      const abort = new AbortController();
      const reading = async () => {
        for await (const chunk of await vault.read(key(1), { signal: abort.signal }))
          if (chunk.length > 0) abort.abort();
      };
      expect(await codeOf(reading())).toBe('aborted');
      expect(await codeOf(vault.read(key(1), { signal: abort.signal }))).toBe('aborted');
      await eventually(async () => (await openHandles()) <= before);
    });

    it('gives every reader bytes of its own', async () => {
      await vault.putNew(key(1), bodyOf('0123456789'));
      for await (const chunk of await vault.read(key(1))) chunk.fill(0);
      expect(await textAt(vault, key(1))).toBe('0123456789');
    });

    it('lets 50 read different ranges at once', async () => {
      const bytes = randomBytes(4 * mebibyte);
      await vault.putNew(key(1), once(bytes));
      const starts = Array.from({ length: 50 }, (_, index) => index * 65537);
      const read = await Promise.all(starts.map((start) => readAll(vault, key(1), { start, end: start + 70000 })));
      for (const [index, start] of starts.entries())
        expect(read[index]?.equals(bytes.subarray(start, start + 70000))).toBe(true);
    });

    it.each([1000, 3 * mebibyte, 20 * mebibyte])(
      'notices damage in %d bytes where the store can tell',
      async (length) => {
        const { damage } = current();
        if (damage === undefined) return; // The catalog's checksums notice it.
        await vault.putNew(key(1), zeros(length));
        await damage(key(1));
        expect(await codeOf(readAll(vault, key(1)))).toBe('damaged');
      },
    );
  });
}

function describeLists(current: () => Vault): void {
  describe('list', () => {
    let vault: Vault;
    /** In the order of their bytes: `-` and `.` come before `/`, digits after. */
    const ordered = ['a-b', 'a.b', 'a/b-c', 'a/b.c', 'a/b/c/d', 'a0', 'b/A', 'b/Z', 'b/_', 'b/a', 'c/1', 'c/10', 'c/2'];
    beforeEach(async () => {
      vault = current();
      for (const each of [...ordered].reverse()) await vault.putNew(each as ObjectKey, bodyOf(each));
    });

    it('lists keys in the order of their bytes, with sizes', async () => {
      const listed = [];
      for await (const object of vault.list('')) listed.push(object);
      expect(listed).toEqual(ordered.map((each) => ({ key: each, size: each.length })));
    });

    it.each(['a', 'a/', 'a/b', 'a/b/', 'a-', 'b/', 'c/1', 'c/10', 'd', 'a/b/c/d', 'a/b/c/d/e'])(
      'lists keys that begin with %j',
      async (prefix) => {
        expect(await keys(vault, prefix)).toEqual(ordered.filter((each) => each.startsWith(prefix)));
      },
    );

    it.each(['a-b', 'a/a', 'a/b.c', 'a/b/c/d', 'a/z', 'b', 'c/2', '-', 'z'])('lists keys after %j', async (after) => {
      expect(await keys(vault, '', after)).toEqual(ordered.filter((each) => each > after));
      expect(await keys(vault, 'a/', after)).toEqual(ordered.filter((each) => each.startsWith('a/') && each > after));
    });

    it('stops when its reader leaves, or when it is told to', async () => {
      for await (const object of vault.list('')) {
        expect(object.key).toBe('a-b');
        break;
      }
      const stopped = async () => {
        for await (const object of vault.list('', { signal: AbortSignal.abort() })) expect(object).toBeUndefined();
      };
      expect(await codeOf(stopped())).toBe('aborted');
    });
  });
}

/** Key of the n-th instance of one series. */
function key(number: number): ObjectKey {
  const identity = { studyUid: '1.2.3' as Uid, seriesUid: '1.2.3.4' as Uid, instanceUid: `1.2.3.4.${number}` as Uid };
  return instanceKey(identity, '01jd0000000000000000000000');
}

function bodyOf(text: string): Bytes {
  return once(Buffer.from(text));
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
async function* once(bytes: Uint8Array): Bytes {
  yield bytes;
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
async function* zeros(length: number): Bytes {
  for (let left = length; left > 0; left -= 65536) yield Buffer.alloc(Math.min(left, 65536));
}

/** Pieces of 0 bytes to 300 KiB, that a turn of the event loop may lie between. */
async function* oddPieces(bytes: Uint8Array): Bytes {
  const lengths = [1, 0, 65537, 3, 307201, 16383, 131071];
  for (let start = 0, round = 0; start < bytes.length; round += 1) {
    const length = lengths[round % lengths.length]!;
    yield bytes.subarray(start, start + length);
    start += length;
    if (round % 5 === 0) await turn();
  }
}

async function readAll(vault: Vault, from: ObjectKey, range?: { start: number; end: number }): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of await vault.read(from, range === undefined ? {} : { range })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function textAt(vault: Vault, from: ObjectKey): Promise<string> {
  return (await readAll(vault, from)).toString();
}

async function keys(vault: Vault, prefix: string, after?: string): Promise<string[]> {
  const found = [];
  const options = after === undefined ? {} : { after: after as ObjectKey };
  for await (const object of vault.list(prefix, options)) found.push(object.key);
  return found;
}

async function expectNothing(vault: Vault): Promise<void> {
  expect(await vault.stat(key(1))).toBeUndefined();
  expect(await codeOf(vault.read(key(1)))).toBe('not-found');
  expect(await keys(vault, '')).toEqual([]);
}

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | 'none'> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    if (error instanceof BuckyError) return error.code;
    throw error;
  }
}

/** Waits, a turn of the event loop at a time, for what comes soon; the test's own time limit ends it. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn();
}

/** Counts this process's open files and sockets; always 0 on systems that do not tell. */
async function openHandles(): Promise<number> {
  try {
    return (await readdir('/proc/self/fd')).length;
  } catch {
    return 0;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
