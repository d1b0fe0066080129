import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCatalog } from '@bucky/catalog';
import type { Bytes } from '@bucky/dicom';
import { memoryVault, type Vault } from '@bucky/vault';
import type { Archive, Policies } from '../archive.js';
import { exampleFile } from '../example-file.js';
import { openArchive } from '../open-archive.js';
import { admitUpload } from './admit-upload.js';
import type { ReceiveOutcome } from './outcome.js';
import { takeInstance } from './receive-instance.js';

/** Room in memory and on the disk, and who gets it. */

const mebibyte = 2 ** 20;

let folder: string;
let archive: Archive;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-room-'));
});

afterEach(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

/** A vault on a small disk, which each byte fills as it comes. */
function smallVault(capacity: number): Vault {
  const vault = memoryVault();
  let free = capacity;
  async function* written(body: Bytes): Bytes {
    for await (const chunk of body) {
      free -= chunk.length;
      yield chunk;
    }
  }
  return {
    ...vault,
    freeBytes: () => Promise.resolve(free),
    putNew: (key, body, options) => vault.putNew(key, written(body), options),
  };
}

async function open(vault: Vault, policies: Partial<Policies>): Promise<void> {
  const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
  archive = await openArchive({ vault, catalog, folder, policies });
}

function pieces(bytes: Buffer): Buffer[] {
  const size = 65_536;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

async function send(bytes: Buffer): Promise<ReceiveOutcome> {
  return (await takeInstance(archive, Readable.from(pieces(bytes)), { source: 'test' })).outcome;
}

async function originals(): Promise<number> {
  let count = 0;
  for await (const { key } of archive.vault.list('studies/')) if (key !== '') count += 1;
  return count;
}

const file = (instanceUid: string, size: number): Buffer =>
  exampleFile({ instanceUid, pixels: new Uint8Array(1024 * Math.ceil(size / 1024)) });

describe('a disk that fills while files come', () => {
  const policies = { reservedBytes: 20 * mebibyte, bufferedBytes: mebibyte };

  it('ends one large file with full and keeps nothing of it', async () => {
    await open(smallVault(48 * mebibyte), policies);
    expect(await send(file('1.2.9', 60 * mebibyte))).toMatchObject({ kind: 'failed', error: { code: 'full' } });
    expect(await originals()).toBe(0);
    expect(await readdir(archive.spoolFolder)).toEqual([]);
    expect(archive.budget.usedBytes).toBe(0);
    expect(await archive.vault.freeBytes()).toBeGreaterThan(0);
  });

  it('refuses more small files of a request that began while there was room', async () => {
    await open(smallVault(48 * mebibyte), policies);
    const kinds: string[] = [];
    for (let at = 0; at < 64; at += 1) kinds.push((await send(file(`1.2.9.${at}`, mebibyte - 4096))).kind);
    expect(kinds.at(-1)).toBe('failed');
    expect(await originals()).toBe(kinds.filter((kind) => kind === 'stored').length);
    expect(await archive.vault.freeBytes()).toBeGreaterThan(0);
  });
});

/** A sender that gives some bytes and then nothing until it is told to end. */
function slowSender(bytes: Buffer, first: number): { readonly body: Readable; readonly end: () => void } {
  const body = new Readable({ read: () => undefined });
  body.push(bytes.subarray(0, first));
  const end = (): void => {
    body.push(bytes.subarray(first));
    body.push(null);
  };
  return { body, end };
}

describe('the budget of uploads', () => {
  const policies = { reservedBytes: 0, inFlightBytes: 8 * mebibyte, bufferedBytes: mebibyte };

  async function slowSenders(count: number, first: number) {
    const senders = Array.from({ length: count }, (_, at) => slowSender(file(`1.2.8.${at}`, mebibyte - 4096), first));
    const taken = senders.map(({ body }) => takeInstance(archive, body, { source: 'test' }));
    await new Promise((resolve) => setImmediate(resolve));
    return async (): Promise<string[]> => {
      for (const { end } of senders) end();
      return Promise.all(taken.map(async (one) => (await (await one).outcome).kind));
    };
  }

  it('is held by what has arrived, so that slow senders keep nobody out', async () => {
    await open(memoryVault(), policies);
    const end = await slowSenders(32, 2000);
    expect(archive.budget.isFull).toBe(false);
    await expect(admitUpload(archive)).resolves.toBeUndefined();
    expect(await send(file('1.2.9', 512 * 1024))).toMatchObject({ kind: 'stored' });
    expect(new Set(await end())).toEqual(new Set(['stored']));
    expect(archive.budget.usedBytes).toBe(0);
  });

  it('has files go by the disk when memory is taken, and none waits for the other', async () => {
    await open(memoryVault(), policies);
    const end = await slowSenders(16, 900_000);
    expect(archive.budget.usedBytes).toBeLessThanOrEqual(archive.budget.limitBytes);
    await expect(admitUpload(archive)).resolves.toBeUndefined();
    expect(await send(file('1.2.9', 512 * 1024))).toMatchObject({ kind: 'stored' });
    expect(new Set(await end())).toEqual(new Set(['stored']));
    expect(archive.budget.usedBytes).toBe(0);
    expect(await readdir(archive.spoolFolder)).toEqual([]);
  });
});
