import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { tryLock } from './lock.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-lock-'));
  file = join(folder, 'lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Starts a process that takes the lock and keeps it. */
async function holder(): Promise<ChildProcess> {
  const script = join(folder, 'holder.mjs');
  const lockModule = new URL('./lock.js', import.meta.url).href;
  await writeFile(
    script,
    `import { tryLock } from ${JSON.stringify(lockModule)};
     const lock = tryLock(${JSON.stringify(file)});
     setInterval(() => lock, 1000);
     process.send(lock !== undefined);`,
  );
  const child = fork(script, { execArgv: [] });
  expect(await once(child, 'message')).toEqual([true, undefined]);
  return child;
}

it('is held once, and can be taken again when it was released', () => {
  const lock = tryLock(file);
  expect(lock).toBeDefined();
  expect(tryLock(file)).toBeUndefined();
  lock?.release();
  lock?.release();
  const again = tryLock(file);
  expect(again).toBeDefined();
  again?.release();
});

it('is not given while another process holds it, and ends with that process, even by SIGKILL', async () => {
  const child = await holder();
  expect(tryLock(file)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = tryLock(file);
  expect(lock).toBeDefined();
  lock?.release();
});

it('throws where the file cannot be made', () => {
  expect(() => tryLock(join(folder, 'missing', 'lock'))).toThrow();
});
