import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openReaders } from './readers.js';
import { openWriter } from './writer.js';

const module = new URL('./example-module.js', import.meta.url);

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-sqlite-'));
  file = join(folder, 'test.sqlite');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('openWriter', () => {
  it('brings the schema up to date and writes what readers then see', async () => {
    const writer = await openWriter({ file, module });
    const readers = await openReaders({ file, module, count: 2 });
    expect(await writer.run('addWords', ['one', 'two'])).toBe(2);
    expect(await readers.run('listWords')).toEqual(['one', 'two']);
    expect(await writer.run('settings')).toEqual({ journal_mode: 'wal', synchronous: 2, foreign_keys: 1 });
    await readers.close();
    await writer.close();
  });

  it('undoes all of a call that fails, and gives the error with its code', async () => {
    const writer = await openWriter({ file, module });
    await expect(writer.run('addWords', ['one', 'one'])).rejects.toMatchObject({ errcode: 2067 });
    expect(await writer.run('listWords')).toEqual([]);
    await expect(writer.run('refuse')).rejects.toMatchObject({
      name: 'RangeError',
      message: 'Refused on purpose',
      code: 'refused',
    });
    await expect(writer.run('missing')).rejects.toThrow('exports no function missing');
    await expect(writer.run('addWords', () => 1)).rejects.toThrow(/could not be cloned/);
    await writer.close();
  });

  it('finishes what was asked before it closes, and refuses what comes later', async () => {
    const writer = await openWriter({ file, module });
    const asked = Promise.all(Array.from({ length: 50 }, (_, n) => writer.run('addWords', [`word ${n}`])));
    const closed = writer.close();
    await expect(writer.run('listWords')).rejects.toThrow('Database is closed');
    expect(await asked).toHaveLength(50);
    await closed;
    await writer.close();
    expect(await writer.ended).toBeUndefined();
    const again = await openWriter({ file, module });
    expect(await again.run('listWords')).toHaveLength(50);
    await again.close();
  });

  it('rejects all waiting and all later calls when its thread dies, and undoes the open transaction', async () => {
    const writer = await openWriter({ file, module });
    await writer.run('addWords', ['kept']);
    const waiting = [writer.run('addAndDie', 'lost'), writer.run('listWords')];
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'Database worker ended with code 3' } });
    }
    await expect(writer.run('listWords')).rejects.toThrow('Database worker ended with code 3');
    await expect(writer.ended).resolves.toThrow('Database worker ended with code 3');
    await writer.close();
    const again = await openWriter({ file, module });
    expect(await again.run('listWords')).toEqual(['kept']);
    await again.close();
  });

  it('refuses a file that is no database', async () => {
    await writeFile(file, 'no database '.repeat(1000));
    await expect(openWriter({ file, module })).rejects.toMatchObject({ errcode: 26 });
  });
});

describe('openReaders', () => {
  it('refuses to write', async () => {
    const writer = await openWriter({ file, module });
    const readers = await openReaders({ file, module, count: 1 });
    await expect(readers.run('addWords', ['no'])).rejects.toThrow(/readonly/);
    await readers.close();
    await writer.close();
  });

  it('starts another thread in the place of one that died, and refuses once it is closed', async () => {
    const writer = await openWriter({ file, module });
    const readers = await openReaders({ file, module, count: 2 });
    for (let deaths = 0; deaths < 3; deaths += 1) {
      await expect(readers.run('die')).rejects.toThrow('Database worker ended with code 3');
      const asked = Array.from({ length: 10 }, () => readers.run('listWords'));
      expect(await Promise.all(asked)).toEqual(asked.map(() => []));
    }
    await readers.close();
    await expect(readers.run('listWords')).rejects.toThrow('Database is closed');
    await writer.close();
  });

  it('answers beside a long call, which closing ends', async () => {
    const writer = await openWriter({ file, module });
    const readers = await openReaders({ file, module, count: 1 });
    const long = readers.runAside('takeLong');
    const ended = expect(long).rejects.toThrow('Database process ended with SIGKILL');
    expect(await readers.runAside('listWords')).toEqual([]);
    await expect(readers.runAside('refuse')).rejects.toMatchObject({ code: 'refused' });
    await readers.close();
    await ended;
    await writer.close();
  });
});
