import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { memoryVault, type ObjectKey, type Vault } from '@bucky/vault';
import { joined } from '../retrieve/stored-bytes.js';
import { sealCache } from './seal-cache.js';

let folder: string;
let vault: Vault;
let reads: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-seals-'));
  const memory = memoryVault();
  reads = 0;
  vault = { ...memory, read: (key, options) => ((reads += 1), memory.read(key, options)) };
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const member = Buffer.from('the first member, 26 bytes');
const sealOf = (number: number) => ({ key: `studies/1.2/1.3/metadata.receipt${number}.json.gz`, length: 26, crc32: crc32(member) }); // prettier-ignore
const store = (number: number) => vault.putNew(sealOf(number).key as ObjectKey, Readable.from([member, Buffer.from('and more')])); // prettier-ignore

it('asks the vault once, and gives the first member alone', async () => {
  await store(1);
  const cache = await sealCache(vault, { folder, limit: 1000 });
  for (let turn = 0; turn < 3; turn += 1) {
    expect(Buffer.from(await joined(await cache.open(sealOf(1))))).toEqual(member);
  }
  expect(reads).toBe(1);
});

it('takes a file over, and never gives one that has changed', async () => {
  await store(1);
  const cache = await sealCache(vault, { folder, limit: 1000 });
  const file = join(folder, 'new');
  await writeFile(file, Buffer.concat([member, Buffer.from('and more')]));
  await cache.keep(sealOf(1), file);
  expect(Buffer.from(await joined(await cache.open(sealOf(1))))).toEqual(member);
  expect(reads).toBe(0);
  const [name] = await readdir(folder);
  await truncate(join(folder, name!), 20);
  expect(Buffer.from(await joined(await cache.open(sealOf(1))))).toEqual(member);
  expect(reads).toBe(1);
});

it('loses the oldest when it is full, what lay there before included', async () => {
  for (let number = 1; number <= 9; number += 1) await store(number);
  for (const numbers of [
    [1, 2, 3],
    [4, 5, 6, 7, 8, 9],
  ]) {
    const cache = await sealCache(vault, { folder, limit: 100 });
    for (const number of numbers) await joined(await cache.open(sealOf(number)));
  }
  expect((await readdir(folder)).sort()).toEqual(['receipt7', 'receipt8', 'receipt9']);
});
